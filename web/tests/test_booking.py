"""Students book free times themselves, and move and cancel what they booked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .support.browsers import Browsers, Person
from .support.lessons import FULL_WORDS, Lessons, look_in_all_forms

BOOKED_BY_STUDENTS = {"booking": "book", "session_minutes": 45, "minimum_notice_minutes": 0}


def booked_by_students(gateway: str, **terms: Any) -> Lessons:
    return Lessons(gateway, **{**BOOKED_BY_STUDENTS, **terms})


def booked(lessons: Lessons) -> Any:
    """A lesson that the student has booked, at the last time that there is."""
    times = lessons.student.list_bookable_times(lessons.id)["items"]
    return lessons.student.create_booking(lessons.id, {"starts_at": times[-1]["starts_at"]})


def test_a_student_books_by_keyboard_and_both_see_the_lesson(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = booked_by_students(gateway)
    ruth, yael = as_person("ruth"), as_person("yael")
    ruth.open(lessons.path)
    ruth.sees("No lesson is booked.")
    yael.open(lessons.path)
    yael.tab_to("Book a lesson")
    yael.press("Enter")
    slots = yael.page.get_by_role("button", name=FULL_WORDS)
    slots.first.wait_for()
    slots.last.focus()
    yael.press("Enter")
    expect(yael.page.get_by_role("dialog", name="Book this lesson")).to_be_visible()
    yael.tab_to("A note")
    yael.page.keyboard.type("The verbs, please.")
    yael.tab_to("Book it")
    yael.press("Enter")
    heading = yael.page.get_by_role("heading", name="The lesson is booked")
    expect(heading).to_be_focused()
    yael.sees("(45 minutes)")
    yael.sees("With Ruth Adler")
    yael.check_access()
    yael.tab_to("To the lesson")
    yael.press("Enter")
    yael.sees("You can move or cancel it until")

    ruth.page.get_by_role("link", name=lessons.title).last.click()
    ruth.sees("The verbs, please.")


def test_a_time_that_was_taken_meanwhile_is_refused_and_no_longer_shown(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = booked_by_students(gateway)
    yael = as_person("yael")
    yael.refusals.add(409)
    yael.open(f"{lessons.path}/book")
    slots = yael.page.locator(".slot")
    slots.first.wait_for()
    label = str(slots.last.get_attribute("aria-label"))
    slots.last.click()
    booked(lessons)
    dialog = yael.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Book it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not free at that time")
    yael.press("Escape")
    expect(yael.page.get_by_role("button", name=label, exact=True)).to_have_count(0)


def test_a_student_moves_a_lesson_and_cancels_it(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = booked_by_students(gateway)
    lesson = booked(lessons)
    yael = as_person("yael")
    yael.open(f"/sessions/{lesson['id']}")
    yael.tab_to("Move to another time")
    yael.press("Enter")
    yael.sees("Choose another free time")
    slots = yael.page.get_by_role("button", name=FULL_WORDS)
    slots.last.wait_for()
    yael.check_access()
    slots.last.focus()
    yael.press("Enter")
    dialog = yael.page.get_by_role("dialog", name="Move the lesson to this time")
    expect(dialog).to_contain_text("Instead of")
    yael.tab_to("Move it")
    yael.press("Enter")
    yael.page.get_by_role("button", name="Cancel the lesson").wait_for()
    moved = lessons.student.get_tutoring_session(lesson["id"])
    assert moved["starts_at"] != lesson["starts_at"]
    assert moved["version"] == 2
    yael.page.get_by_role("button", name="Cancel the lesson").click()
    yael.page.get_by_role("dialog").get_by_role("button", name="Cancel the lesson").click()
    yael.sees("Yael Cohen cancelled this lesson")


def test_after_the_notice_only_the_tutor_changes_a_lesson(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = booked_by_students(gateway, cancel_notice_hours=720)
    lesson = booked(lessons)
    ruth, yael = as_person("ruth"), as_person("yael")
    yael.open(f"/sessions/{lesson['id']}")
    yael.sees("It is too late to move or cancel this lesson yourself.")
    expect(yael.page.get_by_role("button", name="Cancel the lesson")).to_have_count(0)
    yael.open(f"/sessions/{lesson['id']}/move")
    yael.sees("It is too late to move or cancel this lesson yourself.")
    ruth.open(f"/sessions/{lesson['id']}")
    ruth.page.get_by_role("button", name="Cancel the lesson").wait_for()


def test_a_tutor_lets_students_book(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    ruth = as_person("ruth")
    ruth.open(f"/courses/{lessons.course['id']}/edit")
    expect(ruth.page.get_by_label("How long a lesson takes")).to_have_count(0)
    ruth.tab_to("How students get lessons")
    ruth.page.keyboard.type("They book")
    ruth.page.get_by_label("How long a lesson takes").select_option("90")
    ruth.page.get_by_label("Time for you after a lesson").select_option("15")
    ruth.page.get_by_label("Most lessons of one student in a week").fill("2")
    ruth.check_access()
    ruth.page.get_by_role("button", name="Save").click()
    ruth.sees("You book a free time yourself.")
    course = lessons.tutor.get_course(lessons.course["id"])
    assert (course["booking"], course["session_minutes"]) == ("book", 90)
    assert (course["buffer_before_minutes"], course["buffer_after_minutes"]) == (0, 15)
    assert (course["minimum_notice_minutes"], course["most_per_week"]) == (24 * 60, 2)


@pytest.mark.parametrize("booking", ["ask", "book"])
def test_the_way_to_a_lesson_is_that_of_the_course(
    gateway: str, as_person: Callable[..., Person], booking: str
) -> None:
    lessons = Lessons(gateway, booking=booking)
    yael = as_person("yael")
    yael.open(lessons.path)
    shown, other = ("Ask for a lesson", "Book a lesson")[:: 1 if booking == "ask" else -1]
    yael.page.get_by_role("link", name=shown).wait_for()
    expect(yael.page.get_by_role("link", name=other)).to_have_count(0)


def test_the_pages_of_a_student_who_books_keep_no_one_out(gateway: str, browsers: Browsers) -> None:
    lessons = booked_by_students(gateway)
    lesson = booked(lessons)
    pages = {
        lessons.path: "Book a lesson",
        f"{lessons.path}/book": "Israel Time",
        f"/sessions/{lesson['id']}": "You can move or cancel it until",
        f"/sessions/{lesson['id']}/move": "Choose another free time",
    }
    look_in_all_forms(browsers, "yael", pages)
