"""A Redis that is full: requests go on, and what services have to tell each other still arrives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import redis

from chassis import redis_client
from dev.ephemeral import EphemeralPlatform

from .support.people import PASSWORD, People, agreed, eventually, register
from .support.study_sessions import heard, host_session, join, news, say

pytestmark = pytest.mark.needs("a Redis to fill")

STREAM = "events:user-service"


@pytest.fixture(scope="module")
def platform(postgres_url: str) -> Iterator[EphemeralPlatform]:
    with EphemeralPlatform(postgres_url, demo=True) as platform:
        yield platform


@pytest.fixture
def events(platform: EphemeralPlatform) -> Iterator["redis.Redis"]:
    with redis_client.connect(platform.redis.events_url, timeout=5) as connection:
        yield connection


@contextmanager
def full(events: "redis.Redis") -> Iterator[None]:
    """A while without room for a single write, after a month of events that all have read."""
    pipeline = events.pipeline(transaction=False)
    for _ in range(500):
        pipeline.xadd(STREAM, {"event": json.dumps(an_event())})
    pipeline.execute()
    assert eventually(lambda: all_have_read(events))
    events.config_set("maxmemory", events.info("memory")["used_memory"])
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        events.set("one", "more")
    yield
    events.config_set("maxmemory", 0)


def an_event() -> dict[str, object]:
    """An event that no service listens to."""
    return {
        "id": str(uuid4()),
        "type": "user.greeted",
        "schema_version": 1,
        "source": "user-service",
        "aggregate_id": str(uuid4()),
        "aggregate_version": 1,
        "occurred_at": "2026-01-01T00:00:00Z",
        "actor": None,
        "data": {"text": "x" * 2000},
    }


def all_have_read(events: "redis.Redis") -> bool:
    groups = events.xinfo_groups(STREAM)
    return all(group["pending"] == 0 == group["lag"] for group in groups)


def test_a_full_redis_stops_neither_requests_nor_erasure(
    platform: EphemeralPlatform, events: "redis.Redis"
) -> None:
    people = People(platform.gateway_url)
    ruth, boaz = people["ruth"], people["boaz"]
    leaver = register(platform.gateway_url, "leaver")
    theirs = host_session(leaver)
    join(boaz, theirs)
    with full(events):
        session = host_session(ruth)
        join(boaz, session)
        say(boaz, session, "Shalom")
        assert heard(ruth, session) == [("boaz", "Shalom")]
        agreed(leaver.delete("/api/users/me", {"password": PASSWORD}))
        assert eventually(lambda: boaz.read(theirs)["status"] == "cancelled")
    assert eventually(lambda: news(boaz, theirs)) == ["session_cancelled"]
