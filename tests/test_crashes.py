"""Processes killed at random under load: what was acknowledged is there, is said once, and is acted on once.

`LYCEUM_SOAK=1` makes it long: 50 kills and 3,000 acknowledged actions.
"""

import contextlib
import json
import os
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest

from chassis import redis_client
from dev.ephemeral import EphemeralPlatform

from .support.leftover_personal_data import occurrences
from .support.people import PASSWORD, People, Person, agreed, eventually, register, sign_in
from .support.study_sessions import BASE, heard, host_session, join
from .support.traffic import Reader, Traffic

pytestmark = pytest.mark.needs("processes to kill, and the databases")

LONG = os.environ.get("LYCEUM_SOAK") == "1"
KILLS, ACTIONS = (50, 3000) if LONG else (12, 300)
SESSIONS, READERS = 6, 3
STUDY = "study-session-service"
VICTIMS = (STUDY, f"{STUDY}-worker", "user-service-worker")
PEOPLE = ("boaz", "naomi", "david", "miriam", "esther", "hillel", "yael", "tamar")
SETTLED_WITHIN = 60.0

UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
REQUESTED = "SELECT id FROM outbox WHERE body->>'type' = 'notification.requested'"
ACTED_ON = "SELECT event_id FROM inbox"
# Of all that a person was told about one session and has not read, the newest stays.
NEWEST = """
    SELECT DISTINCT ON (user_id, about) user_id::uuid, about, id FROM (
        SELECT jsonb_array_elements_text(body->'data'->'user_ids') AS user_id,
            body->>'aggregate_id' AS about, body->>'occurred_at' AS at, id
        FROM outbox WHERE body->>'type' = 'notification.requested'
            AND body->'data'->>'kind' = 'waitlist_promotion'
    ) requested ORDER BY user_id, about, at DESC
"""
NOTIFIED = "SELECT user_id, about, event_id FROM notifications WHERE kind = 'waitlist_promotion'"
LAST = "SELECT last_seq FROM study_sessions WHERE id = %s"
MESSAGES = "SELECT id, client_message_id, seq FROM chat_messages WHERE session_id = %s"
PRESENT = "SELECT user_id FROM session_participants WHERE is_active AND role <> 'host' AND session_id = %s"
COUNTED = "SELECT current_participants - 1 FROM study_sessions WHERE id = %s"
POSITIONS = "SELECT id, stream_position FROM users"


@dataclass
class Aftermath:
    """The state after the last kill, once everything has been published."""

    platform: EphemeralPlatform
    traffic: Traffic
    sessions: Sequence[str]
    readers: Sequence[Reader]

    def rows(
        self, service: str, query: LiteralString, *values: object
    ) -> Sequence[tuple[Any, ...]]:
        with psycopg.connect(self.platform.database_url(service)) as connection:
            return connection.execute(query, values).fetchall()

    def last(self, session_id: str) -> int:
        """The number of the last event of a session."""
        [(last,)] = self.rows(STUDY, LAST, session_id)
        return int(last)

    def events_of(self, room: str) -> list[dict[str, Any]]:
        """All live events of a room."""
        with redis_client.connect(self.platform.redis.events_url, timeout=5) as connection:
            entries: Any = connection.xrange(f"room:{room}")
            return [json.loads(fields["event"]) for _, fields in entries]

    def is_settled(self) -> bool:
        """Whether every message was published, and every request for a notification acted on."""
        unpublished = [self.rows(service, UNPUBLISHED) for service in (STUDY, "user-service")]
        acted_on = set(self.rows("user-service", ACTED_ON))
        return unpublished == [[(0,)], [(0,)]] and acted_on >= set(self.rows(STUDY, REQUESTED))


@pytest.fixture(scope="module")
def shaky(postgres_url: str) -> Iterator[EphemeralPlatform]:
    """A platform whose processes are killed."""
    with EphemeralPlatform(postgres_url, demo=True) as platform:
        yield platform


@pytest.fixture(scope="module")
def aftermath(shaky: EphemeralPlatform) -> Aftermath:
    people, chance = People(shaky.gateway_url), random.Random(KILLS)
    ruth = people["ruth"]
    sessions = [host_session(ruth, max_participants=4) for _ in range(SESSIONS)]
    traffic = Traffic([people[name] for name in PEOPLE], sessions, seed=KILLS)
    readers = [Reader(ruth, sessions[0], seed) for seed in range(READERS)]
    with traffic.flowing():
        for _ in range(KILLS):
            kill_one(shaky, chance)
        eventually(lambda: traffic.done >= ACTIONS, within=600)
    aftermath = Aftermath(shaky, traffic, sessions, readers)
    eventually(aftermath.is_settled, within=SETTLED_WITHIN)
    return aftermath


def kill_one(platform: EphemeralPlatform, chance: random.Random) -> None:
    """Kill one process after a moment, and start it again."""
    time.sleep(chance.uniform(0.05, 0.5))
    victim = chance.choice(VICTIMS)
    platform.kill(victim)
    platform.restart(victim)


