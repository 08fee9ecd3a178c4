"""Things of one person, and callers with more or less access to them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from .people import PASSWORD, People, Person, Visitor, agreed, eventually, register, sign_in
from .study_sessions import host_session, join, leave, say

ALL_TIME = "from=2020-01-01&to=2035-01-01&tz=UTC"


@dataclass(frozen=True)
class Setting:
    """Callers by their kind in the access table, and the ids of things by the names of parameters."""

    callers: Mapping[str, Visitor]
    values: Mapping[str, Any]


class Actors:
    """The demo's people, newcomers, and a person whose account is deleted, in settings of each context."""

    def __init__(self, gateway: str, people: People, deleted: Person) -> None:
        self.gateway = gateway
        newcomers = {
            name: register(gateway, name) for name in ("host", "guest", "leaver", "stranger")
        }
        self._people = {
            **newcomers,
            **{name: people[name] for name in ("ruth", "boaz", "esther", "admin")},
        }
        self._deleted = deleted

    def sign_in_again(self) -> None:
        """Sign in again the callers of `account`, who may have signed out."""
        for name in ("guest", "stranger", "admin"):
            self._people[name].sign_in_again()

    def account(self) -> Setting:
        """A newcomer's account with another device and a notification, and a name that no one has."""
        host, guest = self._people["host"], self._people["guest"]
        session = host_session(host)
        join(guest, session)
        agreed(host.post(f"{session}/cancel"))
        [notification, *_] = eventually(lambda: guest.read("/api/notifications")["items"])
        another = sign_in(self.gateway, guest.username, PASSWORD).read("/api/auth/sessions")[
            "items"
        ][0]
        ids = {
            "user_id": guest.id,
            "sign_in_id": another["id"],
            "notification_id": notification["id"],
            "report_id": uuid4(),
            "application_id": uuid4(),  # of no one: newcomers have no verified address to apply with
        }
        unknown = {"token": "x" * 43, "login": f"nobody-{secrets.token_hex(4)}"}
        return self._setting({**ids, **unknown}, owner="guest", stranger="stranger")

    def study_session(self) -> Setting:
        """A newcomer's session in which a guest has written a message, and which another has left."""
        host, guest, leaver = (self._people[name] for name in ("host", "guest", "leaver"))
        session = host_session(host)
        for person in (guest, leaver):
            join(person, session)
        leave(leaver, session)
        session_id = session.rpartition("/")[2]
        ids = {
            "session_id": session_id,
            "room_id": session_id,
            "user_id": guest.id,
            "message_id": say(guest, session, "!")["id"],
            "version": 1,
        }
        return self._setting(
            ids, host="host", participant="guest", left="leaver", stranger="stranger"
        )

    def tutoring(self) -> Setting:
        """An enrolment of Boaz with Ruth, with a planned session and a whiteboard."""
        ruth, boaz = self._people["ruth"], self._people["boaz"]
        enrollment = min(
            item["id"]
            for item in boaz.read("/api/enrollments")["items"]
            if item["tutor_id"] == str(ruth.id)
        )
        sessions = ruth.read(f"/api/sessions?{ALL_TIME}&enrolled_courses_id={enrollment}")["items"]
        planned = next(session for session in sessions if session["status"] == "scheduled")
        board = agreed(ruth.post("/api/whiteboards", {"enrolled_courses_id": enrollment}))
        ids = {
            "course_id": ruth.read(f"/api/enrollments/{enrollment}")["course_id"],
            "enrollment_id": enrollment,
            "enrolled_courses_id": enrollment,
            "session_id": planned["id"],
            "whiteboard_id": board["id"],
            "room_id": board["id"],
            "tutor_id": ruth.id,
            "parent_id": boaz.id,
            "request_id": 1,
            "review_id": 1,
            "token": "x" * 43,
            "version": planned["version"],
        }
        others = {"other student": "stranger", "student": "boaz", "tutor": "ruth"}
        return self._setting(ids, **others)

    def havruta(self) -> Setting:
        """Ruth's havruta with a planned session: Boaz, a member, has written there; another is invited."""
        # Inviting needs a verified address, and that of a newcomer is not.
        host, boaz = self._people["ruth"], self._people["boaz"]
        havruta = agreed(host.post("/api/havrutas", {"name": "Beginnings", "book": "Genesis"}))
        path = f"/api/havrutas/{havruta['id']}"
        emails = [f"{name}@lyceum.example" for name in ("boaz", "yael")]
        accepted, pending = agreed(host.post(f"{path}/invitations", {"emails": emails}))["results"]
        agreed(boaz.post(f"/api/invitations/{accepted['invitation_id']}/accept"))
        begin = datetime.now(UTC) + timedelta(days=1)
        planned = agreed(
            host.post(f"{path}/sessions", {"type": "scheduled", "start_time": begin.isoformat()})
        )
        message = agreed(boaz.post(f"{path}/messages", {"content": "Who starts?"}))
        shared = {"ref": "Genesis 1:1", "text": "Why?", "havruta_id": havruta["id"]}
        note = agreed(boaz.post("/api/notes", shared))
        ids = {
            "message_id": message["id"],
            "note_id": note["id"],
            "havruta_id": havruta["id"],
            "session_id": planned["id"],
            "invitation_id": pending["invitation_id"],
            "user_id": boaz.id,
            "book": "Genesis",
            "ref": "Genesis 1:1",
            "version": host.read(path)["version"],
        }
        return self._setting(ids, owner="ruth", member="boaz", stranger="stranger")

    def assessment(self) -> Setting:
        """Ruth's answers to an assessment, and an assessment that Esther has written."""
        ruth, esther = self._people["ruth"], self._people["esther"]
        session = ruth.read("/api/v2/session")["items"][0]
        written = esther.read("/api/v2/assessments/mine")["items"][0]
        ids = {
            "session_id": session["session_id"],
            "slug": written["slug"],
            "number": 1,
            "user_id": ruth.id,
            "version": 1,
        }
        return self._setting(ids, taker="ruth", author="esther", stranger="stranger")

    def _setting(self, values: Mapping[str, Any], **callers: str) -> Setting:
        """The callers are people by name. An admin, a visitor and a deleted person are in every setting."""
        known = {"admin": "admin", **callers}
        people = {kind: self._people[name] for kind, name in known.items()}
        visitor = Visitor(self.gateway)
        return Setting({"anonymous": visitor, "deleted": self._deleted, **people}, values)
