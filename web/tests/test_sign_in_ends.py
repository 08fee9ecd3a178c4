"""A sign-in that is renewed while a page is open, or has ended elsewhere: nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from .support.accounts import signed_in
from .support.browsers import Person, register
from .support.study_sessions import conversation, hosted

STREAM = re.compile(r"/api/events")


def end_sign_ins(person: Person, username: str) -> None:
    """Sign the person out on all devices, from elsewhere."""
    with signed_in(person.gateway, username) as elsewhere:
        elsewhere.log_out_everywhere()
    # Access tokens last a few minutes longer.
    person.context.clear_cookies(name="lyceum-access")


def drafts(person: Person) -> list[str]:
    """The names of what this browser keeps of what was typed."""
    names = person.page.evaluate("() => Object.keys(localStorage)")
    return [name for name in names if name.startswith("lyceum.draft.")]


def test_what_is_done_with_an_old_sign_in_works_at_once(visitor: Person) -> None:
    visitor.sign_in(register(visitor.gateway))
    visitor.open("/account")
    name, told = visitor.page.get_by_label("Your name"), visitor.page.locator(".told")
    name.fill("Noam Example")
    visitor.refusals.add(401)
    visitor.context.clear_cookies(name="lyceum-access")
    visitor.page.get_by_role("button", name="Save").click()
    expect(told).to_have_text("Saved.")

    # It is renewed before the platform has to refuse anything.
    visitor.refusals.clear()
    visitor.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=1))
    name.fill("Noam B. Example")
    with visitor.page.expect_response("**/web/refresh"):
        visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.locator(".menu .who")).to_have_text("Noam B. Example")
    expect(visitor.page).to_have_url(f"{visitor.gateway}/account")


def test_an_action_after_the_end_leads_to_the_sign_in_and_back_to_what_was_typed(
    visitor: Person,
) -> None:
    username = register(visitor.gateway)
    visitor.sign_in(username)
    # The page is not told of the end before it asks for something.
    visitor.page.route(STREAM, lambda route: route.abort())
    visitor.open("/study-sessions/new")
    visitor.page.get_by_label("Title").fill("Psalms at dawn")
    visitor.page.get_by_label("Subject").fill("Tanakh")
    visitor.page.get_by_role("combobox", name="Where").fill("Haif")
    visitor.page.get_by_role("option", name="Haifa, Israel").click()
    end_sign_ins(visitor, username)
    visitor.refusals.add(401)
    visitor.page.get_by_role("button", name="Host this session").click()
    expect(visitor.page).to_have_url(f"{visitor.gateway}/sign-in?then=%2Fstudy-sessions%2Fnew")

    visitor.fill_sign_in(username)
    expect(visitor.page).to_have_url(f"{visitor.gateway}/study-sessions/new")
    expect(visitor.page.get_by_label("Title")).to_have_value("Psalms at dawn")
    expect(visitor.page.get_by_label("Subject")).to_have_value("Tanakh")
    visitor.page.get_by_role("button", name="Host this session").click()
    expect(visitor.page.get_by_role("heading", name="Psalms at dawn")).to_be_focused()


def test_a_conversation_goes_on_after_signing_in_again(visitor: Person, gateway: str) -> None:
    username = register(gateway)
    session = hosted(gateway)
    visitor.sign_in(username)
    visitor.open(f"/study-sessions/{session}")
    visitor.page.get_by_role("button", name="Join", exact=True).click()
    message = visitor.page.get_by_role("textbox", name="Message")
    message.fill("Sent too late")
    visitor.page.route("**/messages", lambda route: route.abort())
    visitor.press("Enter")
    visitor.sees("not sent yet")
    message.fill("Half a th")
    visitor.refusals.add(401)
    end_sign_ins(visitor, username)
    visitor.page.unroute_all()

    visitor.page.get_by_role("link", name="Sign in to join").click()
    visitor.fill_sign_in(username)
    expect(message).to_have_value("Half a th")
    expect(visitor.page.get_by_role("log").locator(".message .words")).to_have_text(
        ["Sent too late"]
    )
    # What is not sent yet is shown as well.
    expect(visitor.page.locator(".message.unsent")).to_have_count(0)
    assert conversation(gateway, session) == ["Sent too late"]


def test_a_page_opened_after_the_end_is_shown_after_signing_in(visitor: Person) -> None:
    username = register(visitor.gateway)
    visitor.sign_in(username)
    end_sign_ins(visitor, username)
    visitor.refusals.add(401)
    visitor.page.goto(f"{visitor.gateway}/calendar?view=month")
    expect(visitor.page).to_have_url(f"{visitor.gateway}/sign-in?then=%2Fcalendar%3Fview%3Dmonth")
    visitor.fill_sign_in(username)
    expect(visitor.page).to_have_url(f"{visitor.gateway}/calendar?view=month")
    visitor.page.get_by_role("grid").wait_for()


def test_what_was_typed_is_for_nobody_else(visitor: Person) -> None:
    first, second = register(visitor.gateway), register(visitor.gateway)
    visitor.sign_in(first)
    visitor.open("/study-sessions/new")
    visitor.page.get_by_label("Title").fill("Psalms at dawn")
    end_sign_ins(visitor, first)
    visitor.refusals.add(401)
    visitor.page.goto(f"{visitor.gateway}/study-sessions/new")
    visitor.fill_sign_in(second)
    expect(visitor.page.get_by_label("Title")).to_have_value("")
    assert drafts(visitor) == []
