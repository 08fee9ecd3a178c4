"""The primary database server is killed under load, and its standby takes over.

`LYCEUM_SOAK=1` makes it long, with 3,000 acknowledged actions; and strict about how soon people go on.
"""

import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
import requests

from dev.ephemeral import LOW_COST, EphemeralPlatform

from .support.people import PASSWORD, Person, Visitor, eventually, register, sign_in
from .support.replicas import Pair, replicated
from .support.study_sessions import host_session
from .support.traffic import Reader, Traffic

pytestmark = pytest.mark.needs("database servers of its own")

LONG = os.environ.get("LYCEUM_SOAK") == "1"
ACTIONS = 3000 if LONG else 300
PEOPLE, SESSIONS, READERS = 8, 4, 2
WITHIN = 60.0  # seconds: the machine is busy with other tests
RECOVERED_WITHIN = 5.0 if LONG else WITHIN  # seconds from the promotion to the next action
STUDY = "study-session-service"
MESSAGES = "SELECT client_message_id, seq FROM chat_messages WHERE session_id = %s"
EVENTS = "SELECT last_seq FROM study_sessions WHERE id = %s"


class Registrations:
    """People who open accounts one after the other, as long as the block runs."""

    def __init__(self, gateway: str) -> None:
        self.acknowledged: list[str] = []
        self._visitor = Visitor(gateway)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            name = f"naomi-{secrets.token_hex(4)}"
            account = {"username": name, "email": f"{name}@example.org", "display_name": "Naomi"}
            account["password"] = PASSWORD
            # Without an answer nobody knows whether there is an account.
            if self._visitor.post("/api/auth/register", account).status_code == 201:
                self.acknowledged.append(name)


@dataclass
class Aftermath:
    """The state after the failover, once people have acted for a while on the new primary."""

    platform: EphemeralPlatform
    pair: Pair
    people: Sequence[Person]
    traffic: Traffic
    recovered_after: float
    accounts: Sequence[str]
    sessions: Sequence[str]
    readers: Sequence[Reader]

    def rows(self, query: LiteralString, session: str) -> Sequence[tuple[Any, ...]]:
        """The rows of a query about a session."""
        with psycopg.connect(self.platform.database_url(STUDY)) as connection:
            return connection.execute(query, [session.rpartition("/")[2]]).fetchall()


@pytest.fixture(scope="module")
def aftermath() -> Iterator[Aftermath]:
    with (
        replicated(synchronous=True) as pair,
        EphemeralPlatform(
            pair.url("read-write"),
            replica_url=pair.url("prefer-standby"),
            password_cost=LOW_COST,
        ) as platform,
    ):
        people = [register(platform.gateway_url) for _ in range(PEOPLE)]
        sessions = [host_session(people[0], max_participants=5) for _ in range(SESSIONS)]
        traffic = Traffic(people[1:], sessions, seed=ACTIONS)
        readers = [Reader(people[0], sessions[0], seed) for seed in range(READERS)]
        registrations = Registrations(platform.gateway_url)
        with traffic.flowing(), registrations:
            eventually(lambda: traffic.done >= ACTIONS / 2, within=600)
            pair.primary.kill()
            before = traffic.done + len(people)  # of each one action may have been acknowledged
            pair.standby.promote()
            promoted_at = time.monotonic()
            eventually(lambda: traffic.done > before, WITHIN)
            recovered_after = time.monotonic() - promoted_at
            eventually(lambda: traffic.done >= ACTIONS, within=600)
        accounts = registrations.acknowledged
        yield Aftermath(
            platform, pair, people, traffic, recovered_after, accounts, sessions, readers
        )


def test_each_acknowledged_message_is_stored_once_and_no_other(aftermath: Aftermath) -> None:
    for session in aftermath.sessions:
        sent = [words for words, where in aftermath.traffic.sent.items() if where == session]
        written = [words for words, _ in aftermath.rows(MESSAGES, session)]
        assert len(sent) > 5
        assert sorted(written) == sorted(sent)


def test_each_acknowledged_account_is_there(aftermath: Aftermath) -> None:
    platform = aftermath.platform
    assert len(aftermath.accounts) > 5
    with psycopg.connect(platform.database_url("user-service")) as connection:
        known = {name for (name,) in connection.execute("SELECT username FROM users")}
    assert set(aftermath.accounts) <= known
    assert sign_in(platform.gateway_url, aftermath.accounts[-1], PASSWORD)


def test_people_go_on_soon_after_the_promotion(aftermath: Aftermath) -> None:
    assert aftermath.recovered_after < RECOVERED_WITHIN


def test_a_reader_of_a_live_stream_sees_each_event_once_and_in_order(aftermath: Aftermath) -> None:
    [(last,)] = aftermath.rows(EVENTS, aftermath.sessions[0])
    for reader in aftermath.readers:
        assert reader.read_to(last) == list(range(1, last + 1))


def test_what_was_the_primary_comes_back_as_the_replica(aftermath: Aftermath) -> None:
    service, pair = aftermath.platform.service_url(STUDY), aftermath.pair

    def replica() -> str:
        answer = requests.get(f"{service}/readyz", timeout=WITHIN)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["checks"]["replica"])

    assert replica() == "degraded"
    with pair.rejoined():
        eventually(lambda: replica() == "ok", WITHIN)
