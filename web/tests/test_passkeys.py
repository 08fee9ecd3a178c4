"""Passkeys: made on the page of what protects an account, signed in with, and taken away again."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from dev.mailbox import Mailbox
from lyceum_client import Lyceum

from .support.accounts import link_in
from .support.browsers import PASSWORD, Browsers, Person, register

BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""An authenticator like the fingerprint reader of a phone; a finger is always on it."""


class Authenticator:
    """What a person's device makes passkeys with; the browser has no other."""

    def __init__(self, person: Person) -> None:
        self._session = person.context.new_cdp_session(person.page)
        self._ask("enable")
        self._id = self._ask("addVirtualAuthenticator", options=BUILT_IN)["authenticatorId"]

    def refuse(self) -> None:
        """From now on the finger on it is a stranger's."""
        self._set_owner(present=False)

    def accept(self) -> None:
        """From now on the finger on it is its owner's."""
        self._set_owner(present=True)

    def _set_owner(self, *, present: bool) -> None:
        self._ask("setUserVerified", authenticatorId=self._id, isUserVerified=present)

    def _ask(self, command: str, **parameters: Any) -> Any:
        return self._session.send(f"WebAuthn.{command}", parameters)


@pytest.fixture(scope="module")
def username(gateway: str, mailbox: Mailbox) -> str:
    """Someone whose address is confirmed: nobody else makes passkeys."""
    name = register(gateway)
    link = link_in(mailbox, f"{name}@lyceum.example", "Verify")
    with Lyceum(gateway) as reader:
        reader.verify_email({"token": link.partition("#token=")[2]})
    return name


@pytest.fixture
def owner(browsers: Browsers, username: str) -> Iterator[Person]:
    """The same person on the page of what protects the account, with a browser of their own."""
    with browsers.person() as person:
        # Browsers make passkeys for names alone; that of this machine is localhost.
        person.gateway = person.gateway.replace("//127.0.0.1:", "//localhost:")
        person.sign_in(username)
        person.open("/account/security")
        yield person


def passkeys(person: Person) -> Locator:
    return person.page.locator("section").filter(
        has=person.page.get_by_role("heading", name="Passkeys")
    )


def passkey(person: Person, name: str) -> Locator:
    return passkeys(person).get_by_role("listitem").filter(has_text=name)


def make(person: Person, name: str) -> None:
    """Fill in the form of a new passkey, and send it."""
    fold = passkeys(person).locator("details")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    fold.get_by_label("Name").fill(name)
    fold.get_by_label("Your password").fill(PASSWORD)
    person.press("Enter")


def sign_out(person: Person) -> None:
    person.page.locator(".menu summary").click()
    person.page.get_by_role("button", name="Sign out").click()
    person.page.get_by_role("link", name="Sign in").wait_for()


def test_a_passkey_signs_in_until_it_is_deleted(owner: Person) -> None:
    Authenticator(owner)
    make(owner, "טלפון of mine")
    expect(owner.page.locator(".told")).to_have_text("The passkey is made.")
    listed = passkey(owner, "טלפון of mine")
    expect(listed).to_have_count(1)

    sign_out(owner)
    owner.open("/sign-in?then=%2Faccount%2Fsecurity")
    owner.tab_to("Sign in with a passkey")
    owner.press("Enter")
    expect(listed).to_contain_text("last used")

    listed.get_by_role("button", name="Delete").click()
    listed.get_by_label("Your password").fill(PASSWORD)
    owner.press("Enter")
    expect(owner.page.locator(".told")).to_have_text("The passkey is deleted.")
    expect(listed).to_have_count(0)

    sign_out(owner)
    owner.refusals.add(401)
    owner.open("/sign-in")
    owner.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(owner.page.get_by_role("alert").last).to_have_text("This passkey is not known here.")


def test_who_calls_it_off_is_where_they_were_and_can_begin_again(owner: Person) -> None:
    authenticator = Authenticator(owner)
    authenticator.refuse()
    with owner.page.expect_response("**/passkeys/options"):
        make(owner, "Phone")
    form = passkeys(owner).locator("form")
    expect(form).to_have_attribute("aria-busy", "false")
    expect(form.get_by_role("alert")).to_be_empty()
    expect(form.get_by_label("Name")).to_have_value("Phone")
    authenticator.accept()
    form.get_by_role("button").click()
    expect(passkey(owner, "Phone")).to_have_count(1)

    sign_out(owner)
    owner.open("/sign-in")
    by_passkey = owner.page.get_by_role("button", name="Sign in with a passkey")
    authenticator.refuse()
    with owner.page.expect_response("**/passkeys/options"):
        by_passkey.click()
    expect(by_passkey).to_have_attribute("aria-disabled", "false")
    authenticator.accept()
    by_passkey.click()
    owner.page.locator(".menu").wait_for()


def test_a_device_that_has_one_says_so(owner: Person) -> None:
    Authenticator(owner)
    make(owner, "The first")
    expect(passkey(owner, "The first")).to_have_count(1)
    make(owner, "The second")
    expect(passkeys(owner).locator("form").get_by_role("alert")).to_have_text(
        "This device has a passkey of this account already."
    )
    expect(passkey(owner, "The second")).to_have_count(0)


def test_an_address_without_a_name_says_that_it_has_no_passkeys(visitor: Person) -> None:
    if urlsplit(visitor.gateway).hostname != "127.0.0.1":
        pytest.skip("browsers make passkeys at this address: it has a name")
    visitor.open("/sign-in")
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(visitor.page.get_by_role("alert").last).to_have_text(
        "There are no passkeys at this address of the platform."
    )
