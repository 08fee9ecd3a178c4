"""Rooms as the services that own them see them, and people who read their streams."""

import http.client
import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import redis

from chassis import testing
from chassis.testing import User
from gateway.routes import HAVRUTA, STUDY_SESSION, TUTORING, USER

from .gateway_process import Doubles, Gateway
from .upstream_doubles import Asked, as_json

OWNERS = (USER, STUDY_SESSION, TUTORING, HAVRUTA)
KINDS = {"study-session": STUDY_SESSION, "whiteboard": TUTORING, "havruta": HAVRUTA}


class LiveRoom:
    """A room in which its owner tells events."""

    def __init__(self, connection: "redis.Redis", kind: str, id_: object = None) -> None:
        self.id = id_ or uuid4()
        self.seq = 0
        self._kind = kind
        self._redis = connection

    @property
    def name(self) -> str:
        return f"{self._kind}:{self.id}"

    @property
    def path(self) -> str:
        """Where the room of a study session is streamed alone."""
        return f"/api/study-sessions/{self.id}/events"

    @property
    def told(self) -> dict[str, object]:
        """What its owner answers about it."""
        return {"room": self.name, "seq": self.seq}

    def say(self, **more: object) -> None:
        self.seq += 1
        event = {"type": "said", "seq": self.seq, "data": {}, "members_changed": [], **more}
        body = json.dumps(event)
        self._redis.xadd(f"room:{self.name}", {"event": body}, id=f"{self.seq}-0")
        self._redis.publish(f"room:{self.name}", body)

    def lose(self) -> None:
        """Have Redis lose all that was told."""
        self._redis.delete(f"room:{self.name}")


@dataclass(frozen=True)
class Seen:
    """One event as a reader sees it."""

    type: str
    id: str | None
    content: dict[str, Any]

    @property
    def at(self) -> tuple[str, str, int]:
        """What it is, of which room, and its number there."""
        return self.type, self.content["room"], self.content["seq"]


class SeveralRooms:
    """A stream of several rooms."""

    def __init__(
        self, gateway: Gateway, user: User, rooms: str, last_event_id: str | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {testing.token_for(user)}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self._connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        self._connection.request("GET", f"/api/events?rooms={rooms}", headers=headers)
        self._response = self._connection.getresponse()
        assert self._response.status == http.client.OK, self._response.read()
        self.opening = self.next()
        self.last_id = self.opening.id

    def __enter__(self) -> "SeveralRooms":
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()

    def next(self) -> Seen:
        """The next event."""
        fields: dict[str, str] = {}
        while line := self._response.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
            if not name and "event" in fields:
                seen = Seen(fields["event"], fields.get("id"), json.loads(fields["data"]))
                self.last_id = seen.id
                return seen
        raise EOFError

    def take(self, count: int) -> list[tuple[str, str, int]]:
        """The next events: what each is, of which room, and its number."""
        return [self.next().at for _ in range(count)]


class Owners:
    """The services with their rooms: those that exist may be watched by anyone."""

    def __init__(self, connection: "redis.Redis", internal: Doubles, person: User) -> None:
        self.connection = connection
        self.own = LiveRoom(connection, "user", person.id)
        self.rooms = {self.own.name: self.own}
        self.blocked: list[str] = []
        self.internal = internal
        for name in OWNERS:
            internal[name].reply = partial(self._answer, name)

    def open(self, kind: str, id_: object = None) -> LiveRoom:
        room = LiveRoom(self.connection, kind, id_)
        self.rooms[room.name] = room
        return room

    def close(self, room: LiveRoom) -> None:
        del self.rooms[room.name]

    @property
    def asked(self) -> list[str]:
        targets = [asked.target for name in OWNERS for asked in self.internal[name].asked]
        # Another test may have the gateway ask for the state of the services.
        return [target for target in targets if target.startswith("/internal/rooms")]

    def _answer(self, service: str, asked: Asked, _: object) -> bytes:
        address = urlsplit(asked.target)
        its = [name for name in self.rooms if KINDS.get(name.partition(":")[0], USER) == service]
        wanted, several = its, True
        if address.query:
            wanted = parse_qs(address.query)["rooms"][0].split(",")
        elif not address.path.endswith("/mine"):
            wanted, several = [":".join(address.path.split("/")[3:])], False
        missing = [name for name in wanted if name not in its]
        if missing:
            return as_json({"code": "not_found", "room": missing[0]}, 404)
        told = [self.rooms[name].told for name in wanted]
        if several:
            return as_json({"rooms": told, "blocked": self.blocked})
        return as_json({**told[0], "blocked": self.blocked})
