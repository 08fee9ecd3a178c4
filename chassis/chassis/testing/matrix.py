"""Who may call what: every operation of a service, called by each kind of caller.

A service lists its kinds of callers, from least to most access, and what each operation answers to each. The
table is data, so that the suite that asks through the gateway reads the same one.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table, text
from werkzeug.test import TestResponse

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing.people import User
from chassis.testing.structure import PARAMETER, Operation, operations

Body = Callable[["World"], Any] | Mapping[str, Any] | None
Thing = Callable[["World", Any], Any]
Stored = tuple[str, str | None]


@dataclass(frozen=True)
class AtGateway:
    """How an operation is asked through the gateway, where that differs from asking the service alone.

    A call that would change something is not made there: it would change what the next calls are about.
    """

    statuses: Mapping[int, int] = field(default_factory=dict)
    """Statuses that are others there, because what is asked for is missing or senseless."""
    body: Mapping[str, Any] | None = None
    """What is sent in place of the documented example."""
    callers: Collection[str] | None = None
    """The callers who ask, even if the call changes something."""
    reads_token: bool = True
    """Whether the gateway looks at a token, and so turns away a caller whose account is deleted."""


@dataclass(frozen=True)
class Row:
    """An operation, and the status that it answers to each kind of caller, in their order.

    A parameter of the path is the thing of the same name, unless `about` names another. Other parameters in
    `about` go into the query. The first row of an operation is the one that is asked through the gateway too.
    """

    operation: str
    answers: str
    body: Body = None
    about: Mapping[str, str] = field(default_factory=dict)
    gateway: AtGateway = AtGateway()

    def __str__(self) -> str:
        return " ".join([self.operation, *self.about.values()])


class World(dict[str, Any]):
    """Each kind of caller, and the things to ask about: each is made when it is first named.

    `clear` it to have all made again. `aid` is what the things are made with.
    """

    def __init__(
        self,
        app: Flask,
        people: Mapping[str, User | None],
        things: Mapping[str, Thing],
        aid: Any = None,
    ) -> None:
        self.app, self.people, self.things, self.aid = app, people, things, aid
        self._operations = {operation.id: operation for operation in operations(app)}

    def __missing__(self, name: str) -> Any:
        self[name] = self.things[name](self, self.aid)
        return self[name]

    def furnish(self) -> None:
        """Make all that can be asked about."""
        for name in self.things:
            assert self[name]

    def person(self, name: str) -> User:
        user = self.people[name]
        assert user
        return user

    def operation(self, row: Row) -> Operation:
        return self._operations[row.operation]

    def address(self, row: Row) -> str:
        """The path and query of a row, with the things it is about."""
        path, query = self.operation(row).path, dict(row.about)
        for parameter in PARAMETER.finditer(path):
            name = parameter["name"]
            value = quote(str(self[query.pop(name, name)]), safe=":")
            path = path.replace(parameter[0], value)
        if not query:
            return path
        return f"{path}?{urlencode({name: self[thing] for name, thing in query.items()})}"

    def call(self, caller: str, row: Row) -> TestResponse:
        return self.ask(caller, self.operation(row).method, self.address(row), row.body)

    def ask(self, caller: str, method: str, address: str, body: Body = None) -> TestResponse:
        return self.app.test_client().open(
            address,
            method=method,
            user=self.people[caller],
            json=body(self) if callable(body) else body,
            headers={} if method == "GET" else {"If-Match": '"1"'},
        )

    def made(self, caller: str, address: str, body: Body = None) -> Any:
        """What this caller has made."""
        answer = self.ask(caller, "POST", address, body)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def counted(self, path: str) -> dict[str, int]:
        """How many items of a list each caller gets, without the callers who get none."""
        counts: dict[str, int] = {}
        for caller in self.people:
            page: Any = self.ask(caller, "GET", path).json
            if items := page.get("items"):
                counts[caller] = len(items)
        return counts

    def watch(self, kind: str, row: Row) -> dict[str, int]:
        """What the gateway is answered when it asks whether each caller may watch the room of a stream.

        It is answered the same when it asks about several rooms.
        """
        room_id = self[row.about["room_id"]]
        alone = self._asked_inside(f"/internal/rooms/{kind}/{room_id}")
        assert alone == self._asked_inside(f"/internal/rooms?rooms={kind}:{room_id}")
        return alone

    def _asked_inside(self, address: str) -> dict[str, int]:
        """What the gateway is answered on behalf of each caller."""
        return {
            caller: self.app.test_client().get(address, user=user, peer="gateway").status_code
            for caller, user in self.people.items()
        }

    def delete(self, caller: str, hear: Callable[[Event], None]) -> None:
        """Have the service hear that the account of this person is deleted."""
        user = self.person(caller)
        facts = {"email_sha256": hashlib.sha256(user.email.encode()).hexdigest()}
        event = Event(uuid4(), "user.deleted", "user-service", str(user.id), 1, now(), None, facts)
        with self.app.app_context():
            in_transaction(self.app.extensions["sqlalchemy"].session, lambda: hear(event))


class Matrix:
    """What every operation answers to each kind of caller."""

    def __init__(self, callers: Sequence[str], rows: Sequence[Row]) -> None:
        self.callers = tuple(callers)
        self.rows = list(rows)
        for row in rows:
            self.answers(row)

    def answers(self, row: Row) -> dict[str, int]:
        """The statuses of the row by caller. Raises ValueError if one is missing."""
        return dict(zip(self.callers, map(int, row.answers.split()), strict=True))

    def ask_all(self, row: Row, world: World) -> dict[str, int]:
        """What each caller is answered, one after the other.

        A caller who is refused, or only reads, changes nothing. After a change everything is made again for
        the next caller.
        """
        reads = world.operation(row).method == "GET"
        answered: dict[str, int] = {}
        before: set[Stored] = set()
        for caller in self.callers:
            before = before or _stored_after_making(row, world)
            status = answered[caller] = world.call(caller, row).status_code
            if status >= 400 or reads:
                assert not _stored(world.app) - before, (
                    f"{caller} was answered {status} and changed something"
                )
            else:
                world.clear()
                before = set()
        return answered

    def differing(self, caller: str, world: World, *, like: str) -> list[str]:
        """The rows that refuse a caller `like` them, and give this one another answer.

        Of a caller whose account is deleted, these are the rows that still know them.
        """
        world.furnish()
        refusing = [row for row in self.rows if self.answers(row)[like] in {403, 404}]
        assert refusing
        return [
            str(row)
            for row in refusing
            if world.call(caller, row).status_code != self.answers(row)[like]
        ]

    def check_operations(self, app: Flask) -> None:
        """Every operation has a row and every row an operation, but for those among services."""
        served = {
            operation.id
            for operation in operations(app)
            if operation.access and not operation.path.startswith("/internal/")
        }
        assert {row.operation for row in self.rows} == served


def _stored_after_making(row: Row, world: World) -> set[Stored]:
    """What is in the database once all that the row names is made."""
    world.address(row)
    if callable(row.body):
        row.body(world)
    return _stored(world.app)


def _stored(app: Flask) -> set[Stored]:
    """A digest of each table."""
    with app.app_context():
        db: SQLAlchemy = app.extensions["sqlalchemy"]
        query = " UNION ALL ".join(map(_digest, db.metadata.sorted_tables))
        return {(name, stored) for name, stored in db.session.execute(text(query))}


def _digest(table: Table) -> str:
    """A statement that reads the table's name with what changes as its rows do."""
    name = table.name
    if name == "outbox":
        # Of messages their ids: they come with a change, and go when they are published.
        return "SELECT 'outbox', id::text FROM outbox"
    if table.info.get("is_reference"):
        # Many rows, which are rarely written: how many, and by which transaction the last one.
        return f"SELECT '{name}', concat(count(*), ' ', max(xmin::text::bigint)) FROM {name}"  # noqa: S608  # the names of our own tables
    return f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} AS t"  # noqa: S608  # the names of our own tables
