"""Finding an assessment, beginning it, and keeping what was begun without an account."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lyceum_client import Lyceum

from .support.accounts import signed_in
from .support.assessments import SHORT, answer_first, begun, published, resumed
from .support.browsers import FORMS, PASSWORD, Browsers, Person


@pytest.fixture(scope="module")
def short(gateway: str) -> str:
    return published(gateway, SHORT)


def test_visitors_begin_one_and_find_it_again(visitor: Person, short: str) -> None:
    visitor.open("/assessments")
    visitor.page.get_by_role("link", name="How do you like to study?").wait_for()
    visitor.open(f"/assessments/{short}")
    visitor.sees("2 questions · 2 pages")
    visitor.tab_to("Begin")
    visitor.press("Enter")
    visitor.sees("First page")
    visitor.page.get_by_label("Fig", exact=True).check()
    visitor.sees("All answers are saved")
    visitor.open(f"/assessments/{short}")
    visitor.page.get_by_role("link", name="Go on").click()
    expect(visitor.page.get_by_label("Fig", exact=True)).to_be_checked()


def test_what_was_begun_without_an_account_is_kept_by_signing_in(
    visitor: Person, gateway: str, short: str
) -> None:
    session = begun(gateway, short)
    visitor.open(f"/assessment-sessions/{session}")
    visitor.page.locator("main").get_by_role("link", name="Sign in").click()
    visitor.page.get_by_label("E-mail address or username").fill("yael")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Enter")
    expect(visitor.page.locator(".told")).to_contain_text("It is kept in your account now.")
    with signed_in(gateway, "yael") as yael:
        assert yael.get_assessment_session(session)["session"]["attempt"] == 1


@pytest.mark.thorough
def test_an_open_attempt_is_gone_on_with_or_given_up_for_a_fresh_one(
    as_person: Callable[..., Person], gateway: str, short: str
) -> None:
    person = as_person("tamar")
    person.open(f"/assessments/{short}")
    person.page.get_by_role("button", name="Begin").wait_for()
    with signed_in(gateway, "tamar") as tamar:
        session = begun(gateway, short, tamar)
    # Begun on another device meanwhile: the platform refuses a second one.
    person.refusals.add(409)
    person.page.get_by_role("button", name="Begin").click()
    person.page.wait_for_url(f"**/{session}")
    person.open(f"/assessments/{short}")
    person.page.get_by_role("button", name="Start afresh").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Start afresh").click()
    person.page.wait_for_url(lambda url: "/assessment-sessions/" in url and session not in url)
    person.sees("0 of 2 answered")


@pytest.mark.thorough
def test_one_for_members_asks_visitors_to_sign_in(visitor: Person, gateway: str) -> None:
    members = published(gateway, {**SHORT, "audience": "members", "max_attempts": 1})
    visitor.open(f"/assessments/{members}")
    visitor.sees("This one needs an account")
    expect(visitor.page.get_by_role("button", name="Begin")).to_have_count(0)


@pytest.mark.thorough
def test_limits_are_said_where_one_begins(as_person: Callable[..., Person], gateway: str) -> None:
    limits = {"audience": "members", "max_attempts": 2, "hours_between_attempts": 3}
    limited = published(gateway, {**SHORT, **limits})
    with signed_in(gateway, "naomi") as naomi:
        session = begun(gateway, limited, naomi)
        answer_first(naomi, session, "fig")
        naomi.complete_assessment_session(session)
    person = as_person("naomi")
    person.refusals.add(409)
    person.open(f"/assessments/{limited}")
    person.sees("1 of 2 left")
    person.page.get_by_role("button", name="Begin").click()
    person.sees("You can take this again from")
    person.page.get_by_role("link", name="Result of").click()
    person.sees("at home")


@pytest.mark.thorough
def test_a_result_that_is_not_there_yet_leads_back(
    visitor: Person, gateway: str, short: str
) -> None:
    visitor.refusals.add(409)
    session = begun(gateway, short)
    visitor.open(f"/assessment-sessions/{session}/result")
    visitor.page.get_by_role("link", name="Go on").click()
    visitor.sees("First page")
    assert resumed(gateway, session)["session"]["status"] == "active"


@pytest.mark.thorough
def test_results_and_points_are_listed(as_person: Callable[..., Person], gateway: str) -> None:
    person = as_person("boaz")
    person.open("/assessments")
    person.page.get_by_role("region", name="Your results").get_by_role("link").first.click()
    person.page.wait_for_url("**/result")
    person.sees("on a scale from 1 to 5")
    with signed_in(gateway, "boaz") as boaz:
        points = boaz.get_own_experience()["total_xp"]
    person.open("/assessments")
    person.sees(f"You have {points} points")


def test_everyone_can_use_the_pages(browsers: Browsers, short: str, gateway: str) -> None:
    assert Lyceum(gateway).get_assessment(short)["questions"] == 2
    for form in FORMS:
        with browsers.person("ruth", form) as person:
            person.open("/assessments")
            person.page.locator(".results, .card").first.wait_for()
            person.check_access()
            person.open(f"/assessments/{short}")
            person.check_access()
