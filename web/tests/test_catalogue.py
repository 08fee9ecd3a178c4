"""What visitors find: courses, tutors, and what students say of them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lyceum_client import Lyceum

from .support.accounts import newcomer, signed_in
from .support.browsers import PASSWORD, Browsers, Person
from .support.lessons import ZONE, Lessons, look_in_all_forms


@pytest.fixture(scope="module")
def tutor(gateway: str) -> Lyceum:
    """A tutor with a course on a subject of their own, in Yiddish, on Fridays."""
    hillel = signed_in(gateway, "hillel")
    course = hillel.create_course({"title": "Letters", "subject": "Masorah", "timezone": ZONE})
    hillel.set_tutor_profile({"about": "I read slowly.", "languages": ["yi"]})
    hours = {"weekday": "Friday", "start_time": "10:00", "end_time": "12:00"}
    hillel.set_availability({"timezone": ZONE, "weekly": [hours], "exceptions": []})
    assert course["id"]
    return hillel


@pytest.mark.usefixtures("tutor")
def test_a_visitor_finds_a_course_by_keyboard_and_comes_back_to_it_signed_in(
    gateway: str, visitor: Person
) -> None:
    username = newcomer(gateway, "Vashti").get_own_account()["username"]
    visitor.open("/sign-in")
    visitor.page.get_by_role("link", name="Tutors").click()
    visitor.tab_to("What to learn")
    visitor.page.keyboard.type("letters")
    found = visitor.page.locator("main").get_by_role("status")
    expect(found.filter(has_text="course")).to_be_visible()
    visitor.tab_to("Letters")
    visitor.press("Enter")
    visitor.page.get_by_role("link", name="Sign in to enrol").wait_for()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Letters")
    visitor.tab_to("Sign in to enrol")
    visitor.press("Enter")
    visitor.page.get_by_label("E-mail address or username").fill(username)
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.get_by_role("button", name="Enrol").wait_for()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Letters")


@pytest.mark.usefixtures("tutor")
def test_filters_stand_in_the_address_and_go_along(visitor: Person) -> None:
    visitor.open("/courses")
    page = visitor.page
    page.get_by_label("Taught in").select_option(label="Yiddish")
    page.get_by_label("Lessons on").select_option(label="Friday")
    page.get_by_label("Subject").fill("masorah")
    visitor.press("Enter")
    expect(page.get_by_role("article")).not_to_have_count(0)
    expect(page).to_have_url(re.compile("subject=masorah&language=yi&weekday=Friday"))
    page.get_by_role("link", name="Tutors").last.click()
    expect(page.get_by_role("article")).to_have_count(1)
    visitor.sees("Teaches on Friday")
    expect(page.get_by_label("Taught in")).to_have_value("yi")
    page.get_by_label("Lessons on").select_option(label="Monday")
    visitor.sees("Nothing fits all that you look for.")
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("article")).not_to_have_count(0)
    expect(page.get_by_label("Subject")).to_have_value("")


@pytest.mark.thorough
def test_tutors_are_shown_in_the_order_that_is_chosen(visitor: Person, tutor: Lyceum) -> None:
    visitor.open("/tutors")
    tutor.create_course({"title": "The newest"})
    visitor.page.get_by_label("Order").select_option("newest")
    expect(visitor.page.get_by_role("article").first).to_contain_text("Hillel Weiss")
    expect(visitor.page).to_have_url(re.compile("sort=newest"))


def test_a_student_says_whether_their_name_is_shown(
    gateway: str, as_person: Callable[..., Person], visitor: Person
) -> None:
    lessons = Lessons(gateway, tutor="hillel")
    lesson = lessons.held()
    yael = as_person("yael")
    yael.open(f"/sessions/{lesson['id']}")
    yael.page.get_by_role("radio").last.check()
    yael.page.get_by_label("In your words").fill(f"About {lessons.title}")
    expect(yael.page.get_by_label("My name may stand next to it")).not_to_be_checked()
    yael.tab_to("My name may stand next to it")
    yael.press("Space")
    yael.page.get_by_role("button", name="Send the review").click()
    yael.sees("with your name")

    visitor.open(f"/tutors/{lessons.course['tutor_id']}")
    said = visitor.page.get_by_role("listitem").filter(has_text=f"About {lessons.title}")
    expect(said.get_by_role("link")).to_have_text(lessons.student.get_own_account()["display_name"])
    yael.page.get_by_role("button", name="Change your review").click()
    expect(yael.page.get_by_label("My name may stand next to it")).to_be_checked()
    yael.page.get_by_label("My name may stand next to it").uncheck()
    yael.page.get_by_role("button", name="Save").click()
    yael.sees("without your name")


@pytest.mark.thorough
@pytest.mark.usefixtures("tutor")
def test_the_catalogue_keeps_no_one_out(gateway: str, browsers: Browsers) -> None:
    course = f"/courses/{Lessons(gateway).course['id']}"
    pages = {"/courses": "What to learn", "/tutors": "Best rated", course: "Sign in to enrol"}
    look_in_all_forms(browsers, None, pages)
