"""Finding a course and a tutor, and offering courses."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .support.accounts import signed_in
from .support.browsers import Browsers, Person
from .support.lessons import Lessons, look_in_all_forms


def test_a_course_is_found_and_taken_by_keyboard(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    title = Lessons(gateway).title
    tamar = as_person("tamar")
    tamar.open("/courses")
    tamar.tab_to("What to learn")
    tamar.page.keyboard.type(title)
    expect(tamar.page.get_by_role("status").filter(has_text="1 course")).to_be_visible()
    tamar.tab_to(title)
    tamar.press("Enter")
    tamar.page.get_by_role("button", name="Enrol").wait_for()
    expect(tamar.page.get_by_role("heading", level=1)).to_be_focused()
    tamar.tab_to("Enrol")
    tamar.press("Enter")
    tamar.page.get_by_role("link", name="Ask for a lesson").wait_for()
    expect(tamar.page.get_by_role("heading", level=1)).to_have_text(title)
    tamar.page.get_by_role("link", name="About the course").click()
    tamar.page.get_by_role("link", name="Your lessons in this course").wait_for()
    expect(tamar.page.get_by_role("button", name="Enrol")).to_have_count(0)


@pytest.mark.thorough
def test_nothing_found_leads_on(gateway: str, as_person: Callable[..., Person]) -> None:
    title = Lessons(gateway).title
    david = as_person("david")
    david.open("/courses?q=zzzzz")
    david.sees("Nothing fits all that you look for.")
    david.page.get_by_role("button", name="Show all").click()
    david.sees(title)


def test_what_was_typed_into_a_form_is_there_again_until_it_is_sent(
    as_person: Callable[..., Person],
) -> None:
    ruth = as_person("ruth")
    title, zone = ruth.page.get_by_label("Title"), ruth.page.get_by_label("Time zone")
    ruth.open("/courses/new")
    usual = zone.input_value()
    title.fill("Reading Rashi")
    zone.select_option("Europe/London")
    ruth.page.reload()
    ruth.sees("What you typed before is here again.")
    expect(title).to_have_value("Reading Rashi")
    expect(zone).to_have_value("Europe/London")
    ruth.tab_to("Start over")
    ruth.press("Enter")
    expect(title).to_be_focused()
    expect(title).to_have_value("")
    expect(zone).to_have_value(usual)

    title.fill("Reading Ramban")
    ruth.page.get_by_role("button", name="Publish").click()
    expect(ruth.page.get_by_role("heading", level=1)).to_have_text("Reading Ramban")
    ruth.open("/courses/new")
    expect(title).to_have_value("")


@pytest.mark.thorough
def test_a_tutor_publishes_a_course_and_archives_it(as_person: Callable[..., Person]) -> None:
    hillel = as_person("hillel")
    hillel.refusals.add(422)
    hillel.open("/courses")
    hillel.page.get_by_role("link", name="New course").click()
    hillel.page.get_by_label("Title").fill(" ")
    hillel.tab_to("Publish")
    hillel.press("Enter")
    title = hillel.page.get_by_label("Title")
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_be_focused()
    title.fill("Aramaic, from the beginning")
    hillel.tab_to("Publish")
    hillel.press("Enter")
    hillel.sees("Students find this course")
    hillel.page.get_by_role("button", name="Archive").click()
    hillel.page.get_by_role("button", name="Open it again").wait_for()
    hillel.sees("No one else can enrol")
    hillel.open("/courses?own=1")
    expect(hillel.page.get_by_role("article").first).to_contain_text("Archived")


def test_what_was_typed_stays_when_another_changed_the_course(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    lessons = Lessons(gateway)
    ruth = as_person("ruth")
    ruth.refusals.add(412)
    ruth.open(f"/courses/{lessons.course['id']}/edit")
    ruth.page.get_by_label("Subject").fill("Hebrew")
    lessons.tutor.update_course(lessons.course["id"], {"description": "Slowly."}, if_match="*")
    ruth.page.get_by_role("button", name="Save").click()
    expect(ruth.page.get_by_role("alert")).to_contain_text("It was changed meanwhile")
    expect(ruth.page.get_by_label("What it is about")).to_have_value("Slowly.")
    expect(ruth.page.get_by_label("Subject")).to_have_value("Hebrew")
    ruth.page.get_by_role("button", name="Save").click()
    ruth.page.get_by_role("link", name="Edit the course").wait_for()
    ruth.sees("Hebrew")
    ruth.sees("Slowly.")


@pytest.mark.thorough
def test_anyone_reads_the_page_of_a_tutor(gateway: str, visitor: Person) -> None:
    ruth = signed_in(gateway, "ruth").get_own_account()["id"]
    visitor.open(f"/tutors/{ruth}")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Ruth Adler")
    visitor.sees("Patient and clear.")
    visitor.sees("Teaches in Hebrew and English")
    expect(visitor.page.locator("main")).to_contain_text(re.compile(r"of 5, by \S+ students"))


def test_the_pages_of_courses_keep_no_one_out(gateway: str, browsers: Browsers) -> None:
    lessons = Lessons(gateway)
    tutor = f"/tutors/{lessons.course['tutor_id']}"
    course = f"/courses/{lessons.course['id']}"
    look_in_all_forms(browsers, None, {"/courses": "What to learn", tutor: "Courses"})
    pages = {"/courses": "New course", course: "Archive", f"{course}/edit": "Subject"}
    look_in_all_forms(browsers, "ruth", pages)
