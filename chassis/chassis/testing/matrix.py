"""Who may do what: every operation of a service, asked by everybody it could be about.

A service says who there is, from least to most, what there is to ask about, and what each operation
answers to each.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from werkzeug.test import TestResponse

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing.people import User
from chassis.testing.structure import operations

# The name of a thing in a row's path, or of a parameter in a route's.
SLOT = re.compile(r"{[^}]*}|<[^>]*>")

Body = Callable[["World"], Any] | None
Thing = Callable[["World", Any], Any]
Kept = tuple[str, str | None]


@dataclass(frozen=True)
class Row:
    """An operation, and the status that each kind of caller is told; `{names}` in the path are
    things of the world.
    """

    method: str
    path: str
    body: Body
    told: Mapping[str, int]

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class World(dict[str, Any]):
    """Everybody who may ask, and the ids of what there is to ask about: each made when it is first named.

    `clear` it to have all anew. `aid` is whatever the things are made with.
    """

    def __init__(
        self,
        app: Flask,
        people: Mapping[str, User | None],
        things: Mapping[str, Thing],
        aid: Any = None,
    ) -> None:
        self.app, self.people, self.things, self.aid = app, people, things, aid

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

    def ask(self, who: str, method: str, path: str, body: Body = None) -> TestResponse:
        return self.app.test_client().open(
            path.format_map(self),
            method=method,
            user=self.people[who],
            json=body(self) if body else None,
            headers={} if method == "GET" else {"If-Match": '"1"'},
        )

    def made(self, who: str, path: str, body: Body = None) -> Any:
        """What this person has made."""
        answer = self.ask(who, "POST", path, body)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def delete(self, who: str, hear: Callable[[Event], None]) -> None:
        """Have the service hear that the account of this person is deleted."""
        user = self.person(who)
        facts = {"email_sha256": hashlib.sha256(user.email.encode()).hexdigest()}
        event = Event(uuid4(), "user.deleted", "user-service", str(user.id), 1, now(), None, facts)
        with self.app.app_context():
            in_transaction(self.app.extensions["sqlalchemy"].session, lambda: hear(event))


class Matrix:
    """What every operation tells everybody."""

    def __init__(self, who: Sequence[str], rows: Sequence[tuple[str, str, Body, str]]) -> None:
        self.who = tuple(who)
        self.rows = [
            Row(method, path, body, dict(zip(who, map(int, answers.split()), strict=True)))
            for method, path, body, answers in rows
        ]

    @property
    def changing(self) -> list[Row]:
        return [row for row in self.rows if row.changes]

    @property
    def reading(self) -> list[Row]:
        return [row for row in self.rows if not row.changes]

    def ask_all(self, row: Row, world: World) -> dict[str, int]:
        """What each is told, one after the other.

        Who is refused, or only reads, changes nothing; who changes something leaves it to the next
        as it was before.
        """
        told: dict[str, int] = {}
        before: set[Kept] = set()
        for who in self.who:
            before = before or _kept_after_making(row, world)
            told[who] = world.ask(who, row.method, row.path, row.body).status_code
            if told[who] >= 400 or not row.changes:
                assert not _kept(world.app) - before, (
                    f"{who} was told {told[who]} and changed something"
                )
            else:
                world.clear()
                before = set()
        return told

    def check_operations(self, app: Flask) -> None:
        """Every operation is in the matrix, but for those of services among themselves."""
        served = {
            (method, SLOT.sub("{}", path))
            for method, path, access in operations(app)
            if access and not path.startswith("/internal/")
        }
        assert {
            (row.method, SLOT.sub("{}", row.path.partition("?")[0])) for row in self.rows
        } == served


def _kept_after_making(row: Row, world: World) -> set[Kept]:
    """What is in the database once all that the row names is made."""
    row.path.format_map(world)
    if row.body:
        row.body(world)
    return _kept(world.app)


def _kept(app: Flask) -> set[Kept]:
    """A digest of each table. Of messages their ids: they come with a change, and go when they are
    published.
    """
    with app.app_context():
        db: SQLAlchemy = app.extensions["sqlalchemy"]
        query = " UNION ALL ".join(
            "SELECT 'outbox', id::text FROM outbox"
            if name == "outbox"
            else f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} AS t"  # noqa: S608  # the names of our own tables
            for name in db.metadata.tables
        )
        return {(name, kept) for name, kept in db.session.execute(text(query))}
