"""Signing in and out, a new account, and the links in e-mails about an address."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from dev.mailbox import Mailbox

from .support.accounts import link_in, signed_in, study_session
from .support.browsers import FORMS, PASSWORD, Browsers, Person, register

PAGES = (
    "/sign-in",
    "/register",
    "/forgot-password",
    "/reset-password#token=none",
    "/verify-email#token=none",
    "/revert-email#token=none",
    "/invitations/unsubscribe#token=none",
    "/notifications/unsubscribe#token=none",
)


@pytest.mark.parametrize("form", FORMS)
def test_everyone_can_use_the_pages_before_signing_in(browsers: Browsers, form: str) -> None:
    with browsers.person(form=form) as person:
        for page in PAGES:
            person.open(page)
            person.check_access()


def test_signing_in_by_keyboard_leads_back_to_the_page_that_was_wanted(visitor: Person) -> None:
    visitor.open("/notifications")
    expect(visitor.page).to_have_url(f"{visitor.gateway}/sign-in?then=%2Fnotifications")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_focused()
    visitor.tab_to("E-mail address or username")
    visitor.page.keyboard.type("boaz")
    visitor.press("Tab")
    visitor.page.keyboard.type(PASSWORD)
    visitor.press("Enter")
    expect(visitor.page).to_have_url(f"{visitor.gateway}/notifications")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_focused()


def test_no_other_site_is_led_to_after_signing_in(visitor: Person) -> None:
    visitor.open("/sign-in?then=//example.org/")
    visitor.fill_sign_in("boaz")
    visitor.page.locator(".menu").wait_for()
    assert urlsplit(visitor.page.url).netloc == urlsplit(visitor.gateway).netloc


def test_a_wrong_password_is_refused_in_words_and_nothing_typed_is_lost(visitor: Person) -> None:
    visitor.refusals.add(401)
    visitor.open("/sign-in")
    visitor.fill_sign_in("boaz", "wrong-password-entirely")
    refusal = visitor.page.locator("form").get_by_role("alert")
    expect(refusal).to_have_text("There is no account with this name and password.")
    expect(visitor.page.get_by_label("E-mail address or username")).to_have_value("boaz")


def test_no_script_reads_a_token(as_person: Callable[..., Person]) -> None:
    person = as_person("boaz")
    person.open("/")
    kept = person.page.evaluate(
        "() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
    )
    assert "lyceum-signed-in=1" in kept
    assert "eyJ" not in kept
    assert "@" not in kept


def test_signing_out_leaves_nothing_of_the_person(visitor: Person) -> None:
    visitor.sign_in("boaz")
    visitor.page.evaluate("() => localStorage.setItem('lyceum.draft.x.y', '1')")
    visitor.page.locator(".menu summary").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_role("link", name="Sign in")).to_be_visible()
    kept = visitor.page.evaluate("() => [document.cookie, ...Object.keys(localStorage)].join()")
    assert "signed-in" not in kept
    assert "draft" not in kept
    assert "account" not in kept


def test_an_account_begins_and_its_address_is_verified(visitor: Person, mailbox: Mailbox) -> None:
    name = f"w{secrets.token_hex(5)}"
    address = f"{name}@lyceum.example"
    visitor.open("/register")
    visitor.page.get_by_label("Your name").fill("רותם Example")
    visitor.page.get_by_label("Username").fill(name)
    visitor.page.get_by_label("E-mail address").fill(address)
    visitor.page.get_by_label("Password").fill("a long enough password")
    visitor.page.get_by_role("button", name="Create an account").click()
    visitor.sees(f"An e-mail is on its way to {address}")

    visitor.open(link_in(mailbox, address, "Verify"))
    expect(visitor.page).to_have_url(f"{visitor.gateway}/verify-email")
    visitor.page.get_by_role("button", name="Confirm the address").click()
    visitor.sees("Your e-mail address is confirmed.")
    account = visitor.page.evaluate("() => fetch('/api/users/me').then((answer) => answer.json())")
    assert account["email_verified"]
    assert account["timezone"] == "Asia/Jerusalem"


def test_what_is_refused_is_said_at_its_field(visitor: Person) -> None:
    visitor.refusals.update({409, 422})
    visitor.open("/register")
    visitor.page.get_by_label("Your name").fill("Someone")
    visitor.page.get_by_label("Username").fill("no spaces allowed")
    visitor.page.get_by_label("E-mail address").fill("someone@lyceum.example")
    visitor.page.get_by_label("Password").fill("a long enough password")
    visitor.page.get_by_role("button", name="Create an account").click()
    field = visitor.page.get_by_label("Username")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(visitor.page.get_by_label("Your name")).to_have_value("Someone")


def test_a_forgotten_password_is_set_again_by_the_link(
    visitor: Person, mailbox: Mailbox, gateway: str
) -> None:
    name = register(gateway)
    address = f"{name}@lyceum.example"
    visitor.open("/sign-in")
    visitor.page.get_by_role("link", name="Forgotten your password?").click()
    visitor.page.get_by_label("E-mail address").fill(address)
    visitor.press("Enter")
    visitor.sees(f"If {address} belongs to an account")
    visitor.open(link_in(mailbox, address, "Set a new"))
    visitor.page.get_by_label("New password").fill("the second password")
    visitor.press("Enter")
    visitor.sees("Your password is set, and all devices are signed out.")
    visitor.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    visitor.fill_sign_in(name, "the second password")
    visitor.page.locator(".menu").wait_for()


def test_emails_of_a_kind_are_ended_by_keyboard_and_had_back(
    gateway: str, visitor: Person, mailbox: Mailbox
) -> None:
    name, wanted = register(gateway), {"email": {"session_cancelled": True}}
    address = f"{name}@lyceum.example"
    with signed_in(gateway, name) as reader, signed_in(gateway, "ruth") as ruth:
        reader.verify_email({"token": link_in(mailbox, address, "Verify").partition("=")[2]})
        reader.set_notification_preferences(wanted)
        session = ruth.create_study_session(study_session("Called for tonight"))["id"]
        reader.join_study_session(session)
        ruth.cancel_study_session(session)
        link = link_in(mailbox, address, "Ruth Adler cancelled", page="unsubscribe")
        visitor.open(link)
        expect(visitor.page).to_have_url(f"{gateway}/notifications/unsubscribe")
        visitor.sees("A session is cancelled")
        visitor.check_access()
        visitor.tab_to("End these e-mails")
        visitor.press("Enter")
        done = visitor.page.get_by_text("There will be no more e-mails of this kind.")
        expect(done).to_be_focused()
        visitor.check_access()
        assert not reader.get_notification_preferences()["email"]["session_cancelled"]
    # A second time nothing else happens.
    visitor.open("/sign-in")
    visitor.open(link)
    visitor.page.get_by_role("button", name="End these e-mails").click()
    expect(done).to_be_visible()
    visitor.page.get_by_role("link", name="settings of notifications").click()
    visitor.fill_sign_in(name)
    ticked = visitor.page.get_by_label("A session is cancelled: By e-mail")
    expect(ticked).not_to_be_checked()


@pytest.mark.parametrize("page", ["/invitations/unsubscribe", "/notifications/unsubscribe"])
def test_a_broken_link_ends_no_emails_and_says_so(visitor: Person, page: str) -> None:
    visitor.refusals.add(404)
    visitor.open(f"{page}#token=broken")
    visitor.page.get_by_role("button", name="End these e-mails").click()
    expect(visitor.page.get_by_text("this link is not whole")).to_be_focused()
    expect(visitor.page.get_by_role("link", name="settings of notifications")).to_be_visible()
    visitor.check_access()
    visitor.open("/sign-in")
    visitor.open(page)
    visitor.sees("This page needs the whole link from an e-mail.")


def test_a_used_link_says_so(visitor: Person) -> None:
    visitor.refusals.add(410)
    visitor.open("/verify-email#token=used")
    visitor.page.get_by_role("button", name="Confirm the address").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("This link was used, has expired")


TABS, CALLS = 4, 5
ASK = """([version, calls]) => {
  const ask = async () => {
    const { modules } = await import(`/static/${version}/first.js`);
    const { get } = modules["api.js"];
    return Promise.all(Array.from({ length: calls }, () => get("/api/users/me")));
  };
  window.asked = ask();
}"""
TOLD = "() => window.asked.then((found) => found.map((each) => each.username))"


def test_tabs_whose_sign_in_has_to_be_renewed_renew_it_once(visitor: Person) -> None:
    visitor.sign_in("boaz")
    tabs = [visitor.page, *(visitor.context.new_page() for _ in range(TABS - 1))]
    for tab in tabs:
        tab.goto(f"{visitor.gateway}/account/data")
        tab.locator("summary").first.wait_for()
    settings = visitor.page.evaluate("() => fetch('/web/settings.json').then((it) => it.json())")
    renewals: list[str] = []
    visitor.context.on("request", lambda asked: renewals.append(asked.url))
    visitor.refusals.add(401)
    visitor.context.clear_cookies(name="lyceum-access")
    for tab in tabs:
        tab.evaluate(ASK, [settings["version"], CALLS])
    for tab in tabs:
        assert tab.evaluate(TOLD) == ["boaz"] * CALLS
    assert len([url for url in renewals if url.endswith("/web/refresh")]) == 1
