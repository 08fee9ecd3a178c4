"""Seats in a series: joined, waited for, left and taken back at once, also by many at the same time."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis import testing
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.errors import Problem
from chassis.testing import User, a_user, count_queries, race
from chassis.versions import ANY
from study_session_service import erasure, participation
from study_session_service.lists import When
from study_session_service.models import SessionType, db, messages
from study_session_service.participation import JoinedSessionLimitReached
from study_session_service.series import changing, joining, listing, opening
from study_session_service.series.joining import Outcome
from study_session_service.series.scope import Scope

from .support.invariants import violations
from .support.series import BASE, Series, weekly

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service by itself: without Redis nothing is published or kept, and all time goes into the races."""
    nowhere = "redis://127.0.0.1:1/0"
    with testing.service(
        "study_session_service", CACHE_URL=nowhere, EVENTS_URL=nowhere, DATABASE_POOL_SIZE="40"
    ) as app:
        yield app


@pytest.fixture(autouse=True)
def consistent(app: Flask) -> Iterator[None]:
    """After each story the counters are right, and no one waits while a seat is free."""
    yield
    assert violations(app) == []
    testing.empty(app)


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def a_series(client: FlaskClient, open_session: Open, ruth: User) -> Callable[..., Series]:
    def open_as(count: int = 4, **changes: Any) -> Series:
        return Series(client, ruth, open_session(ruth, **{**weekly(count), **changes})["id"])

    return open_as


@pytest.fixture
def requests(app: Flask) -> Callable[[], list[dict[str, Any]]]:
    return lambda: testing.requested_notifications(app, messages)


def taken(found: Series) -> list[int]:
    return [each["current_participants"] for each in found.listed()]


def test_a_series_is_joined_from_a_session_on_or_as_a_whole(
    a_series: Callable[..., Series], boaz: User
) -> None:
    found = a_series(4)
    answer = found.try_to_join(boaz, 2).json["items"]
    assert [(each["session_id"], each["outcome"]) for each in answer] == [
        (session_id, "joined") for session_id in found.ids()[2:]
    ]
    assert taken(found) == [1, 1, 2, 2]
    assert found.join(boaz, 2, scope="this") == ["joined"]
    assert found.join(boaz, 2, scope="all") == ["joined"] * 4
    assert taken(found) == [2, 2, 2, 2]


def test_joining_says_what_came_of_it_in_each(
    client: FlaskClient, a_series: Callable[..., Series], ruth: User, boaz: User
) -> None:
    found, david = a_series(4, max_participants=2), a_user("david")
    ids = found.ids()
    client.post(f"{BASE}/{ids[1]}/join", user=david)
    client.post(f"{BASE}/{ids[2]}/join", user=david)
    client.post(f"{BASE}/{ids[2]}/join", json={"waitlist": True}, user=boaz)
    client.post(f"{BASE}/{ids[3]}/join", user=boaz)
    found.remove(boaz, 3)
    assert found.join(boaz, scope="all") == ["joined", "full", "waiting", "refused"]
    tamar = a_user("tamar")
    answer = found.try_to_join(tamar, scope="all", waitlist=True).json["items"]
    assert [(each["outcome"], each["position"]) for each in answer] == [
        ("waiting", 1),
        ("waiting", 1),
        ("waiting", 2),
        ("joined", None),
    ]
    again = found.try_to_join(tamar, scope="all", waitlist=True).json["items"]
    assert again == answer


def test_the_host_is_told_once_who_joined_and_left(
    a_series: Callable[..., Series],
    requests: Callable[[], list[dict[str, Any]]],
    ruth: User,
    boaz: User,
) -> None:
    found = a_series(3)
    found.join(boaz, scope="all")
    found.join(boaz, scope="all")
    found.leave(boaz, 1)
    told = [
        (each["data"]["kind"], each["data"]["user_ids"], each["data"]["data"]["count"])
        for each in requests()
    ]
    assert told == [("person_joined", [str(ruth.id)], 3), ("person_left", [str(ruth.id)], 2)]
    assert taken(found) == [2, 1, 1]


