"""What is kept in Redis: the keys, the writes that drop them, and operation without Redis."""

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
from study_session_service import cache
from study_session_service.models import ChatMessage, Participant, StudySession, db
from study_session_service.nearby import pages

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
    """Fill all three caches and return their keys."""
    for path in (BASE, f"{BASE}/{session['id']}", f"{BASE}/{session['id']}/messages"):
        assert client.get(path, user=None if path == BASE else user).status_code == 200
    return "active_sessions", f"session:{session['id']}", f"chat:{session['id']}"


def test_three_keys_are_kept_for_their_lifetimes(
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


def test_a_cached_answer_equals_the_fresh_one(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, location_visibility="approximate", venue_name="Library")
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=ruth)
    for path, user in (
        (BASE, None),
        (f"{BASE}/{session['id']}", ruth),
        (f"{BASE}/{session['id']}/messages", ruth),
    ):
        fresh, again = (client.get(path, user=user).json for _ in range(2))
        assert fresh == again


def test_the_cached_list_equals_the_result_of_a_search(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    live = rfc3339(now() - timedelta(minutes=1))
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=2", "timezone": "Asia/Jerusalem"}
    for mode, more in (("hybrid", weekly), ("online", {"start_time": live})):
        open_session(ruth, mode=mode, venue_name="Library", max_participants=7, **more)
    for _ in range(2):  # from the database, then from the cache
        cached_list = client.get(BASE).json["items"]
        assert cached_list == client.get(f"{BASE}?has_space=true").json["items"]
    shown = {name for item in cached_list for name, value in item.items() if value is not None}
    assert shown == cached_list[0].keys() - {"distance_m", "my_participation"}


def test_a_serialized_row_is_restored_unchanged(
    in_app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private", location_visibility="approximate")
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    for kind in (StudySession, Participant, ChatMessage):
        names = [column.key for column in kind.__table__.columns]
        for row in db.session.scalars(db.select(kind)):
            again = cache.deserialize(kind, json.loads(json.dumps(cache.serialize(row, names))))
            assert again == {name: getattr(row, name) for name in names}


def test_the_cached_list_needs_no_query(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth)
    client.get(BASE)
    with count_queries(app) as statements:
        assert len(client.get(BASE).json["items"]) == 1
    assert statements == []


def test_the_cached_list_holds_nothing_private(
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


def test_no_cache_holds_a_join_code(
    client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    path = f"{BASE}/{session['id']}"
    keys = warm(client, session, ruth)
    client.delete(f"{path}/participants/{boaz.id}", user=ruth)
    assert [store.get(key) for key in keys] == [None] * 3
    warm(client, session, ruth)
    content = str([store.get(key) for key in keys])
    assert session["id"] in content
    for code in (session["join_code"], client.get(path, user=ruth).json["join_code"]):
        assert code not in content


def test_the_cached_list_follows_the_clock(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth)
    assert client.get(BASE).json["items"][0]["status"] == "starting-soon"
    with time_machine.travel(now() + timedelta(hours=2, minutes=1), tick=False):
        assert client.get(BASE).json["items"][0]["status"] == "live"
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert client.get(BASE).json["items"] == []


def test_a_page_longer_than_the_cached_list_is_complete(
    client: FlaskClient, open_session: Open, ruth: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KEPT", 3)
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
def test_a_write_drops_the_cached_values(
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


def test_an_outdated_cached_value_is_not_used(
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


def test_a_value_cached_by_an_older_release_can_be_read(
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


def test_a_list_read_before_a_write_is_not_cached_after_it(
    in_app: Flask, client: FlaskClient, open_session: Open, store: "redis.Redis", ruth: User
) -> None:
    def load() -> list[cache.Cached]:
        # Another request commits while this one still holds the list from before.
        open_session(ruth)
        return []

    assert cache.active_sessions(load) == []
    assert store.get("active_sessions") is None


def test_no_decision_is_made_from_the_cache(
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
    nowhere = "redis://127.0.0.1:1/0"
    with testing.service("study_session_service", CACHE_URL=nowhere, EVENTS_URL=nowhere) as app:
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


def test_an_event_is_recorded_without_redis(
    without_redis: Flask, wanted: Any, ruth: User, boaz: User
) -> None:
    client = without_redis.test_client()
    path = f"{BASE}/{client.post(BASE, json=wanted(), user=ruth).json['id']}"
    client.post(f"{path}/join", user=boaz)
    client.post(f"{path}/cancel", user=ruth)
    with without_redis.app_context():
        recorded = db.session.scalars(
            text("SELECT body->>'type' FROM outbox WHERE stream LIKE 'events:%'")
        ).all()
    assert "notification.requested" in recorded
