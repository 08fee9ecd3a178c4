"""What is next: it is seen at once, and answered and entered from there."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from lyceum_client import Lyceum

from .support.accounts import newcomer, signed_in, study_session
from .support.browsers import FORMS, Browsers, Person, fetched

AsPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def owner(gateway: str) -> Lyceum:
    """Someone who owns havrutas, and whose address is verified."""
    return signed_in(gateway, "hillel")


@pytest.fixture(scope="module")
def tamar(gateway: str) -> Lyceum:
    return signed_in(gateway, "tamar")


@pytest.fixture
def havruta(owner: Lyceum) -> Any:
    """A havruta that Tamar is invited to; archived after the test."""
    havruta = owner.create_havruta(
        {"name": f"Ruth at night {secrets.token_hex(3)}", "book": "ruth"}
    )
    owner.invite_to_havruta(havruta["id"], {"emails": ["tamar@lyceum.example"]})
    yield havruta
    if session := owner.get_havruta(havruta["id"])["active_session_id"]:
        owner.end_havruta_session(session)
    owner.archive_havruta(havruta["id"])


def without(part: str, service: str) -> Callable[[Route], None]:
    """The platform's answer as it is while the service of a part is away."""

    def answer(route: Route) -> None:
        whole = fetched(route).json()
        route.fulfill(json={**whole, part: None, "degraded": [service]})

    return answer


def test_one_comes_here_after_signing_in(visitor: Person) -> None:
    visitor.sign_in("tamar")
    expect(visitor.page).to_have_url(f"{visitor.gateway}/dashboard")
    visitor.sees("Tamar")


def test_an_invitation_is_accepted_where_it_is_seen_and_joined_once_they_begin(
    as_person: AsPerson, owner: Lyceum, havruta: Any
) -> None:
    tamar = as_person("tamar")
    tamar.open("/dashboard")
    card = tamar.page.get_by_role("article").filter(has_text=havruta["name"])
    card.get_by_role("button", name="Accept").click()
    expect(tamar.page).to_have_url(f"{tamar.gateway}/havrutas/{havruta['id']}")

    tamar.open("/dashboard")
    tamar.page.get_by_role("link", name=havruta["name"], exact=True).wait_for()
    session = owner.create_havruta_session(havruta["id"], {"type": "instant"})
    tamar.page.get_by_role("link", name=f"Join now {havruta['name']}").click()
    expect(tamar.page).to_have_url(f"{tamar.gateway}/havruta-sessions/{session['id']}")


@pytest.mark.thorough
def test_an_invitation_is_declined_with_the_keyboard(as_person: AsPerson, havruta: Any) -> None:
    tamar = as_person("tamar")
    tamar.open("/dashboard")
    card = tamar.page.get_by_role("article").filter(has_text=havruta["name"])
    card.wait_for()
    tamar.tab_to("Accept")
    tamar.press("Tab", "Enter")
    expect(card.get_by_text("The invitation is declined.")).to_be_focused()


@pytest.mark.thorough
def test_an_assessment_is_gone_on_with(as_person: AsPerson, tamar: Lyceum) -> None:
    session = tamar.start_assessment_session({"start_fresh": True})
    try:
        person = as_person("tamar")
        person.open("/dashboard")
        person.tab_to("Continue")
        person.press("Enter")
        expect(person.page).to_have_url(
            f"{person.gateway}/assessment-sessions/{session['session_id']}"
        )
    finally:
        tamar.abandon_assessment_session(session["session_id"])


def test_a_notification_leads_to_its_thing_and_is_read(gateway: str, as_person: AsPerson) -> None:
    host, guest = newcomer(gateway, "Orpah"), newcomer(gateway, "Mahlon")
    session = host.create_study_session(study_session("Gleaning"))
    guest.join_study_session(session["id"])
    person = as_person(host.get_own_account()["username"])
    person.open("/dashboard")
    person.page.get_by_role("link", name="Mahlon joined Gleaning").click()
    person.page.locator(".bell[aria-label*='0 unread']").wait_for()
    assert host.list_notifications(unread=True)["items"] == []


@pytest.mark.thorough
def test_who_is_new_sees_what_one_can_do(gateway: str, as_person: AsPerson) -> None:
    person = as_person(newcomer(gateway, "Naama").get_own_account()["username"])
    person.open("/dashboard")
    person.sees("Naama")
    person.sees("No lesson is planned. Find a tutor")
    person.sees("You have read everything.")
    person.sees("No assessment is open. See where you stand")
    person.sees("Your e-mail address is not confirmed yet.")
    expect(person.page.get_by_role("link", name="Begin one")).to_have_attribute("href", "/havrutas")
    person.page.get_by_role("link", name="Find one near you").click()
    expect(person.page).to_have_url(f"{person.gateway}/")


def test_a_part_whose_service_is_away_says_so_and_the_rest_is_there(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.page.route("**/api/dashboard", without("tutoring_sessions", "tutoring-service"))
    boaz.open("/dashboard")
    boaz.sees("Lessons cannot be shown just now.")
    expect(boaz.page.get_by_role("link", name="Genesis with Rashi").first).to_be_visible()
    expect(boaz.page.get_by_role("link", name="Lesson with")).to_have_count(0)


def test_without_a_network_it_says_so_and_tries_again(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.open("/dashboard")
    boaz.page.get_by_role("link", name="Calendar", exact=True).click()
    boaz.page.get_by_role("heading", name="Calendar", level=1).wait_for()
    boaz.context.set_offline(True)
    boaz.page.get_by_role("link", name="Today").click()
    boaz.sees("The platform cannot be reached.")
    boaz.context.set_offline(False)
    boaz.page.get_by_role("button", name="Try again").click()
    boaz.page.get_by_role("link", name="Genesis with Rashi").first.wait_for()


def test_anyone_can_use_it(browsers: Browsers) -> None:
    for form in FORMS:
        with browsers.person("boaz", form) as person:
            person.open("/dashboard")
            person.page.locator(".upcoming").first.wait_for()
            person.check_access()
