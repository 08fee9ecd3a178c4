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

    def by(self, username: str) -> Lyceum:
        """The API, as this person uses it."""
        if username not in self._people:
            client = self._stack.enter_context(Lyceum(self._gateway))
            self._people[username] = client.sign_in(username, PASSWORD)
        return self._people[username]

    def begin(self, owner: str, *members: str, name: str = "Two of us", book: str = "Genesis") -> str:
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

    def study(self, owner: str, *members: str, **more: Any) -> str:
        """A session in progress, in which all are present; its id."""
        havruta = self.begin(owner, *members, **more)
        session = self.by(owner).create_havruta_session(havruta, {"type": "instant"})["id"]
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
