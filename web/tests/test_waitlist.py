"""What one waits for: it is seen where the rest is planned, and left from there."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .support.browsers import FORMS, Browsers, Person, register
from .support.study_sessions import api_of, hosted, in_hours

AsPerson = Callable[..., Person]
NO_LONGER = "You are no longer on the waitlist."


@pytest.fixture
def username(gateway: str) -> str:
    return register(gateway)


@pytest.fixture
def title(gateway: str, username: str) -> str:
    """What a full session is called in which they wait, after one other person."""
    title = f"Full house {secrets.token_hex(3)}"
    session = hosted(gateway, "boaz", title=title, max_participants=2, start_time=in_hours(5))
    for person in ("miriam", username):
        api_of(gateway, person).join_study_session(session, {"waitlist": True})
    return title


def item(person: Person, title: str) -> Locator:
    return person.page.get_by_role("listitem").filter(has_text=title)


def test_the_waitlist_is_left_from_the_dashboard(
    as_person: AsPerson, username: str, title: str
) -> None:
    person = as_person(username)
    person.open("/dashboard")
    expect(item(person, title)).to_contain_text("You are number 2 on the waitlist.")
    item(person, title).get_by_role("button", name="Leave the waitlist").click()
    expect(person.page.get_by_text(NO_LONGER)).to_be_visible()
    expect(item(person, title)).to_have_count(0)


def test_the_waitlist_is_left_from_the_calendar_by_keyboard(
    as_person: AsPerson, username: str, title: str
) -> None:
    person = as_person(username)
    person.open("/calendar")
    expect(item(person, title)).to_contain_text("Waitlist")
    person.tab_to(f"Leave the waitlist {title}")
    person.press("Enter")
    expect(person.page.get_by_text(NO_LONGER)).to_be_visible()
    expect(item(person, title)).to_have_count(0)
    expect(person.page.locator("h1")).to_be_focused()


def test_the_waitlist_is_left_from_ones_sessions(
    as_person: AsPerson, username: str, title: str
) -> None:
    person = as_person(username)
    person.open("/study-sessions")
    person.sees("You have no session ahead.")
    person.page.get_by_label("Show").select_option("Those that you wait for")
    expect(item(person, title)).to_contain_text("You are number 2 on the waitlist.")
    item(person, title).get_by_role("button", name="Leave the waitlist").click()
    person.sees("You wait for no session.")


def test_nothing_keeps_anyone_out(
    browsers: Browsers, gateway: str, username: str, title: str
) -> None:
    for form in FORMS:
        with browsers.person(username, form=form) as person:
            for path in ("/dashboard", "/calendar", "/study-sessions?role=waiting"):
                person.open(path)
                item(person, title).wait_for()
                person.check_access()
