"""A person's page: who they are, and how one keeps away from them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from lyceum_client import Lyceum

from .support.accounts import newcomer, signed_in, study_session
from .support.browsers import FORMS, PASSWORD, Browsers, Person, fetched

AsPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def ruth(gateway: str) -> str:
    """The page of a tutor who hosts."""
    return f"/users/{signed_in(gateway, 'ruth').get_own_account()['id']}"


@pytest.fixture(scope="module")
def lyceum(gateway: str) -> Lyceum:
    """Someone who has never met anyone."""
    return newcomer(gateway, "Vashti")


@pytest.fixture(scope="module")
def username(lyceum: Lyceum) -> str:
    return str(lyceum.get_own_account()["username"])


@pytest.fixture
def other(gateway: str) -> str:
    """The page of someone who is reported or blocked."""
    return f"/users/{newcomer(gateway, 'Haman').get_own_account()['id']}"


def test_one_sees_what_they_teach_and_have_learnt(as_person: AsPerson, ruth: str) -> None:
    boaz = as_person("boaz")
    boaz.open(ruth)
    boaz.sees("@ruth")
    boaz.sees("experience points")
    teaches = boaz.page.get_by_role("region", name="Teaches")
    teaches.get_by_role("heading", level=3).get_by_role("link").first.click()
    expect(boaz.page).to_have_url(re.compile(r"/courses/\d+$"))


@pytest.mark.thorough
def test_one_sees_what_they_host(gateway: str, as_person: AsPerson) -> None:
    host = newcomer(gateway, "Shallum")
    session = host.create_study_session(study_session("Berakhot by day"))
    boaz = as_person("boaz")
    boaz.open(f"/users/{session['host_id']}")
    hosts = boaz.page.get_by_role("region", name="Hosts")
    hosts.get_by_role("link", name="Berakhot by day").click()
    expect(boaz.page).to_have_url(f"{boaz.gateway}/study-sessions/{session['id']}")
    host.cancel_study_session(session["id"])


@pytest.mark.thorough
def test_visitors_see_who_it_is_and_come_back_signed_in(
    visitor: Person, ruth: str, username: str
) -> None:
    visitor.open(ruth)
    visitor.page.get_by_role("heading", name="Ruth Adler").wait_for()
    expect(visitor.page.get_by_role("button", name="Report")).to_have_count(0)
    visitor.page.locator("main").get_by_role("link", name="Sign in").click()
    visitor.page.get_by_label("E-mail address or username").fill(username)
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.get_by_role("region", name="Teaches").wait_for()


def test_blocking_asks_first_and_is_ended_with_the_keyboard(
    as_person: AsPerson, username: str, lyceum: Lyceum, other: str
) -> None:
    person = as_person(username)
    person.open(other)
    person.page.get_by_role("button", name="Block").wait_for()
    person.tab_to("Block")
    person.press("Enter")
    person.page.get_by_role("dialog", name="Haman").wait_for()
    person.press("Escape")
    expect(person.page.get_by_role("button", name="Block")).to_be_focused()
    person.press("Enter")
    person.page.get_by_role("dialog", name="Haman").wait_for()
    person.tab_to("Block")
    person.press("Enter")
    person.sees("You block Haman")
    assert [each["display_name"] for each in lyceum.list_blocks()["items"]] == ["Haman"]

    person.page.reload()
    person.page.get_by_role("button", name="Unblock").wait_for()
    person.tab_to("Unblock")
    person.press("Enter")
    expect(person.page.get_by_role("button", name="Block", exact=True)).to_be_focused()
    assert lyceum.list_blocks()["items"] == []


def test_a_report_is_made_once_and_its_words_are_kept_until_then(
    as_person: AsPerson, username: str, lyceum: Lyceum, other: str
) -> None:
    person = as_person(username)
    person.refusals.add(409)
    person.open(other)
    person.page.get_by_role("button", name="Report").click()
    person.page.get_by_label("What should we know?").fill("It goes on for days.")
    person.page.get_by_role("dialog").get_by_role("button", name="Back").click()
    person.page.get_by_role("button", name="Report").click()
    person.page.get_by_role("radio", name="Harassment").check()
    person.page.get_by_role("button", name="Send the report").click()
    expect(person.page.get_by_role("status").filter(has_text="Thank you.")).to_be_visible()
    expect(person.page.get_by_role("button", name="Report")).to_be_focused()
    report = lyceum.list_own_reports()["items"][0]
    assert (report["kind"], report["text"]) == ("harassment", "It goes on for days.")

    person.press("Enter")
    expect(person.page.get_by_label("What should we know?")).to_have_value("")
    person.page.get_by_role("radio", name="Something else").check()
    person.page.get_by_role("button", name="Send the report").click()
    expect(
        person.page.get_by_role("alert").filter(has_text="reported this already")
    ).to_be_visible()


@pytest.mark.thorough
def test_ones_own_page_leads_to_the_account(
    as_person: AsPerson, username: str, lyceum: Lyceum
) -> None:
    person = as_person(username)
    person.open(f"/users/{lyceum.get_own_account()['id']}")
    expect(person.page.locator("main").get_by_role("link", name="Your account")).to_be_visible()
    expect(person.page.get_by_role("button", name="Block")).to_have_count(0)


def test_what_is_away_says_so(as_person: AsPerson, ruth: str) -> None:
    def without_courses(route: Route) -> None:
        parts = {"courses": None, "rating": None, "degraded": ["tutoring-service"]}
        route.fulfill(json={**fetched(route).json(), **parts})

    boaz = as_person("boaz")
    boaz.page.route("**/overview", without_courses)
    boaz.open(ruth)
    boaz.sees("Their courses cannot be shown just now.")
    boaz.sees("Some figures cannot be shown just now.")
    boaz.sees("experience points")


@pytest.mark.thorough
def test_a_person_whom_there_is_not_is_said_to_be_missing(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.refusals.add(404)
    boaz.open("/users/00000000-0000-4000-8000-000000000000")
    boaz.sees("There is nothing at this address")


def test_anyone_can_use_it(browsers: Browsers, ruth: str) -> None:
    for form in FORMS:
        with browsers.person("boaz", form) as person:
            person.open(ruth)
            person.page.locator(".apart-from .button").nth(1).wait_for()
            person.check_access()
            person.page.locator(".apart-from .button").last.click()
            person.page.get_by_role("dialog").wait_for()
            person.check_access()