@pytest.fixture
def session_ids(aftermath: Aftermath) -> list[str]:
    return [session.rpartition("/")[2] for session in aftermath.sessions]


def test_each_acknowledged_message_is_stored_once_and_no_other(
    aftermath: Aftermath, session_ids: list[str]
) -> None:
    for session, session_id in zip(aftermath.sessions, session_ids, strict=True):
        sent = [words for words, where in aftermath.traffic.sent.items() if where == session]
        written = [words for _, words, _ in aftermath.rows(STUDY, MESSAGES, session_id)]
        assert len(sent) > 5
        assert sorted(written) == sorted(sent)


def test_a_room_has_each_live_event_once_and_in_order(
    aftermath: Aftermath, session_ids: list[str]
) -> None:
    for session_id in session_ids:
        events = aftermath.events_of(f"study-session:{session_id}")
        assert [event["seq"] for event in events] == list(range(1, aftermath.last(session_id) + 1))
        spoken = [
            (event["data"]["id"], event["seq"]) for event in events if event["type"] == "message"
        ]
        written = [
            (str(message_id), seq)
            for message_id, _, seq in aftermath.rows(STUDY, MESSAGES, session_id)
        ]
        assert sorted(written) == sorted(spoken)


def test_the_seats_taken_match_the_joined_and_left_events(
    aftermath: Aftermath, session_ids: list[str]
) -> None:
    for session_id in session_ids:
        present: list[str] = []
        for event in aftermath.events_of(f"study-session:{session_id}"):
            if event["type"] == "joined":
                present.append(event["data"]["user_id"])
            elif event["type"] == "left":
                present.remove(event["data"]["user_id"])
        assert sorted(
            str(user_id) for (user_id,) in aftermath.rows(STUDY, PRESENT, session_id)
        ) == sorted(present)
        assert aftermath.rows(STUDY, COUNTED, session_id) == [(len(present),)]


def test_each_seat_from_the_waitlist_is_notified_once(aftermath: Aftermath) -> None:
    requested, notified = aftermath.rows(STUDY, NEWEST), aftermath.rows("user-service", NOTIFIED)
    assert len(requested) > 5
    assert sorted(notified) == sorted(requested)


def test_a_persons_own_stream_has_each_notification_once(aftermath: Aftermath) -> None:
    for user_id, last in aftermath.rows("user-service", POSITIONS):
        assert [event["seq"] for event in aftermath.events_of(f"user:{user_id}")] == list(
            range(1, last + 1)
        )


def test_no_event_was_parked(aftermath: Aftermath) -> None:
    for service in (STUDY, "user-service"):
        assert aftermath.rows(service, "SELECT * FROM failed_events") == []


def test_a_reader_that_reconnects_sees_each_event_once_and_in_order(
    aftermath: Aftermath, session_ids: list[str]
) -> None:
    last = aftermath.last(session_ids[0])
    for reader in aftermath.readers:
        assert reader.read_to(last) == list(range(1, last + 1))


def test_a_deletion_under_repeated_kills_leaves_no_personal_data(
    shaky: EphemeralPlatform,
) -> None:
    canary, chance = f"qanary{secrets.token_hex(4)}", random.Random(KILLS)
    miriam = sign_in(shaky.gateway_url, "miriam")
    person = an_active_person(shaky, canary, miriam)
    found = occurrences(shaky, canary)
    assert {"table user-service users", "table study-session-service chat_messages"} <= set(found)
    assert any(entry.startswith("redis room:study-session:") for entry in found)

    agreed(person.delete("/api/users/me", {"password": PASSWORD}))
    for _ in range(6):
        kill_one(shaky, chance)
    with contextlib.suppress(AssertionError):  # The assertion below says what is left.
        eventually(lambda: occurrences(shaky, canary) == [], within=SETTLED_WITHIN)
    assert occurrences(shaky, canary) == []


def an_active_person(platform: EphemeralPlatform, canary: str, host: Person) -> Person:
    """A person with data of every kind, each with the canary in it."""
    person = register(platform.gateway_url, canary, display_name=canary)
    person.http.headers["User-Agent"] = f"{canary}/1.0"
    agreed(person.post("/api/auth/login", {"login": person.username, "password": PASSWORD}))
    agreed(
        person.patch(
            "/api/users/me", {"bio": canary, "avatar_url": f"https://example.org/{canary}.png"}
        )
    )
    agreed(person.post("/api/auth/forgot-password", {"email": f"{person.username}@example.org"}))
    for session in (host_session(person), host_session(host, max_participants=2)):
        join(person, session)
        once = {"Idempotency-Key": f"{canary}{session}"}
        said = agreed(person.post(f"{session}/messages", {"content": canary}, headers=once))
        agreed(person.patch(f"{session}/messages/{said['id']}", {"content": f"{canary}, again"}))
        assert canary in heard(person, session)[0][1]
    agreed(person.get(f"{BASE}?q={canary}"))
    return person
