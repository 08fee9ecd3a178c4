"""Many calls at the same time: the counter equals the active rows and never exceeds the seats."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from chassis import testing
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.errors import Conflict, Forbidden, Problem
from chassis.testing import overtaken, race
from chassis.testing.races import ROUNDS
from chassis.versions import ExpectedVersion
from study_session_service import attendance, chat, erasure, participation, sessions
from study_session_service.models import SessionType, db
from study_session_service.seats import SessionFull

from .support.invariants import violations

HOST = "SELECT host_id FROM study_sessions"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service by itself: without Redis nothing is published or kept, and all time goes into the races."""
    nowhere = "redis://127.0.0.1:1/0"
    with testing.service(
        "study_session_service", CACHE_URL=nowhere, EVENTS_URL=nowhere, DATABASE_POOL_SIZE="40"
    ) as app:
        yield app


@pytest.fixture(autouse=True)
def clean(app: Flask) -> Iterator[None]:
    yield
    testing.empty(app)


@pytest.fixture
def do(app: Flask) -> Callable[..., Any]:
    """Run a rule as a request would, in a transaction of its own, and return its result or its problem."""

    def run(rule: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            try:
                return in_transaction(db.session, lambda: rule(*args, **kwargs))
            except Problem as problem:
                return problem

    return run


@pytest.fixture
def a_session(do: Callable[..., Any]) -> Callable[[int], tuple[UUID, UUID]]:
    """A session with so many seats, and its host."""

    def make(seats: int) -> tuple[UUID, UUID]:
        host = uuid4()
        details = {
            "title": "Berakhot",
            "subject": "Talmud",
            "session_type": SessionType.SILENT,
            "latitude": 31.778,
            "longitude": 35.235,
            "start_time": now() + timedelta(hours=1),
            "duration_minutes": 60,
            "max_participants": seats,
        }
        return do(lambda: sessions.create(host, details).session.id), host

    return make


def one(app: Flask, query: str) -> Any:
    with app.app_context():
        return db.session.execute(text(query)).scalar_one()


def test_forty_concurrent_joins_take_ten_seats(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    # A count that is not taken under the lock fails in each of these rounds.
    rounds = [a_session(11)[0] for _ in range(4 * ROUNDS)]
    for session_id in rounds:
        joined = race([lambda s=session_id: do(participation.join, s, uuid4()) for _ in range(40)])
        assert sum(not isinstance(outcome, Problem) for outcome in joined) == 10
        assert sum(isinstance(outcome, SessionFull) for outcome in joined) == 30
    assert violations(app) == []
    assert one(app, "SELECT sum(current_participants) FROM study_sessions") == 11 * len(rounds)


@pytest.mark.usefixtures("race_round", "tried_once")
def test_twenty_people_who_join_twice_take_ten_seats(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    session_id, people = a_session(11)[0], [uuid4() for _ in range(20)]
    joined = race([lambda p=person: do(participation.join, session_id, p) for person in people * 2])
    joinings = [outcome for outcome in joined if not isinstance(outcome, Problem)]
    assert len({joining.user_id for joining in joinings}) == 10
    assert sum(joining.is_new for joining in joinings) == 10
    assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_a_random_walk_keeps_the_counter_correct(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    session_id, host = a_session(4)
    people = [uuid4() for _ in range(8)]

    def change_seats() -> Any:
        version = one(app, "SELECT version FROM study_sessions")
        return do(
            sessions.change,
            session_id,
            host,
            ExpectedVersion.one(version),
            {"max_participants": random.randint(2, 6)},
        )

    def step(number: int) -> Any:
        person = random.choice(people)
        return random.choices(
            [
                lambda: do(participation.join, session_id, person),
                lambda: do(participation.join, session_id, person, waitlist=True),
                lambda: do(participation.leave, session_id, person),
                lambda: (
                    do(participation.remove, session_id, host, person) if number % 40 == 0 else None
                ),
                change_seats,
            ],
            [5, 5, 6, 1, 2],
        )[0]()

    for first in range(0, 120, 8):
        outcomes = race([lambda n=number: step(n) for number in range(first, first + 8)])
        assert all(
            isinstance(o, Conflict | Forbidden) or not isinstance(o, Problem) or o.status < 500
            for o in outcomes
        )
        assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_people_who_had_a_seat_before_wait_while_their_hosts_change(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    session_id, host = a_session(3)
    people = [uuid4() for _ in range(6)]
    for person in people:
        do(participation.join, session_id, person)
        do(participation.leave, session_id, person)

    def step() -> Any:
        person = random.choice(people)
        return random.choices(
            [
                lambda: do(participation.join, session_id, person, waitlist=True),
                lambda: do(participation.leave, session_id, person),
                lambda: do(participation.hand_over, session_id, one(app, HOST), person),
                lambda: do(participation.hand_over, session_id, person, host),
                lambda: do(attendance.mark, session_id, one(app, HOST), person, attended=True),
                lambda: do(participation.remove, session_id, one(app, HOST), person),
                lambda: do(erasure.erase, person),
            ],
            [30, 30, 10, 10, 10, 1, 1],
        )[0]()

    with time_machine.travel(now() + timedelta(minutes=61)):
        for _ in range(12):
            outcomes = race([step] * 8)
            failed = [o for o in outcomes if isinstance(o, Problem) and o.status >= 500]
            assert failed == []
            assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_each_released_seat_goes_to_one_waiting_person(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    session_id, _ = a_session(6)
    seated, waiting = [uuid4() for _ in range(5)], [uuid4() for _ in range(8)]
    for person in seated:
        do(participation.join, session_id, person)
    for person in waiting:
        do(participation.join, session_id, person, waitlist=True)
    race([lambda p=person: do(participation.leave, session_id, p) for person in seated])
    assert violations(app) == []
    joinings = [do(participation.join, session_id, p, waitlist=True) for p in waiting]
    assert [joining.participant is not None for joining in joinings] == [True] * 5 + [False] * 3
    promotions = "SELECT count(*) FROM outbox WHERE body->'data'->>'kind' = 'waitlist_promotion'"
    assert one(app, promotions) == 5


def test_a_seat_that_older_code_gives_up_meanwhile_is_given_up_once(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    (session_id, _), person = a_session(5), uuid4()
    do(participation.join, session_id, person)
    # It takes no turn, and locks the row alone.
    change = """
        UPDATE session_participants SET is_active = false, left_at = now() WHERE role = 'participant';
        UPDATE study_sessions SET current_participants = current_participants - 1
    """
    overtaken(app, change, lambda: do(participation.leave, session_id, person))
    assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_a_handover_and_the_leaving_exclude_each_other(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    (session_id, host), other = a_session(5), uuid4()
    do(participation.join, session_id, other)
    handed_over, left = race(
        [
            lambda: do(participation.hand_over, session_id, host, other),
            lambda: do(participation.leave, session_id, other),
        ]
    )
    assert isinstance(handed_over, Problem) != isinstance(left, Problem)
    assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_messages_of_the_older_application_are_numbered_among_the_others(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    (session_id, host), other = a_session(5), uuid4()
    do(participation.join, session_id, other)
    before = one(app, "SELECT last_seq FROM study_sessions")
    statement = (
        "INSERT INTO chat_messages (session_id, user_id, content) VALUES (:session, :user, 'Hello')"
    )
    values = {"session": session_id, "user": other}
    works: list[Callable[[], Any]] = [
        lambda: do(db.session.execute, text(statement), values),
        lambda: do(chat.send, session_id, host, "Hello", None),
    ]
    outcomes = race(works * 8)
    assert not any(isinstance(outcome, Problem) for outcome in outcomes)
    numbers = one(app, "SELECT array_agg(seq ORDER BY seq) FROM chat_messages")
    assert numbers == list(range(before + 1, before + 17))
    assert one(app, "SELECT last_seq FROM study_sessions") == before + 16


@pytest.mark.usefixtures("race_round", "tried_once")
def test_a_removed_participant_sends_no_more_messages(
    app: Flask, do: Callable[..., Any], a_session: Any
) -> None:
    (session_id, host), other = a_session(5), uuid4()
    do(participation.join, session_id, other)
    sent, removed = race(
        [
            lambda: do(chat.send, session_id, other, "Still here", None),
            lambda: do(participation.remove, session_id, host, other),
        ]
    )
    assert removed is None
    assert isinstance(sent, tuple | Forbidden)
    late = """
        SELECT count(*) FROM chat_messages m JOIN session_participants p USING (session_id, user_id)
        WHERE p.removed_at IS NOT NULL AND m.seq > (
            SELECT max(o.seq) FROM outbox o WHERE o.stream = 'room:study-session:' || m.session_id
            AND o.body->>'type' = 'removed')
    """
    assert one(app, late) == 0
