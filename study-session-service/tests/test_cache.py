"""What is kept in Redis: the keys, what makes them go, and doing without."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_queries
from study_session_service import cache, nearby
from study_session_service.models import ChatMessage, Participant, StudySession, db

BASE = "/api/study-sessions"
Open = Callable[..., Any]


@pytest.fixture
def store() -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        yield connection


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def kept(store: "redis.Redis", key: str) -> Any:
    value = store.get(key)
    return None if value is None else json.loads(str(value))


def warm(client: FlaskClient, session: Any, user: User) -> tuple[str, ...]:
    """Fill all three caches; their keys."""
    for path in (BASE, f"{BASE}/{session['id']}", f"{BASE}/{session['id']}/messages"):
        assert client.get(path, user=None if path == BASE else user).status_code == 200
    return "active_sessions", f"session:{session['id']}", f"chat:{session['id']}"


def test_three_keys_with_their_lifetimes(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="public")
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    active, details, chat = warm(client, session, ruth)
    for key, seconds in ((active, 300), (details, 3600), (chat, 7200)):
        assert seconds - 5 <= store.ttl(key) <= seconds
    assert [item["id"] for item in kept(store, active)] == [session["id"]]
    assert kept(store, details)["session"]["title"] == session["title"]
    assert [row["user_id"] for row in kept(store, details)["participants"]] == [
        str(ruth.id),
        str(boaz.id),
    ]
    assert [message["content"] for message in kept(store, chat)["messages"]] == ["Shalom"]


def test_what_is_kept_is_what_is_read(client: FlaskClient, open_session: Open, ruth: User) -> None:
    session = open_session(ruth, location_visibility="approximate", venue_name="Library")
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=ruth)
    for path, user in (
        (BASE, None),
        (f"{BASE}/{session['id']}", ruth),
        (f"{BASE}/{session['id']}/messages", ruth),
    ):
        fresh, again = (client.get(path, user=user).json for _ in range(2))
        assert fresh == again


def test_the_kept_list_says_what_a_search_says(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    live = rfc3339(now() - timedelta(minutes=1))
    for mode, start in (("hybrid", {}), ("online", {"start_time": live})):
        open_session(ruth, mode=mode, venue_name="Library", max_participants=7, **start)
    for _ in range(2):  # read, and read from what was kept
        kept_list = client.get(BASE).json["items"]
        assert kept_list == client.get(f"{BASE}?has_space=true").json["items"]
    shown = {name for item in kept_list for name, value in item.items() if value is not None}
    assert shown == kept_list[0].keys() - {"distance_m", "my_participation"}


def test_what_can_be_kept_comes_back_as_it_was(
    in_app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private", location_visibility="approximate")
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    for kind in (StudySession, Participant, ChatMessage):
        names = [column.key for column in kind.__table__.columns]
        for row in db.session.scalars(db.select(kind)):
            again = cache.deserialize(kind, json.loads(json.dumps(cache.serialize(row, names))))
            assert {name: getattr(again, name) for name in names} == {
                name: getattr(row, name) for name in names
            }


def test_the_kept_list_spares_the_database(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth)
    client.get(BASE)
    with count_queries(app) as statements:
        assert len(client.get(BASE).json["items"]) == 1
    assert statements == []


def test_the_kept_list_gives_nothing_away(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User
) -> None:
    open_session(
        ruth, location_visibility="approximate", meeting_url="https://meet.example.org/secret"
    )
    open_session(ruth, visibility="private")
    open_session(ruth, visibility="unlisted")
    client.get(BASE, user=None)
    content = str(store.get("active_sessions"))
    assert len(json.loads(content)) == 1
    assert "31.778" not in content
    assert "secret" not in content


def test_the_kept_list_follows_the_clock(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth)
    assert client.get(BASE).json["items"][0]["status"] == "starting-soon"
    with time_machine.travel(now() + timedelta(hours=2, minutes=1), tick=False):
        assert client.get(BASE).json["items"][0]["status"] == "live"
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert client.get(BASE).json["items"] == []


def test_a_list_longer_than_is_kept_goes_on_in_the_database(
    client: FlaskClient, open_session: Open, ruth: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "KEPT", 3)
    for _ in range(5):
        open_session(ruth)
    for _ in range(2):
        assert len(client.get(f"{BASE}?limit=2").json["items"]) == 2
        assert len(client.get(f"{BASE}?limit=4").json["items"]) == 4


WRITES: dict[str, Callable[[FlaskClient, str, User, User], Any]] = {
    "join": lambda client, path, host, guest: client.post(f"{path}/join", user=a_user()),
    "leave": lambda client, path, host, guest: client.post(f"{path}/leave", user=guest),
    "remove": lambda client, path, host, guest: client.delete(
        f"{path}/participants/{guest.id}", user=host
    ),
    "change": lambda client, path, host, guest: client.patch(
        path, json={"title": "New"}, headers={"If-Match": '"1"'}, user=host
    ),
    "cancel": lambda client, path, host, guest: client.post(f"{path}/cancel", user=host),
    "transfer": lambda client, path, host, guest: client.post(
        f"{path}/host", json={"user_id": str(guest.id)}, user=host
    ),
    "message": lambda client, path, host, guest: client.post(
        f"{path}/messages", json={"content": "!"}, user=guest
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_drops_what_is_kept(
    client: FlaskClient,
    open_session: Open,
    store: "redis.Redis",
    ruth: User,
    boaz: User,
    write: str,
) -> None:
    session = open_session(ruth, boaz)
    keys = warm(client, session, ruth)
    assert WRITES[write](client, f"{BASE}/{session['id']}", ruth, boaz).status_code < 300
    assert store.exists(*keys) == 0


def test_a_refused_write_drops_nothing(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    keys = warm(client, session, ruth)
    assert client.post(f"{BASE}/{session['id']}/join", user=a_user()).status_code == 409
    assert store.exists(*keys) == 3


def test_what_outlived_its_deletion_is_not_used(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    keys = warm(client, session, ruth)[1:]
    old = [str(store.get(key)) for key in keys]
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "new"}, user=boaz)
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    for key, value in zip(keys, old, strict=True):
        store.set(key, value)
    assert len(client.get(f"{BASE}/{session['id']}", user=ruth).json["participants"]) == 1
    assert len(client.get(f"{BASE}/{session['id']}/messages", user=ruth).json["items"]) == 1


def test_what_an_older_release_has_kept_is_read(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    for key in warm(client, session, ruth):
        store.set(
            key, str(store.get(key)).replace('"created_at":', '"dropped_since": 1, "created_at":')
        )
        assert "dropped_since" in str(store.get(key))
    warm(client, session, ruth)


def test_a_list_read_before_a_write_is_not_kept_after_it(
    in_app: Flask, client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User
) -> None:
    def load() -> list[cache.Cached]:
        open_session(
            ruth
        )  # another request commits while this one still holds the list from before
        return []

    assert cache.active_sessions(load) == []
    assert store.get("active_sessions") is None


def test_nothing_is_decided_from_what_is_kept(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    key = warm(client, session, ruth)[1]
    forged = kept(store, key)
    forged["session"]["current_participants"] = 10
    forged["participants"] = []
    store.set(key, json.dumps(forged))
    assert client.get(f"{BASE}/{session['id']}/participants", user=boaz).status_code == 200
    assert client.post(f"{BASE}/{session['id']}/join", user=a_user()).status_code == 201


@pytest.fixture(scope="module")
def without_redis() -> Iterator[Flask]:
    with testing.service("study_session_service", CACHE_URL="redis://127.0.0.1:1/0") as app:
        yield app


def test_everything_works_without_redis(
    without_redis: Flask, wanted: Any, ruth: User, boaz: User
) -> None:
    client = without_redis.test_client()
    session = client.post(BASE, json=wanted(), user=ruth).json
    path = f"{BASE}/{session['id']}"
    assert client.post(f"{path}/join", user=boaz).status_code == 201
    assert client.post(f"{path}/messages", json={"content": "Shalom"}, user=boaz).status_code == 201
    for _ in range(2):
        assert client.get(BASE).json["items"][0]["current_participants"] == 2
        assert len(client.get(path, user=ruth).json["participants"]) == 2
        assert len(client.get(f"{path}/messages", user=ruth).json["items"]) == 1
    assert client.post(f"{path}/leave", user=boaz).status_code == 204
    assert client.post(f"{path}/cancel", user=ruth).json["status"] == "cancelled"


def test_what_happened_is_published_once_events_can_be(
    without_redis: Flask, wanted: Any, ruth: User, boaz: User
) -> None:
    client = without_redis.test_client()
    path = f"{BASE}/{client.post(BASE, json=wanted(), user=ruth).json['id']}"
    client.post(f"{path}/join", user=boaz)
    client.post(f"{path}/cancel", user=ruth)
    with without_redis.app_context():
        waiting = db.session.scalars(
            text("SELECT body->>'type' FROM outbox WHERE stream LIKE 'events:%'")
        ).all()
    assert "notification.requested" in waiting
