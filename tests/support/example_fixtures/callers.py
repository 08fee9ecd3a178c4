"""Callers that several contexts share, and what a fixture hands over."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from dev.mailbox import Mailbox, token_in

from ..people import People, Person, Visitor, appoint, register


@dataclass(frozen=True)
class Call:
    """The caller, and the ids and secrets that replace those of the example, by their names."""

    caller: Visitor
    values: Mapping[str, Any]


class Callers:
    """The demo's people, and people of our own where a demo person would not be the same afterwards."""

    def __init__(self, gateway: str, people: People, mailbox: Callable[[], Mailbox]) -> None:
        self.gateway = gateway
        self._people = people
        self._mailbox = mailbox

    def __getitem__(self, username: str) -> Person:
        return self._people[username]

    def register(self, name: str, *roles: str) -> Person:
        person = register(self.gateway, name)
        if roles:
            appoint(self["admin"], person, *roles)
        return person

    def email(self, address: str, subject: str) -> EmailMessage:
        """The newest e-mail to this address whose subject begins with `subject`."""
        return self._mailbox().to(address, subject)

    def emailed_token(self, address: str, subject: str) -> str:
        """The token in that e-mail."""
        return token_in(self.email(address, subject))

    @cached_property
    def visitor(self) -> Visitor:
        """A caller without an account."""
        return Visitor(self.gateway)

    @cached_property
    def newcomer(self) -> Person:
        """A person whose account no other test relies on."""
        return self.register("dina")

    @cached_property
    def author(self) -> Person:
        """An author of assessments who is also a tutor."""
        return self.register("author", "author", "tutor")


Fixture = Callable[[Callers], Call]
# The operations whose examples work with a fixture, by the fixture.
Fixtures = Mapping[Fixture, str]


def visitor(callers: Callers) -> Call:
    return Call(callers.visitor, {})


def reader(callers: Callers) -> Call:
    """Boaz, who only reads here."""
    return Call(callers["boaz"], {})


def account(callers: Callers) -> Call:
    person = callers.newcomer
    return Call(person, {"refresh_token": person.refresh_token})


def address_of(person: Person) -> str:
    return f"{person.username}@example.org"


def unused_address() -> str:
    return f"unused-{secrets.token_hex(4)}@example.org"


def instant(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def token_of_feed(url: str) -> str:
    """The secret part of a calendar feed's address."""
    return url.rpartition("/")[2].removesuffix(".ics")
