"""The calendar: as a list, as a month that the keyboard goes through, and for other programs."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Route, expect

from lyceum_client import Lyceum
from lyceum_client.models import NewStudySession

from .support.accounts import newcomer, study_session
from .support.browsers import FORMS, Browsers, Person, fetched

AsPerson = Callable[..., Person]
NEW_YORK = ZoneInfo("America/New_York")
# The first days of two months: one in which nothing else is planned, and the one after it.
FIRST = (datetime.now(NEW_YORK).date() + timedelta(days=90)).replace(day=1)
THIRD = FIRST + timedelta(days=2)
NEXT = (FIRST + timedelta(days=31)).replace(day=1)
LIST = f"/calendar?day={FIRST}"
MONTH = f"/calendar?view=month&day={FIRST}"


def session(title: str, on: date, hour: int, minute: int = 0) -> NewStudySession:
    """An hour's session, at this time in New York."""
    return study_session(title, datetime.combine(on, time(hour, minute), NEW_YORK))


@pytest.fixture(scope="module")
def lyceum(gateway: str) -> Lyceum:
    """Someone in New York with two sessions at once on the third day, and one in the next month."""
    lyceum = newcomer(gateway, "Peninnah")
    lyceum.update_own_account({"timezone": "America/New_York"})
    lyceum.create_study_session(session("Before noon", THIRD, 10))
    lyceum.create_study_session(session("Half an hour later", THIRD, 10, 30))
    lyceum.create_study_session(session("A month later", NEXT + timedelta(days=7), 10))
    return lyceum


@pytest.fixture(scope="module")
def username(lyceum: Lyceum) -> str:
    return str(lyceum.get_own_account()["username"])


