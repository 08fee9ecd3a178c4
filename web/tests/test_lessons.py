"""Booking lessons, giving them, and what is said of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .support.browsers import Browsers, Person
from .support.lessons import Lessons, look_in_all_forms


def test_a_series_is_booked_after_a_look_at_its_dates(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    taken = lessons.book(lessons.day_ahead + timedelta(weeks=1), "17:00", "18:00")
    ruth = as_person("ruth")
    ruth.open(f"{lessons.path}/book")
    ruth.page.get_by_label("Date").fill(lessons.day_ahead.isoformat())
    ruth.page.get_by_label("Begins at").fill("17:00")
    ruth.tab_to("Repeats")
    ruth.page.keyboard.type("Every week")
    ruth.page.get_by_label("How many lessons").fill("3")
    ruth.tab_to("Topics")
    ruth.page.keyboard.type("The second verb")
    ruth.tab_to("See the dates")
    ruth.press("Enter")
    expect(ruth.page.get_by_role("heading", name="These 3 would be booked")).to_be_focused()
    conflict = ruth.page.get_by_role("listitem").filter(has_text="You are not free")
    expect(conflict).to_have_count(1)
    link = conflict.get_by_role("link", name="See what is there")
    expect(link).to_have_attribute("href", f"/sessions/{taken['id']}")
    ruth.tab_to("Book the 2 that are free")
    ruth.press("Enter")
    expect(ruth.page.get_by_role("heading", level=1)).to_have_text(lessons.title)
    expect(ruth.page.get_by_role("link", name="The second verb")).to_have_count(2)


def test_a_lesson_is_moved_unless_something_is_in_the_way(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    lesson = lessons.book(lessons.day_ahead)
    lessons.book(lessons.day_ahead, "18:00", "19:00")
    ruth = as_person("ruth")
    ruth.refusals |= {409, 412}
    ruth.open(f"/sessions/{lesson['id']}/move")
    start = ruth.page.get_by_label("Begins at")
    save = ruth.page.get_by_role("button", name="Save")
    start.fill("18:30")
    save.click()
    ruth.sees("One of you is not free at that time.")
    ruth.sees("You are not free")
    start.fill("08:00")
    save.click()
    ruth.sees("This is outside of the teaching hours.")
    ruth.page.get_by_label("Do it all the same").check()
    lessons.tutor.update_tutoring_session(lesson["id"], {"topics": ["The verb"]}, if_match="*")
    save.click()
    ruth.sees("It was changed meanwhile")
    expect(start).to_have_value("08:00")
    save.click()
    ruth.page.get_by_role("link", name="Move or change").wait_for()
    ruth.sees("8:00")
    ruth.sees("9:00")
    ruth.page.get_by_text("changes").click()
    ruth.sees("Ruth Adler moved it from")


def test_a_lesson_is_given_and_reviewed(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    lesson = lessons.book(lessons.long_ago)
    ruth, yael = as_person("ruth"), as_person("yael")
    ruth.open(f"/sessions/{lesson['id']}")
    ruth.tab_to("Start the lesson")
    ruth.press("Enter")
    ruth.tab_to("What was covered")
    ruth.press("Control+a")
    ruth.page.keyboard.type("To be\nNot to be")
    ruth.tab_to("End the lesson")
    ruth.press("Enter")
    expect(ruth.page.get_by_role("listitem").filter(has_text="Not to be")).to_be_visible()
    expect(ruth.page.get_by_role("heading", level=1)).to_be_focused()
    ruth.page.get_by_role("group", name="Yael").get_by_label("Late").check()
    ruth.page.get_by_role("button", name="Save who was there").click()
    ruth.page.get_by_text("1 change").wait_for()

    yael.open(f"/sessions/{lesson['id']}")
    yael.sees("Late")
    expect(yael.page.get_by_role("button", name="Save who was there")).to_have_count(0)
    yael.page.get_by_label("poor").focus()
    yael.press("ArrowDown", "ArrowDown", "ArrowDown")
    yael.tab_to("In your words")
    yael.page.keyboard.type("Clear.")
    yael.tab_to("Send the review")
    yael.press("Enter")
    expect(yael.page.get_by_role("heading", name="Reviews")).to_be_focused()
    yael.sees("very good")
    yael.page.get_by_role("button", name="Change your review").click()
    yael.page.get_by_label("It may stand on").uncheck()
    yael.page.get_by_role("button", name="Save", exact=True).click()
    yael.sees("Not on the tutor")
    ruth.sees("Clear.")


@pytest.mark.thorough
def test_the_rest_of_a_series_is_cancelled(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    series = lessons.book(lessons.day_ahead, rrule="FREQ=WEEKLY;COUNT=3")
    second = series["occurrences"][1]["id"]
    ruth = as_person("ruth")
    ruth.open(f"/sessions/{second}")
    ruth.page.get_by_role("button", name="Cancel the lesson").focus()
    ruth.press("Enter")
    ruth.page.get_by_label("This lesson alone").focus()
    ruth.press("ArrowDown")
    ruth.tab_to("Reason")
    ruth.page.keyboard.type("I move to the north.")
    ruth.tab_to("Cancel the lesson")
    ruth.press("Enter")
    ruth.sees("Ruth Adler cancelled this lesson.")
    ruth.sees("I move to the north.")
    found = lessons.student.list_tutoring_sessions(enrolled_courses_id=lessons.id)["items"]
    assert [each["status"] for each in found] == ["scheduled", "cancelled", "cancelled"]


@pytest.mark.thorough
def test_each_chooses_their_own_reminder(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    lesson = lessons.book(lessons.day_ahead)
    yael = as_person("yael")
    yael.open(f"/sessions/{lesson['id']}")
    yael.sees("Your reminder")
    expect(yael.page.get_by_role("link", name="Move or change")).to_have_count(0)
    choice = yael.page.get_by_label("When to remind you")
    choice.select_option("120")
    yael.page.get_by_role("button", name="Save").click()
    expect(
        yael.page.get_by_role("status").filter(has_text="Your reminder is saved.")
    ).to_be_visible()
    yael.page.reload()
    expect(choice).to_have_value("120")


def test_the_pages_of_one_lesson_keep_no_one_out(gateway: str, browsers: Browsers) -> None:
    lessons = Lessons(gateway)
    held = lessons.held()
    coming = lessons.book(lessons.day_ahead, rrule="FREQ=WEEKLY;COUNT=2")
    pages = {
        f"/sessions/{held['id']}": "Attendance",
        f"/sessions/{coming['id']}": "Your reminder",
        f"/sessions/{coming['id']}/move": "This lesson alone",
        f"{lessons.path}/book": "Israel Time",
    }
    look_in_all_forms(browsers, "ruth", pages)
