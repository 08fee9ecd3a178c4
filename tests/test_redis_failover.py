"""The primary Redis is killed, and sentinels put its replica in its place."""

import os
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, LiteralString

import psycopg
import pytest
import redis

from chassis import redis_client
from dev.ephemeral import LOW_COST, EphemeralPlatform, state_folder

from .support.people import eventually, register
from .support.sentinels import SENTINELS, WatchedRedis
from .support.study_sessions import host_session
from .support.traffic import Reader, Traffic

pytestmark = pytest.mark.needs("a Redis of its own")

LONG = os.environ.get("LYCEUM_SOAK") == "1"
ACTIONS, PEOPLE, SESSIONS, READERS = 3000, 8, 4, 3
REQUESTED = "SELECT id FROM outbox WHERE body->>'type' = 'notification.requested'"
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
ACTED_ON = "SELECT event_id FROM inbox"
LAST = "SELECT last_seq FROM study_sessions WHERE id = %s"
STUDY = "study-session-service"
WITHIN = 60.0  # seconds: the machine is busy with other tests


@pytest.fixture
def watched() -> Iterator[WatchedRedis]:
    with state_folder() as folder:
        servers = WatchedRedis(folder)
        try:
            servers.start()
            eventually(lambda: is_complete(servers), WITHIN)
            yield servers
        finally:
            servers.stop()


@pytest.fixture
def platform(postgres_url: str) -> Iterator[EphemeralPlatform]:
    """A platform on such a Redis."""
    with (
        state_folder() as folder,
        EphemeralPlatform(
            postgres_url, redis=WatchedRedis(folder), password_cost=LOW_COST
        ) as platform,
    ):
        eventually(lambda: is_complete(platform.redis), WITHIN)
        yield platform


def is_complete(servers: WatchedRedis) -> bool:
    """Whether every sentinel knows the replica and the other sentinels, without which none is promoted."""
    states = [state_of(sentinel.port) for sentinel in servers.sentinels]
    return all(
        state["num-slaves"] == 1 and state["num-other-sentinels"] == SENTINELS - 1
        for state in states
    )


def state_of(port: int) -> Any:
    with redis.Redis(port=port, decode_responses=True) as sentinel:
        return sentinel.sentinel_master("lyceum")


def succeeds(command: Callable[[], object]) -> bool:
    try:
        command()
    except redis.RedisError:
        return False
    return True


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_a_client_goes_to_the_server_that_was_promoted(
    watched: WatchedRedis, end: signal.Signals
) -> None:
    with redis_client.connect(watched.events_url) as client:
        client.set("key", "before")
        assert client.wait(1, 10_000) == 1
        watched.primary.kill(end)
        assert not succeeds(lambda: client.get("key"))
        eventually(lambda: succeeds(lambda: client.set("key", "after")), WITHIN)
        assert client.get("key") == "after"
        assert client.connection_pool.get_master_address()[1] == watched.replica.port


@pytest.mark.skipif(not LONG, reason="takes minutes: make soak")
def test_nothing_that_was_acknowledged_is_lost_when_redis_is_replaced(
    platform: EphemeralPlatform,
) -> None:
    people = [register(platform.gateway_url) for _ in range(PEOPLE)]
    sessions = [host_session(people[0], max_participants=4) for _ in range(SESSIONS)]
    traffic = Traffic(people[1:], sessions, seed=ACTIONS)
    readers = [Reader(people[0], sessions[0], seed) for seed in range(READERS)]
    with traffic.flowing():
        eventually(lambda: traffic.done >= ACTIONS / 2, within=600)
        platform.redis.primary.kill()
        eventually(lambda: traffic.done >= ACTIONS, within=600)

    def rows(service: str, query: LiteralString, *values: object) -> set[tuple[Any, ...]]:
        with psycopg.connect(platform.database_url(service)) as connection:
            return set(connection.execute(query, values).fetchall())

    def is_settled() -> bool:
        waiting = [rows(service, UNPUBLISHED) for service in (STUDY, "user-service")]
        return waiting == [{(0,)}, {(0,)}] and rows("user-service", ACTED_ON) >= rows(
            STUDY, REQUESTED
        )

    eventually(is_settled, WITHIN)
    assert len(rows(STUDY, REQUESTED)) > 5
    [(last,)] = rows(STUDY, LAST, sessions[0].rpartition("/")[2])
    for reader in readers:
        seen = reader.read_to(last)
        assert seen == sorted(set(seen))
        assert seen[-1] == last
        missing = {after for before, after in pairwise(seen) if after > before + 1}
        assert missing <= reader.resets
