"""Asking for lessons, answering, following as a parent."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .support.browsers import Browsers, Person
from .support.lessons import FULL_WORDS, Lessons, look_in_all_forms


def asked(lessons: Lessons, start: str = "16:00", end: str = "17:00") -> None:
    """The student has asked for a lesson."""
    wanted = {"session_date": lessons.day_ahead.isoformat(), "start_time": start, "end_time": end}
    lessons.student.create_session_request(lessons.id, wanted)


def test_a_student_asks_and_the_tutor_accepts(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    ruth, yael = as_person("ruth"), as_person("yael")
    ruth.open(lessons.path)
    ruth.sees("No lesson is booked.")
    yael.open(f"{lessons.path}/ask")
    slots = yael.page.get_by_role("button", name=FULL_WORDS)
    slots.first.wait_for()
    expect(yael.page.get_by_role("heading", level=2).first).to_be_visible()
    slots.last.focus()
    yael.press("Enter")
    expect(yael.page.get_by_role("dialog", name="Ask for this lesson")).to_be_visible()
    yael.tab_to("A note")
    yael.page.keyboard.type("The verbs, please.")
    yael.tab_to("Send the request")
    yael.press("Enter")
    yael.sees("You have asked Ruth Adler")

    ruth.sees("The verbs, please.")
    ruth.page.get_by_role("button", name="Accept").click()
    expect(ruth.page.get_by_role("heading", name="Waiting for an answer")).to_have_count(0)
    expect(ruth.page.get_by_role("heading", level=1)).to_be_focused()
    expect(ruth.page.get_by_role("article")).to_have_count(1)
    expect(yael.page.get_by_role("heading", name="Waiting for an answer")).to_have_count(0)
    expect(yael.page.get_by_role("article")).to_contain_text("With Ruth Adler")


def test_a_request_is_declined_with_a_reason(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    asked(lessons)
    ruth = as_person("ruth")
    ruth.open("/enrollments")
    request = ruth.page.get_by_role("article").filter(has_text=lessons.title).first
    request.get_by_role("button", name="Decline").focus()
    ruth.press("Enter")
    ruth.tab_to("Reason")
    ruth.page.keyboard.type("I am away.")
    ruth.tab_to("Decline")
    ruth.press("Enter")
    expect(ruth.page.get_by_role("dialog")).to_have_count(0)
    expect(ruth.page.locator(".request").filter(has_text=lessons.title)).to_have_count(0)
    (request_of,) = lessons.student.list_session_requests(lessons.id)["items"]
    assert request_of["status"] == "declined"


def test_the_page_of_lessons_asks_for_three_lists_and_no_more(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    here, there = Lessons(gateway), Lessons(gateway)
    asked(here)
    asked(there)
    there.tutor.pause_enrollment(there.id)
    ruth = as_person("ruth")
    called: set[str] = set()
    ruth.page.on("request", lambda request: called.add(urlsplit(request.url).path))
    ruth.open("/enrollments")
    requests = ruth.page.locator(".request")
    expect(requests.filter(has_text=here.title).first).to_contain_text("Yael Cohen asks")
    expect(requests.filter(has_text=there.title)).to_have_count(0)
    expect(ruth.page.get_by_role("article").filter(has_text=there.title).first).to_be_visible()
    about = {path for path in called if path.startswith(("/api/courses", "/api/enrollments"))}
    assert about == {"/api/enrollments"}
    assert {"/api/sessions", "/api/session-requests"} < called


@pytest.mark.thorough
def test_a_request_is_withdrawn(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    asked(lessons)
    yael = as_person("yael")
    yael.open(lessons.path)
    yael.page.get_by_role("button", name="Withdraw").click()
    expect(yael.page.get_by_role("button", name="Withdraw")).to_have_count(0)
    expect(yael.page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.thorough
def test_another_time_is_asked_for_and_the_note_is_kept(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    lessons.book(lessons.day_ahead, "19:00", "20:00")
    yael = as_person("yael", timezone_id="America/Los_Angeles")
    yael.refusals.add(409)
    yael.open(f"{lessons.path}/ask")
    yael.page.get_by_text("Ask for another time").click()
    form = yael.page.get_by_role("form", name="Ask for another time")
    form.get_by_label("Date").fill(lessons.day_ahead.isoformat())
    form.get_by_label("Begins at").fill("09:00")
    form.get_by_role("button", name="Choose this time").click()
    dialog = yael.page.get_by_role("dialog")
    dialog.get_by_label("A note").fill("The nouns, please.")
    yael.context.set_offline(True)
    dialog.get_by_role("button", name="Send the request").click()
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")
    yael.context.set_offline(False)
    yael.page.reload()
    yael.page.locator(".slot").first.click()
    expect(dialog.get_by_label("A note")).to_have_value("The nouns, please.")
    yael.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_parent_follows_with_a_code(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    lessons.book(lessons.day_ahead)
    yael, naomi = as_person("yael"), as_person("naomi")
    naomi.refusals.add(404)
    yael.open(lessons.path)
    yael.page.get_by_role("button", name="Make a code for a parent").click()
    code = yael.page.locator(".code").inner_text()

    naomi.open("/enrollments/join")
    naomi.tab_to("Code")
    naomi.page.keyboard.type("NOTACODE2345")
    naomi.press("Enter")
    expect(naomi.page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    naomi.sees("There is no such code")
    naomi.page.get_by_label("Code").fill(code)
    naomi.press("Enter")
    naomi.sees("Yael")
    expect(naomi.page.get_by_role("heading", level=1)).to_have_text(lessons.title)
    naomi.page.get_by_role("button", name="Stop following").wait_for()
    for name in ("Pause", "Cancel the course", "New whiteboard"):
        expect(naomi.page.get_by_role("button", name=name)).to_have_count(0)
    expect(naomi.page.get_by_role("link", name="Ask for a lesson")).to_have_count(0)
    naomi.page.get_by_role("link", name="The first verb").click()
    naomi.page.get_by_role("heading", name="Your reminder").wait_for()
    for name in ("Cancel the lesson", "Open a whiteboard"):
        expect(naomi.page.get_by_role("button", name=name)).to_have_count(0)

    removal = yael.page.get_by_role("listitem").filter(has_text="Naomi Stern")
    removal.get_by_role("button", name="Remove").click()
    yael.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(removal).to_have_count(0)
    said = yael.page.get_by_role("status").filter(has_text="no longer follows your lessons")
    expect(said).to_be_visible()
    expect(yael.page.get_by_role("heading", level=1)).to_be_focused()
    for person, words in (
        (naomi, "You were removed from .?Grammar"),
        (as_person("ruth"), "Yael Cohen.? has removed a parent who followed .?Grammar"),
    ):
        person.open("/notifications")
        news = person.page.get_by_role("link", name=re.compile(words))
        expect(news.filter(has_text=lessons.title)).to_be_visible()


@pytest.mark.thorough
def test_a_course_is_paused_and_goes_on(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    yael = as_person("yael")
    yael.open(lessons.path)
    yael.page.get_by_role("button", name="Pause").click()
    yael.sees("nothing more is booked until it goes on")
    expect(yael.page.get_by_role("link", name="Ask for a lesson")).to_have_count(0)
    yael.page.get_by_role("button", name="Go on with it").click()
    yael.page.get_by_role("link", name="Ask for a lesson").wait_for()
    yael.page.get_by_role("button", name="Cancel the course").click()
    yael.page.get_by_role("dialog").get_by_role("button", name="Cancel the course").click()
    yael.sees("This course was cancelled")


@pytest.mark.thorough
def test_strangers_learn_nothing(gateway: str, as_person: Callable[..., Person]) -> None:
    lessons = Lessons(gateway)
    boaz = as_person("boaz")
    boaz.refusals.add(404)
    boaz.open(lessons.path)
    boaz.sees("There is nothing at this address, or it is not for you.")


def test_the_pages_of_lessons_keep_no_one_out(gateway: str, browsers: Browsers) -> None:
    lessons = Lessons(gateway)
    lessons.held()
    lessons.book(lessons.day_ahead)
    asked(lessons, "18:00", "19:00")
    pages = {
        "/enrollments": lessons.title,
        "/enrollments/join": "Code",
        lessons.path: "Withdraw",
        f"{lessons.path}/ask": "Israel Time",
    }
    look_in_all_forms(browsers, "yael", pages)