def test_leaving_gives_up_seats_and_waits_and_the_next_get_them(
    client: FlaskClient, a_series: Callable[..., Series], boaz: User
) -> None:
    found, david = a_series(3, max_participants=2), a_user("david")
    found.join(boaz, 1)
    found.join(david, scope="all", waitlist=True)
    assert found.leave(boaz, scope="all").status_code == 204
    assert found.leave(boaz, scope="all").status_code == 204
    assert len(client.get(f"{BASE}/mine", user=david).json["items"]) == 3
    found.join(boaz, scope="all", waitlist=True)
    found.leave(boaz, scope="all")
    assert client.get(f"{BASE}/mine?role=waiting", user=boaz).json["items"] == []
    assert found.join(boaz, scope="all") == ["full"] * 3


def test_a_host_hands_the_series_over_before_leaving(a_series: Callable[..., Series]) -> None:
    found = a_series(2)
    refused = found.leave(found.host, scope="all")
    assert (refused.status_code, refused.json["code"]) == (409, "transfer_required")
    assert taken(found) == [1, 1]


def test_what_is_over_is_neither_joined_nor_left(
    client: FlaskClient, a_series: Callable[..., Series], boaz: User
) -> None:
    found = a_series(3)
    found.join(boaz, scope="all")
    found.cancel(2)
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert found.join(boaz, scope="all") == ["joined"]
        found.leave(boaz, scope="all")
        [past] = client.get(f"{BASE}/mine?when=past&role=participant", user=boaz).json["items"][1:]
        assert past["status"] == "finished"
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        refused = found.try_to_join(boaz, scope="all")
        assert (refused.status_code, refused.json["code"]) == (409, "session_ended")


def test_removal_from_a_series_is_for_good_and_changes_its_code(
    client: FlaskClient,
    a_series: Callable[..., Series],
    requests: Callable[[], list[dict[str, Any]]],
    boaz: User,
) -> None:
    found = a_series(4, visibility="private")
    code = found.read(0)["join_code"]
    first, *_ = ids = found.ids()
    for session_id in ids[:2]:
        client.post(f"{BASE}/{session_id}/join", json={"join_code": code}, user=boaz)
    requests()
    assert found.remove(boaz, 0, scope="all", reason="Loud").status_code == 204
    [told] = requests()
    assert (told["data"]["kind"], told["data"]["user_ids"]) == ("removed", [str(boaz.id)])
    assert (told["data"]["data"]["count"], told["data"]["data"]["reason"]) == (2, "Loud")
    codes = {found.read(number)["join_code"] for number in range(4)}
    assert len(codes) == 1
    assert codes != {code}
    # Nor into one in which they never were, whatever code they have.
    for session_id in ids:
        answer = client.post(
            f"{BASE}/{session_id}/join", json={"join_code": codes.copy().pop()}, user=boaz
        )
        assert (answer.status_code, answer.json["code"]) == (403, "removed_by_host")
    assert found.remove(boaz, 0, scope="all").status_code == 204
    assert {found.read(number)["join_code"] for number in range(4)} == codes
    assert taken(found) == [1] * 4
    assert client.get(f"{BASE}/{first}", user=boaz).status_code == 404


def test_removal_from_one_leaves_the_seats_in_the_others(
    a_series: Callable[..., Series], boaz: User
) -> None:
    found = a_series(3, visibility="private")
    found.join(boaz, scope="all", join_code=found.read(0)["join_code"])
    assert found.remove(boaz, 1).status_code == 204
    assert taken(found) == [2, 1, 2]
    assert len({found.read(number)["join_code"] for number in range(3)}) == 1
    assert found.remove(a_user(), 1).status_code == 404
    assert found.remove(a_user(), 1, scope="all").status_code == 404
    assert found.remove(found.host, 1, scope="all").json["code"] == "transfer_required"


def test_no_one_joins_more_than_one_person_may(
    app: Flask, a_series: Callable[..., Series], boaz: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JoinedSessionLimitReached, "most", 3)
    found = a_series(4)
    refused = found.try_to_join(boaz, scope="all")
    assert (refused.status_code, refused.json["code"]) == (409, "joined_session_limit_reached")
    assert taken(found) == [1] * 4
    assert found.join(boaz, 1) == ["joined"] * 3


