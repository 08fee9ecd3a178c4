"""Havrutas that tests begin through the API, so that they do not depend on each other."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum_client import Lyceum

from .browsers import PASSWORD


def address(username: str) -> str:
    """The e-mail address of one of the demo's people."""
    return f"{username}@lyceum.example"


class Havrutas:
    """Has people do by the API what comes before a test; each signs in once."""

    def __init__(self, gateway: str, stack: ExitStack) -> None:
        self._gateway = gateway
        self._stack = stack
        self._people: dict[str, Lyceum] = {}
        self._studied: dict[tuple[str, ...], str] = {}

    def by(self, username: str) -> Lyceum:
        """The API, as this person uses it."""
        if username not in self._people:
            client = self._stack.enter_context(Lyceum(self._gateway))
            self._people[username] = client.sign_in(username, PASSWORD)
        return self._people[username]

    def begin(
        self, owner: str, *members: str, name: str = "Two of us", book: str = "Genesis"
    ) -> str:
        """A havruta with these members; its id."""
        havruta = self.by(owner).create_havruta({"name": name, "book": book})["id"]
        if members:
            emails = [address(member) for member in members]
            self.by(owner).invite_to_havruta(havruta, {"emails": emails})
        for member in members:
            self._accept(member, havruta)
        return havruta

    def _accept(self, member: str, havruta: str) -> None:
        for invitation in self.by(member).list_own_invitations(limit=100)["items"]:
            if invitation["havruta_id"] == havruta:
                self.by(member).accept_invitation(invitation["id"])

    def study(self, owner: str, *members: str, book: str = "Genesis", first: str = "1:1") -> str:
        """A session in progress at the beginning of the book, in which all are present; its id.

        The same people always study in the same havruta: no one can send many e-mails with invitations
        a day.
        """
        people = (owner, *members, book)
        if people not in self._studied:
            self._studied[people] = self.begin(owner, *members, name="The same people", book=book)
        havruta = self._studied[people]
        if former := self.by(owner).get_havruta(havruta)["active_session_id"]:
            self.by(owner).end_havruta_session(former)
        session = self.by(owner).create_havruta_session(havruta, {"type": "instant"})["id"]
        self.by(owner).turn_page(session, {"ref": f"{book} {first}"})
        for member in members:
            self.by(member).join_havruta_session(session)
        return session

    def plan(self, owner: str, havruta: str, begins_in: timedelta, **more: Any) -> str:
        """A planned session; its id."""
        at = (datetime.now(UTC) + begins_in).isoformat(timespec="seconds")
        plan = {"type": "scheduled", "start_time": at, **more}
        return self.by(owner).create_havruta_session(havruta, plan)["id"]


@contextmanager
def havrutas_of(gateway: str) -> Iterator[Havrutas]:
    """Begins havrutas; at the end all sign-ins are given back."""
    with ExitStack() as stack:
        yield Havrutas(gateway, stack)
