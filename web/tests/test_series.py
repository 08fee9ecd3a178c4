"""Series of study sessions: opened, joined, left, changed and cancelled together, or one by one."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .support.browsers import FORMS, Browsers, Person, register
from .support.study_sessions import api_of, hosted

AsPerson = Callable[..., Person]
WEEKLY = {"rrule": "FREQ=WEEKLY;COUNT=3", "timezone": "Asia/Jerusalem"}
NEW = "/study-sessions/new"


@pytest.fixture
def title() -> str:
    return f"Every week {secrets.token_hex(3)}"


@pytest.fixture
def series(gateway: str, title: str) -> str:
    """The id of the first of three sessions."""
    return hosted(gateway, title=title, max_participants=2, **WEEKLY)


@pytest.fixture
def username(gateway: str) -> str:
    return register(gateway)


def ids_of(gateway: str, series: str) -> list[str]:
    return [each["id"] for each in api_of(gateway, "ruth").list_series_sessions(series)["items"]]


def dates(person: Person) -> Locator:
    return person.page.get_by_role("region", name="One of a series").get_by_role("listitem")


def press_in_dialog(person: Person, name: str) -> None:
    person.page.get_by_role("dialog").get_by_role("button", name=name).click()


def test_a_series_is_opened_by_keyboard_alone_and_its_dates_are_seen_before(
    as_person: AsPerson, title: str
) -> None:
    ruth = as_person("ruth")
    ruth.open(NEW)
    for label, words in (("Title", title), ("Subject", "Tanakh")):
        ruth.tab_to(label)
        ruth.page.keyboard.type(words)
    ruth.tab_to("Where")
    ruth.page.keyboard.type("Haif")
    ruth.page.get_by_role("option", name="Haifa, Israel").wait_for()
    ruth.press("Enter")
    # Back from the place to the time.
    for _ in range(20):
        ruth.press("Shift+Tab")
        if ruth.page.evaluate("() => document.activeElement.name") == "rrule":
            break
    ruth.page.keyboard.type("Every w")
    ruth.tab_to("How many times")
    ruth.press("Control+A")
    ruth.page.keyboard.type("3")
    ruth.sees("You meet 3 times:")
    ruth.tab_to("Host this session")
    ruth.press("Enter")
    ruth.page.get_by_role("heading", name=title).wait_for()
    expect(dates(ruth)).to_have_count(3)
    expect(dates(ruth).first.locator("[aria-current]")).to_be_visible()


def test_a_series_is_joined_and_left_at_once(
    as_person: AsPerson, gateway: str, series: str, username: str
) -> None:
    second = ids_of(gateway, series)[1]
    api_of(gateway, "boaz").join_study_session(second)
    person = as_person(username)
    person.open(f"/study-sessions/{series}")
    person.page.get_by_role("button", name="Join the series").click()
    press_in_dialog(person, "Join the series")
    expect(person.page.get_by_text("You have a seat in 2 sessions. 1 is full.")).to_be_visible()
    expect(dates(person).get_by_text("You have a seat")).to_have_count(2)

    person.page.get_by_role("button", name="Join the series").click()
    person.page.get_by_label("Wait where it is full").check()
    press_in_dialog(person, "Join the series")
    expect(dates(person).get_by_text("Waitlist", exact=True)).to_have_count(1)

    dates(person).get_by_role("link").last.click()
    expect(dates(person).last.locator("[aria-current]")).to_be_visible()
    person.page.get_by_role("button", name="Leave the series").click()
    person.page.get_by_label("Which sessions").select_option("All that are still to come")
    press_in_dialog(person, "Leave the series")
    expect(dates(person).get_by_text("You have a seat")).to_have_count(0)
    expect(dates(person).get_by_text("Waitlist", exact=True)).to_have_count(0)
    expect(person.page.get_by_role("button", name="Leave the series")).to_have_count(0)


def test_the_host_changes_and_cancels_one_or_more(
    as_person: AsPerson, gateway: str, series: str, title: str
) -> None:
    ruth = as_person("ruth")
    ids = ids_of(gateway, series)
    ruth.open(f"/study-sessions/{series}/edit")
    ruth.page.get_by_label("Which sessions").select_option("All that are still to come")
    ruth.page.get_by_label("Title").fill(f"{title}!")
    ruth.page.get_by_role("button", name="Save").click()
    ruth.page.get_by_role("heading", name=f"{title}!").wait_for()
    api = api_of(gateway, "ruth")
    assert {api.get_study_session(each)["title"] for each in ids} == {f"{title}!"}

    ruth.open(f"/study-sessions/{ids[1]}")
    ruth.page.get_by_role("button", name="Cancel the session").click()
    ruth.page.get_by_label("Which sessions").select_option("This one and those after it")
    press_in_dialog(ruth, "Cancel the session")
    expect(dates(ruth)).to_have_count(1)
    assert [api.get_study_session(each)["status"] for each in ids] == [
        "starting-soon",
        "cancelled",
        "cancelled",
    ]


def test_people_are_told_once_of_how_many_are_off(
    as_person: AsPerson, gateway: str, series: str, title: str, username: str
) -> None:
    api_of(gateway, username).join_series(series, {"scope": "all"})
    api_of(gateway, "ruth").cancel_study_session(series, {"scope": "all"})
    person = as_person(username)
    person.open("/notifications")
    told = person.page.get_by_role("listitem").filter(has_text=f"{title} was cancelled")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("3 sessions")


def test_several_move_to_another_time_of_the_same_day_alone(
    as_person: AsPerson, gateway: str, series: str
) -> None:
    ruth = as_person("ruth")
    ruth.refusals.add(422)
    ruth.open(f"/study-sessions/{series}/edit")
    ruth.page.get_by_label("Which sessions").select_option("All that are still to come")
    start = ruth.page.locator("[name=start_time]")
    start.fill("2027-01-05T18:00")
    ruth.page.get_by_role("button", name="Save").click()
    expect(start).to_be_focused()
    ruth.sees("Several sessions can only move to another time of the same day.")


def test_the_list_shows_the_next_of_a_series_alone(
    as_person: AsPerson, gateway: str, series: str, title: str
) -> None:
    visitor = as_person("miriam")
    visitor.open(f"/?lat=31.78&lng=35.22&q={title.split()[-1]}")
    card = visitor.page.get_by_role("article").filter(has_text=title)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("one of a series")


def test_nothing_keeps_anyone_out(browsers: Browsers, gateway: str, series: str) -> None:
    for form in FORMS:
        with browsers.person("ruth", form=form) as ruth:
            ruth.open(f"/study-sessions/{series}")
            ruth.page.locator(".series-dates li").first.wait_for()
            ruth.check_access()
            ruth.open(NEW)
            ruth.page.locator("[name=rrule]").select_option("FREQ=WEEKLY")
            ruth.page.locator(".preview li").first.wait_for()
            ruth.check_access()