def test_a_year_of_days_is_joined_and_left_with_few_statements(
    app: Flask, a_series: Callable[..., Series], boaz: User
) -> None:
    def statements(days: int) -> tuple[int, int]:
        found = a_series(rrule=f"FREQ=DAILY;COUNT={days}")
        with count_queries(app) as joining:
            assert found.join(boaz, scope="all") == ["joined"] * days
        with count_queries(app) as leaving:
            assert found.leave(boaz, scope="all").status_code == 204
        return len(joining), len(leaving)

    assert statements(366) == statements(2)


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
def raced(do: Callable[..., Any]) -> Callable[..., tuple[list[UUID], UUID]]:
    """The ids of the sessions of a daily series with so many seats each, and its host."""

    def make(sessions: int, seats: int) -> tuple[list[UUID], UUID]:
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
        rule = f"FREQ=DAILY;COUNT={sessions}"
        first = do(lambda: opening.create(host, details, rule, "UTC").session.id)
        listed = do(listing.of_series, first, host, When.UPCOMING, 100, None)
        return [each.session.id for each in listed.items], host

    return make


def counts(app: Flask) -> list[int]:
    with app.app_context():
        query = "SELECT count(*) FROM session_participants WHERE is_active GROUP BY session_id"
        return list(db.session.scalars(text(query)))


@pytest.mark.usefixtures("tried_once")
def test_two_hundred_join_a_series_of_ten_with_ten_places(
    app: Flask, do: Callable[..., Any], raced: Any
) -> None:
    ids, _ = raced(10, 11)
    outcomes = []
    for first in range(0, 200, 40):
        people = [uuid4() for _ in range(first, first + 40)]
        # Each asks at another session: what they lock is in one order all the same.
        outcomes += race(
            [
                lambda p=person, at=at: do(joining.join, ids[at % 10], p, Scope.ALL)
                for at, person in enumerate(people)
            ]
        )
    assert not [each for each in outcomes if isinstance(each, Problem)]
    joined = [part.outcome for each in outcomes for part in each]
    assert (joined.count(Outcome.JOINED), joined.count(Outcome.FULL)) == (100, 1900)
    assert counts(app) == [11] * 10


@pytest.mark.usefixtures("race_round", "tried_once")
def test_people_join_and_leave_one_or_all_while_the_host_changes_them(
    app: Flask, do: Callable[..., Any], raced: Any
) -> None:
    ids, host = raced(5, 4)
    people = [uuid4() for _ in range(6)]
    seats = iter([2, 5, 3, 6, 4] * 20)

    def steps(number: int) -> list[Callable[[], Any]]:
        person, at = people[number % 6], ids[number % 5]
        return [
            lambda: do(joining.join, at, person, Scope.ALL, waitlist=True),
            lambda: do(joining.leave, at, person, Scope.FUTURE),
            lambda: do(participation.join, at, person, waitlist=True),
            lambda: do(participation.leave, at, person),
            lambda: do(
                changing.change,
                at,
                host,
                ANY,
                {"max_participants": next(seats)},
                Scope.ALL,
            ),
        ]

    for number in range(4):
        outcomes = race(steps(number) + steps(number + 3))
        failed = [each for each in outcomes if isinstance(each, Problem) and each.status >= 500]
        assert failed == []
        assert violations(app) == []


@pytest.mark.usefixtures("race_round", "tried_once")
def test_a_host_is_erased_while_people_join(app: Flask, do: Callable[..., Any], raced: Any) -> None:
    ids, host = raced(4, 10)
    people = [uuid4() for _ in range(6)]
    race(
        [
            lambda: do(erasure.erase, host),
            *(lambda p=person: do(joining.join, ids[1], p, Scope.ALL) for person in people),
        ]
    )
    with app.app_context():
        statuses = db.session.scalars(text("SELECT DISTINCT status FROM study_sessions")).all()
    assert statuses == ["cancelled"]


def test_seats_and_waits_are_left_together(
    client: FlaskClient, a_series: Callable[..., Series], boaz: User
) -> None:
    found, david = a_series(3, max_participants=2), a_user("david")
    client.post(f"{BASE}/{found.ids()[1]}/join", user=boaz)
    assert found.join(david, scope="all", waitlist=True) == ["joined", "waiting", "joined"]
    assert found.leave(david, 2, scope="all").status_code == 204
    standing = [each["my_participation"] for each in found.listed(user=david)]
    assert [each and each["is_active"] for each in standing] == [False, None, False]
    assert client.get(f"{BASE}/mine?role=waiting", user=david).json["items"] == []
