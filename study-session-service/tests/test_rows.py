"""Statements that are built once, and answers of rows that are those of entities."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import CacheStats

from chassis.clock import now
from chassis.testing import User, a_user
from study_session_service.api.chat import Message
from study_session_service.api.sessions import SessionParticipant, StudySessionDetails
from study_session_service.geometry import Point
from study_session_service.models import LARGER_CELLS, ChatMessage, Participant, StudySession, db
from study_session_service.nearby.matching import CELLS_READ, prepared
from study_session_service.nearby.statements import statement
from study_session_service.nearby.wanted import Search
from study_session_service.visibility import Mine, SeenSession

BASE = "/api/study-sessions"


@pytest.fixture
def host() -> User:
    return a_user("ruth")


@pytest.fixture
def executions() -> Iterator[list[Any]]:
    """What this thread executes, as SQLAlchemy prepared it."""
    found: list[Any] = []

    def note(*arguments: Any) -> None:
        # Threads publish meanwhile.
        if threading.current_thread() is threading.main_thread():
            found.append(arguments[4])

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def session(client: FlaskClient, open_session: Callable[..., Any], host: User) -> Any:
    """A session with all that can be set, of two people who wrote a message each."""
    boaz = a_user("boaz")
    session = open_session(
        host,
        boaz,
        description="Page by page",
        venue_name="Library",
        meeting_url="https://meet.example.org/berakhot",
        visibility="private",
        location_visibility="approximate",
    )
    for author in (host, boaz):
        path = f"{BASE}/{session['id']}/messages"
        assert client.post(path, json={"content": "Shalom"}, user=author).status_code == 201
    deleted = client.get(path, user=host).json["items"][0]["id"]
    assert client.delete(f"{path}/{deleted}", user=boaz).status_code == 204
    return session


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_a_session_looks_as_its_entity_does(
    app: Flask, client: FlaskClient, session: Any, host: User
) -> None:
    answer = client.get(f"{BASE}/{session['id']}", user=host).json
    with app.app_context():
        entity = db.session.get_one(StudySession, session["id"])
        seats = db.session.query(Participant).order_by(Participant.joined_at).all()
        mine = Mine(*(getattr(seats[0], name) for name in Mine._fields))
        seen: Any = SeenSession(entity, mine, now(), participants=seats)  # type: ignore[arg-type]
        assert answer == plain(StudySessionDetails().dump(seen))
        assert answer["participants"] == plain(SessionParticipant(many=True).dump(seats))
        path = f"{BASE}/{session['id']}/participants"
        assert client.get(path, user=host).json["items"] == answer["participants"]


def test_messages_look_as_their_entities_do(
    app: Flask, client: FlaskClient, session: Any, host: User
) -> None:
    path = f"{BASE}/{session['id']}/messages"
    with app.app_context():
        newest_first = db.session.query(ChatMessage).order_by(ChatMessage.seq.desc()).all()
        expected = plain(Message(many=True).dump(newest_first))
    for query in ("", "", "?limit=51", "?after=0"):  # the second is out of the cache
        assert client.get(path + query, user=host).json["items"] == expected


SHAPES = [
    ("/{id}", "/{other}"),
    ("/{id}?lat=31&lng=35", "/{other}?lat=-12&lng=44.5"),
    ("/{id}/messages?before=9", "/{other}/messages?before=1"),
    ("/{id}/messages?after=1", "/{other}/messages?after=9&limit=3"),
    ("/{id}/participants", "/{other}/participants?limit=1"),
    ("/mine", "/mine?limit=3"),
    ("/mine?when=past&role=host", "/mine?when=past&role=participant"),
    ("?lat=31.7&lng=35.2&radius_km=0.1", "?lat=-3&lng=100.5&radius_km=0.5"),
    ("?lat=31.7&lng=35.2&sort=distance", "?lat=-3&lng=100.5&sort=distance&limit=9"),
    ("?bbox=1,1,2,2", "?bbox=22,22,23,23&limit=9"),
    ("?bbox=1,1,20,20", "?bbox=30,-3,60.5,9&limit=9"),
    ("?bbox=1,1,2,2&status=live", "?bbox=30,-3,60.5,9&status=starting-soon"),
    ("?q=talmud&mode=online", "?q=100%25&mode=hybrid"),
    ("?subject=Talmud&has_space=true", "?subject=Bible&has_space=false"),
    ("?from=2026-01-01&status=finished", "?from=2027-05-05&status=cancelled,live"),
    ("/clusters?bbox=1,1,2,2&zoom=3", "/clusters?bbox=30,-3,60.5,9&zoom=5"),
]


@pytest.mark.parametrize(("first", "second"), SHAPES, ids=[first for first, _ in SHAPES])
def test_a_second_request_of_the_same_shape_builds_and_compiles_nothing(
    client: FlaskClient,
    open_session: Callable[..., Any],
    host: User,
    executions: list[Any],
    first: str,
    second: str,
) -> None:
    ids = {"id": open_session(host)["id"], "other": open_session(host)["id"]}

    def asked(path: str) -> list[Any]:
        executions.clear()
        assert client.get(BASE + path.format(**ids), user=host).status_code == 200
        return executions[:]

    before, after = asked(first), asked(second)
    assert len(before) == len(after) > 0
    for one, other in zip(before, after, strict=True):
        assert one.invoked_statement is other.invoked_statement
        assert other.cache_hit is CacheStats.CACHE_HIT


def test_values_make_no_new_shape_of_a_search() -> None:
    statement.cache_clear()
    for number in range(50):
        wanted = Search(origin=Point(number, number), radius=1000 + number, q=f"word {number}")
        prepared(None, wanted, now(), number)
    assert statement.cache_info().currsize == 1


def test_areas_of_all_sizes_have_few_shapes() -> None:
    statement.cache_clear()
    for latitude in range(-70, 70):
        for radius in (100, 1000, 5000, 20_000, 100_000):
            wanted = Search(origin=Point(latitude, 10), radius=radius)
            prepared(None, wanted, now(), 51)
    sizes = len(LARGER_CELLS) * len(CELLS_READ) + 1
    assert 1 < statement.cache_info().currsize <= sizes


def test_the_statements_of_searches_fill_a_bounded_space() -> None:
    most = statement.cache_info().maxsize
    assert most
    assert most < 500  # as many as SQLAlchemy keeps compiled by default