def named(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def sunday_of(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def focused(person: Person) -> str:
    return str(person.page.evaluate("() => document.activeElement.textContent.trim()"))


def test_the_list_has_days_and_each_entry_leads_to_its_page(
    as_person: AsPerson, username: str, lyceum: Lyceum
) -> None:
    person = as_person(username)
    person.open(LIST)
    day = person.page.get_by_role("region", name=named(THIRD))
    expect(day.get_by_role("listitem")).to_have_count(2)
    # Ten o'clock in New York, where they live, and not in Jerusalem, where the browser is.
    expect(day.get_by_role("listitem").first).to_contain_text("10:00\N{EN DASH}11:00")
    expect(day.get_by_text("Overlaps with another")).to_have_count(2)
    day.get_by_role("link", name="Half an hour later").click()
    hosted = lyceum.list_own_study_sessions(role="host", when="upcoming")["items"]
    later = next(each["id"] for each in hosted if each["title"] == "Half an hour later")
    expect(person.page).to_have_url(f"{person.gateway}/study-sessions/{later}")


@pytest.mark.thorough
def test_weeks_are_gone_through_and_today_is_found_again(
    as_person: AsPerson, username: str
) -> None:
    person = as_person(username)
    person.open(LIST)
    expect(person.page.locator("h2").first).to_contain_text(f"{FIRST:%B %Y}")
    person.page.get_by_role("button", name="Later").click()
    person.sees("A month later")
    person.page.reload()
    person.sees("A month later")
    person.page.get_by_role("button", name="Earlier").click()
    person.sees("Before noon")
    person.page.get_by_role("button", name="Today").click()
    person.sees("Nothing is planned in these weeks.")
    expect(person.page.get_by_role("link", name="Find a tutor")).to_be_visible()


def test_the_month_is_gone_through_with_the_keyboard(as_person: AsPerson, username: str) -> None:
    person = as_person(username)
    person.open(LIST)
    person.tab_to("Month")
    person.press("Enter")
    person.page.get_by_role("grid", name=f"{FIRST:%B %Y}").wait_for()
    person.tab_to(named(FIRST))
    person.press("ArrowRight", "ArrowRight")
    expect(person.page.get_by_role("gridcell", selected=True)).to_contain_text(
        f"{named(THIRD)}: 2 sessions, some at the same time"
    )
    person.page.get_by_role("region", name=named(THIRD)).wait_for()
    person.press("Tab")
    assert focused(person) == "Before noon"
    person.press("Shift+Tab", "PageDown")
    person.page.get_by_role("grid", name=f"{NEXT:%B %Y}").wait_for()
    third = NEXT + timedelta(days=2)
    assert focused(person).startswith(named(third))
    person.press("ArrowDown", "Home")
    assert focused(person).startswith(named(sunday_of(third) + timedelta(days=1)))
    person.press("End", "ArrowUp", "ArrowUp", "ArrowUp")
    assert focused(person).startswith(named(sunday_of(third) - timedelta(days=14)))
    person.page.get_by_role("grid", name=f"{FIRST:%B %Y}").wait_for()


@pytest.mark.thorough
def test_weeks_begin_and_arrows_point_as_people_read(as_person: AsPerson, username: str) -> None:
    person = as_person(username, "hebrew")
    person.open(MONTH)
    expect(person.page.locator("thead abbr").first).to_have_attribute("title", "יום ראשון")
    person.page.locator(".day[tabindex='0']").focus()
    person.press("ArrowLeft")
    expect(person.page.locator(".day:focus .day-number")).to_have_text("2")


@pytest.mark.thorough
def test_a_day_is_picked_with_the_mouse(as_person: AsPerson, username: str) -> None:
    person = as_person(username)
    person.open(MONTH)
    person.page.get_by_role("button", name=f"{named(THIRD)}: 2 sessions").click()
    expect(person.page.get_by_role("link", name="Before noon")).to_be_visible()
    person.page.get_by_role("button", name=named(THIRD + timedelta(days=1))).click()
    person.sees("Nothing is planned on this day.")


def test_what_a_service_that_is_away_has_is_missed(as_person: AsPerson, username: str) -> None:
    def without_lessons(route: Route) -> None:
        route.fulfill(json={**fetched(route).json(), "degraded": ["tutoring-service"]})

    person = as_person(username)
    person.page.route("**/api/calendar?*", without_lessons)
    person.open(LIST)
    person.sees("Some of your sessions cannot be shown just now.")
    person.sees("Before noon")


def test_other_programs_read_it_until_the_address_is_revoked(
    as_person: AsPerson, username: str
) -> None:
    person = as_person(username, permissions=["clipboard-read", "clipboard-write"])
    person.refusals.add(404)
    person.open(LIST)
    person.page.get_by_text("In your own calendar program").click()
    person.page.get_by_role("button", name="Create an address").click()
    address = person.page.get_by_label("Your secret address")
    expect(address).to_be_focused()
    person.sees("No program has read it yet.")
    url = address.input_value()
    assert "Before noon" in requests.get(url, timeout=10).text
    person.page.get_by_role("button", name="Copy").click()
    expect(person.page.get_by_role("status").filter(has_text="copied")).to_be_visible()
    assert person.page.evaluate("() => navigator.clipboard.readText()") == url

    person.page.reload()
    person.tab_to("In your own calendar program")
    person.press("Enter")
    person.sees("Last read")
    expect(person.page.get_by_label("Your secret address")).to_have_count(0)
    person.tab_to("Revoke the address")
    person.press("Enter")
    person.page.get_by_role("dialog").wait_for()
    person.tab_to("Revoke the address")
    person.press("Enter")
    expect(person.page.get_by_text("The address is revoked.")).to_be_focused()
    assert requests.get(url, timeout=10).status_code == 404


def test_anyone_can_use_it(browsers: Browsers, username: str) -> None:
    for form in FORMS:
        with browsers.person(username, form) as person:
            person.refusals.add(404)
            person.open(LIST)
            person.page.locator(".entry").first.wait_for()
            person.page.locator(".feed summary").click()
            person.page.locator(".feed .button").first.wait_for()
            person.check_access()
            person.page.get_by_role("group").get_by_role("button").nth(1).click()
            person.page.get_by_role("grid").wait_for()
            person.check_access()
