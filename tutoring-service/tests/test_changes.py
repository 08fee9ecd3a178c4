"""What a change comes to, before anything is written."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from chassis.errors import Invalid
from tutoring_service.models import SessionBooking, TutoringSession
from tutoring_service.scheduling.changes import (
    Change,
    NotChangeable,
    Wanted,
    check_changeable,
)
from tutoring_service.scheduling.series import Move
from tutoring_service.states import Scope, SessionStatus

TUESDAY = date(2030, 1, 8)


def a_session(**columns: Any) -> TutoringSession:
    """A session on a Tuesday from 10 to 11, without a database."""
    plain = {
        "session_date": TUESDAY,
        "start_time": time(10),
        "end_time": time(11),
        "duration": 60,
        "status": SessionStatus.SCHEDULED,
        "topics": ["Verbs"],
        "is_featured": False,
        "booking": SessionBooking(series_id=None),
    }
    return TutoringSession(**{**plain, **columns})


@pytest.mark.parametrize(
    ("fields", "moves"),
    [
        ({}, False),
        ({"topics": ["Nouns"]}, False),
        ({"session_date": TUESDAY, "start_time": time(10), "end_time": time(11)}, False),
        ({"session_date": TUESDAY + timedelta(days=1)}, True),
        ({"start_time": time(10, 30)}, True),
        ({"end_time": time(11, 30)}, True),
    ],
)
def test_a_session_moves_if_a_time_differs(fields: dict[str, Any], moves: bool) -> None:
    assert Wanted(fields).moves(a_session()) is moves


@pytest.mark.parametrize(
    ("fields", "move"),
    [
        ({"session_date": date(2030, 1, 15)}, Move(7, None, 60)),
        ({"session_date": date(2030, 1, 7)}, Move(-1, None, 60)),
        # A start alone keeps the length; an end alone changes it.
        ({"start_time": time(12)}, Move(0, time(12), 60)),
        ({"end_time": time(11, 30)}, Move(0, None, 90)),
        ({"start_time": time(23), "end_time": time(0, 30)}, Move(0, time(23), 90)),
        # A start that is repeated unchanged is not a new one: each occurrence keeps its own.
        ({"start_time": time(10), "session_date": date(2030, 1, 9)}, Move(1, None, 60)),
    ],
)
def test_a_move_consists_of_days_a_start_time_and_a_length(
    fields: dict[str, Any], move: Move
) -> None:
    assert Wanted(fields).move_of(a_session()) == move


def test_a_missing_duration_is_computed_from_the_times() -> None:
    session = a_session(duration=None, end_time=time(11, 45))
    assert Wanted({"start_time": time(12)}).move_of(session).duration == 105


def test_a_move_beyond_the_longest_duration_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        Wanted({"end_time": time(22, 1)}).move_of(a_session())
    assert refusal.value.errors[0]["pointer"] == "/end_time"


TOPICS = {"topics": ["Nouns"]}
COVERED = {"topics_covered": ["Verbs"]}


@pytest.mark.parametrize(
    ("status", "details", "moved", "allowed"),
    [
        ("scheduled", TOPICS, True, True),
        ("in-progress", TOPICS, False, True),
        ("in-progress", {}, True, False),
        ("completed", COVERED, False, True),
        ("completed", {**COVERED, "is_featured": True}, False, True),
        ("completed", TOPICS, False, False),
        ("completed", {}, True, False),
        ("cancelled", {"is_featured": True}, False, False),
        ("cancelled", {}, True, False),
        # A field that is sent with its present value is no change.
        ("completed", {"topics": ["Verbs"]}, False, True),
        ("cancelled", {"topics": ["Verbs"], "is_featured": False}, False, True),
    ],
)
def test_the_status_decides_what_may_still_be_changed(
    status: str, details: dict[str, Any], moved: bool, allowed: bool
) -> None:
    session = a_session(status=status)
    if allowed:
        check_changeable(session, details, moved=moved)
        return
    with pytest.raises(NotChangeable) as refusal:
        check_changeable(session, details, moved=moved)
    assert refusal.value.extra == {"session_status": status}


@pytest.mark.parametrize(
    ("series_id", "scope", "moved", "splits"),
    [
        (None, Scope.ALL, True, False),
        (3, Scope.THIS, True, False),
        (3, Scope.ALL, True, True),
        (3, Scope.FUTURE, True, True),
        # The following occurrences may later be changed as a series of their own.
        (3, Scope.FUTURE, False, True),
        (3, Scope.ALL, False, False),
    ],
)
def test_the_scope_and_the_move_decide_whether_a_series_is_split(
    series_id: int | None, scope: Scope, moved: bool, splits: bool
) -> None:
    session = a_session(booking=SessionBooking(series_id=series_id))
    change = Change(session, [session], scope, moved, Move(0, None, 60), TOPICS)
    assert change.splits is splits


def test_a_change_without_targets_splits_nothing() -> None:
    session = a_session(booking=SessionBooking(series_id=3))
    assert not Change(session, [], Scope.ALL, True, Move(1, None, 60), {}).splits
