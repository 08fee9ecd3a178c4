"""Opening a study session, changing it, and finding one's own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lyceum_client import etag

from .support.browsers import FORMS, Browsers, Person
from .support.study_sessions import api_of, hosted, in_hours

AsPerson = Callable[..., Person]
NEW = "/study-sessions/new"


def test_a_session_is_opened_by_keyboard_alone(as_person: AsPerson) -> None:
    ruth = as_person("ruth")
    ruth.open("/")
    ruth.tab_to("Host a session")
    ruth.press("Enter")
    ruth.page.get_by_role("heading", name="Host a session").wait_for()
    for label, words in (("Title", "Psalms at dawn"), ("Subject", "Tanakh")):
        ruth.tab_to(label)
        ruth.page.keyboard.type(words)
    ruth.tab_to("Where")
    ruth.page.keyboard.type("Haif")
    ruth.page.get_by_role("option", name="Haifa, Israel").wait_for()
    ruth.press("Enter")
    ruth.tab_to("Venue")
    ruth.page.keyboard.type("The beach")
    ruth.tab_to("Host this session")
    ruth.press("Enter")
    expect(ruth.page.get_by_role("heading", name="Psalms at dawn")).to_be_focused()
    ruth.sees("The beach")
    ruth.sees("9 of 10 seats free")


def test_a_place_is_needed_and_what_is_refused_stands_at_its_field(as_person: AsPerson) -> None:
    ruth = as_person("ruth")
    ruth.refusals.add(422)
    ruth.open(NEW)
    ruth.page.get_by_label("Title").fill("Ethics")
    ruth.page.get_by_label("Subject").fill("Mussar")
    ruth.page.get_by_label("How to meet").select_option("online")
    ruth.page.get_by_label("Meeting link").fill("http://127.0.0.1/meet")
    ruth.page.get_by_role("button", name="Host this session").click()
    expect(ruth.page.get_by_role("combobox", name="Where")).to_be_focused()
    expect(ruth.page.locator(".point-field")).to_contain_text("This is needed.")

    ruth.page.get_by_text("Set the exact point").click()
    ruth.page.get_by_label("Latitude").fill("31.5")
    ruth.page.get_by_label("Longitude").fill("35.1")
    ruth.page.get_by_role("button", name="Host this session").click()
    link = ruth.page.get_by_label("Meeting link")
    expect(link).to_be_focused()
    expect(link).to_have_accessible_description(re.compile("begins with https"))

    ruth.page.reload()
    expect(ruth.page.get_by_label("Title")).to_have_value("Ethics")
    expect(ruth.page.get_by_label("Latitude")).to_have_value("31.5")


@pytest.mark.thorough
def test_the_map_is_moved_under_the_pin(as_person: AsPerson) -> None:
    ruth = as_person("ruth")
    ruth.open(NEW)
    where = ruth.page.get_by_role("combobox", name="Where")
    where.fill("Jerus")
    ruth.page.get_by_role("option", name="Jerusalem, Israel").click()
    ruth.page.get_by_text("Set the exact point").click()
    latitude = ruth.page.get_by_label("Latitude")
    before = float(latitude.input_value())
    ruth.page.locator(".point-map.leaflet-container").focus()
    ruth.press("ArrowUp")
    expect(latitude).not_to_have_value(str(before))
    assert before < float(latitude.input_value()) < before + 0.1


def test_what_was_changed_meanwhile_is_shown_and_nothing_typed_is_lost(
    as_person: AsPerson, gateway: str
) -> None:
    session = hosted(gateway, title="Old title")
    ruth = as_person("ruth")
    ruth.refusals.add(412)
    ruth.open(f"/study-sessions/{session}/edit")
    ruth.page.get_by_label("Title").fill("New title")
    api = api_of(gateway, "ruth")
    api.update_study_session(
        session,
        {"title": "Another title", "max_participants": 12},
        if_match=etag(api.get_study_session(session)),
    )
    ruth.page.get_by_role("button", name="Save").click()
    ruth.sees("It was changed meanwhile.")
    ruth.sees("Another title")
    expect(ruth.page.get_by_label("Title")).to_have_value("New title")
    expect(ruth.page.get_by_label("Seats")).to_have_value("12")
    ruth.page.get_by_role("button", name="Save").click()
    ruth.page.get_by_role("heading", name="New title").wait_for()
    ruth.sees("11 of 12 seats free")


@pytest.mark.thorough
def test_a_live_session_changes_its_words_alone(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, start_time=in_hours(-0.05))
    ruth = as_person("ruth")
    ruth.open(f"/study-sessions/{session}/edit")
    expect(ruth.page.get_by_label("Seats")).to_have_count(0)
    ruth.page.get_by_label("Description").fill("Come in by the garden.")
    ruth.page.get_by_role("button", name="Save").click()
    ruth.sees("Come in by the garden.")


@pytest.mark.thorough
def test_only_the_host_changes_a_session(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz")
    boaz = as_person("boaz")
    boaz.open(f"/study-sessions/{session}/edit")
    boaz.sees("Only the host changes a session.")


@pytest.mark.thorough
def test_own_sessions_are_found_by_what_one_is_in_them(as_person: AsPerson, gateway: str) -> None:
    hosted(gateway, host="esther", title="Esther hosts this", start_time=in_hours(1))
    hosted(gateway, "esther", title="Esther joined this", start_time=in_hours(1))
    esther = as_person("esther")
    esther.open("/")
    esther.page.get_by_role("link", name="Your sessions").click()
    for title in ("Esther hosts this", "Esther joined this"):
        esther.page.get_by_role("link", name=title).first.wait_for()
    esther.page.get_by_label("Show").select_option("host")
    expect(esther.page.get_by_role("link", name="Esther joined this")).to_have_count(0)
    esther.page.get_by_role("link", name="Esther hosts this").first.wait_for()
    esther.page.get_by_role("link", name="Past").click()
    expect(esther.page.get_by_role("link", name="Esther hosts this")).to_have_count(0)


def test_nothing_keeps_anyone_out(browsers: Browsers, gateway: str) -> None:
    hosted(gateway, host="miriam")
    for form in FORMS:
        with browsers.person("miriam", form=form) as miriam:
            miriam.open(NEW)
            miriam.page.locator(".point-field summary").click()
            miriam.page.locator(".point-map.leaflet-container").wait_for()
            miriam.check_access()
            miriam.open("/study-sessions")
            miriam.page.locator(".session-card").first.wait_for()
            miriam.check_access()
