"""How sessions end, and what is left of them."""

from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.clock import now
from chassis.testing import User, a_user
from havruta_service import completion, coverage, havrutas, navigation, presence, progress, sessions
from havruta_service.catalogue import catalogue
from havruta_service.models import HavrutaSession, db
from havruta_service.presence import Interval, seconds_with
from havruta_service.progress import merged
from havruta_service.reference_reader import parse
from havruta_service.references import Reference

GENESIS = catalogue().find("Genesis")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def emptied(client: FlaskClient) -> None:
    """What a test wrote is removed afterwards."""


def read(make: Any, session: HavrutaSession) -> Any:
    return make(lambda: db.session.get(HavrutaSession, session.id))


def test_a_session_without_moves_covers_the_passage_where_it_began(make: Any, ruth: User) -> None:
    session = make.session(make.havruta(ruth))
    ended = make(completion.end, session.id, ruth.id)
    assert (ended.coverage_range, ended.ending_section, ended.segments) == (
        "Genesis 1:1",
        "Genesis 1:1",
        1,
    )


def test_coverage_runs_from_first_to_last_passage_in_text_order(make: Any, ruth: User) -> None:
    session = make.session(make.havruta(ruth))
    for ref in ("Genesis 10:1", "Genesis 2:1", "Genesis 9:5"):
        make(navigation.go_to, session.id, ruth.id, ref, None)
    ended = make(completion.end, session.id, ruth.id)
    assert ended.coverage_range == "Genesis 1:1 to Genesis 10:1"
    assert ended.ending_section == "Genesis 9:5"
    assert ended.sections_studied == ["Genesis 1", "Genesis 10", "Genesis 2", "Genesis 9"]


def test_an_empty_session_ends_by_itself_after_five_minutes(make: Any, ruth: User) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        havruta = make.havruta(ruth)
        session = make.session(havruta)
        make(navigation.go_to, session.id, ruth.id, "Genesis 3:1", None)
    with time_machine.travel(start + 5 * MINUTE - timedelta(seconds=1), tick=False):
        assert make(completion.end_overdue) == 0
    with time_machine.travel(start + 5 * MINUTE, tick=False):
        assert make(completion.end_overdue) == 1
        assert make(completion.end_overdue) == 0
    ended = read(make, session)
    assert (ended.status, ended.end_reason, ended.ending_section) == (
        "completed",
        "empty",
        "Genesis 3:1",
    )
    assert ended.end_time == ended.start_time
    assert make(havrutas.get, havruta.id, ruth.id).last_place == "Genesis 3:1"


def test_a_session_ends_by_itself_after_twelve_hours(make: Any, ruth: User) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        session = make.session(make.havruta(ruth))
    with time_machine.travel(start + timedelta(hours=12) - timedelta(seconds=30), tick=False):
        make(presence.heartbeat, session.id, ruth.id)
        assert make(completion.end_overdue) == 0
    with time_machine.travel(start + timedelta(hours=12), tick=False):
        assert make(completion.end_overdue) == 1
    assert read(make, session).end_reason == "too_long"


def test_an_overdue_session_does_not_stand_in_the_way_of_the_next(make: Any, ruth: User) -> None:
    havruta = make.havruta(ruth)
    session = make.session(havruta)
    make(navigation.go_to, session.id, ruth.id, "Genesis 3:1", None)
    with time_machine.travel(now() + 6 * MINUTE, tick=False):
        following = make(sessions.start_now, havruta.id, ruth.id)
    assert following.starting_section == "Genesis 3:1"
    assert read(make, session).end_reason == "empty"


def test_minutes_of_presence_are_counted_for_each_member_and_together(
    make: Any, ruth: User, boaz: User
) -> None:
    start = now().replace(microsecond=0)
    with time_machine.travel(start, tick=False):
        havruta = make.havruta(ruth, boaz)
        session = make.session(havruta)
    stay(make, session, start, {ruth: range(31), boaz: range(10, 21)})
    with time_machine.travel(start + 20 * MINUTE, tick=False):
        make(presence.leave, session.id, boaz.id)
    with time_machine.travel(start + 30 * MINUTE, tick=False):
        ended = make(completion.end, session.id, ruth.id)
    assert (ended.minutes, ended.minutes_together) == (30, 10)
    studied = make(progress.of_havruta, havruta.id, ruth.id)
    assert {m.user_id: m.minutes for m in studied.members} == {ruth.id: 30, boaz.id: 10}


def stay(make: Any, session: HavrutaSession, start: datetime, minutes: dict[User, range]) -> None:
    """A heartbeat of each person at each of their minutes."""
    for minute in sorted(set().union(*minutes.values())):
        with time_machine.travel(start + minute * MINUTE, tick=False):
            for user, own in minutes.items():
                if minute in own:
                    make(presence.heartbeat, session.id, user.id)


def test_progress_counts_a_passage_studied_twice_once(make: Any, ruth: User) -> None:
    havruta = make.havruta(ruth)
    for refs in (["Genesis 1:31"], ["Genesis 1:5", "Genesis 2:3"], ["Genesis 4:1"]):
        session = make.session(havruta)
        for ref in refs:
            make(navigation.go_to, session.id, ruth.id, ref, None)
        make(completion.end, session.id, ruth.id)
    studied = make(progress.of_havruta, havruta.id, ruth.id)
    # The second session began at 1:31 and the third at 2:3, where the one before had ended.
    assert studied.ranges == ["Genesis 1:1-4:1"]
    assert (studied.segments, studied.sessions) == (81, 3)
    assert studied.studied_percent == 5.3


def test_a_new_havruta_has_no_progress(make: Any, ruth: User) -> None:
    studied = make(progress.of_havruta, make.havruta(ruth).id, ruth.id)
    assert (studied.sessions, studied.ranges, studied.studied_percent, studied.minutes) == (
        0,
        [],
        0,
        0,
    )


def test_history_shows_completed_sessions_with_their_attendees(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    make.plan(havruta)
    first = make.session(havruta, boaz)
    make(completion.end, first.id, ruth.id)
    second = make.session(havruta)
    make(completion.end, second.id, ruth.id)
    page = client.get(f"/api/havrutas/{havruta.id}/history?limit=1", user=boaz).json
    rest = client.get(f"/api/havrutas/{havruta.id}/history?cursor={page['next']}", user=boaz).json
    shown = page["items"] + rest["items"]
    assert [s["id"] for s in shown] == [str(second.id), str(first.id)]
    assert [len(s["attendees"]) for s in shown] == [1, 2]


positions = st.integers(0, GENESIS.length - 1)
ranges = st.tuples(positions, positions).map(lambda pair: Reference(GENESIS, min(pair), max(pair)))


@given(st.lists(ranges, max_size=8))
def test_merged_ranges_hold_exactly_the_same_passages(found: list[Reference]) -> None:
    result = merged(found)
    assert sum(studied.segments for studied in result) == len(passages_of(found))
    assert passages_of(result) == passages_of(found)


def passages_of(references: list[Reference]) -> set[int]:
    spans = (range(reference.first, reference.last + 1) for reference in references)
    return set().union(*spans)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6), st.integers(1, 3))
def test_time_together_equals_a_count_second_by_second(
    spans: list[tuple[int, int]], people: int
) -> None:
    start = now()
    spans = [(min(span), max(span)) for span in spans]
    intervals = [
        Interval(a_user().id, start + timedelta(seconds=begin), start + timedelta(seconds=end))
        for begin, end in spans
    ]
    present = [0] * 50
    for begin, end in spans:
        for second in range(begin, end):
            present[second] += 1
    counted = [number for number in present if number >= people]
    assert seconds_with(intervals, people) == len(counted)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(positions, max_size=5),
    steps=st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 120)), max_size=8),
)
def test_stored_coverage_and_minutes_equal_those_computed_again(
    make: Any, moves: list[int], steps: list[tuple[bool, bool, int]]
) -> None:
    owner, other = a_user("ruth"), a_user("boaz")
    start = now()
    with time_machine.travel(start, tick=False):
        session = make.session(make.havruta(owner, other), other)
    for index in moves:
        make(navigation.go_to, session.id, owner.id, str(Reference(GENESIS, index, index)), None)
    elapsed = accumulate(seconds for _, _, seconds in steps)
    for (is_owner, here, _), at in zip(steps, elapsed, strict=True):
        user: User = owner if is_owner else other
        with time_machine.travel(start + timedelta(seconds=at), tick=False):
            make(presence.heartbeat if here else presence.leave, session.id, user.id)
    last = sum(seconds for _, _, seconds in steps)
    with time_machine.travel(start + timedelta(seconds=last), tick=False):
        ended = make(completion.end, session.id, owner.id)
    again = make(coverage.of_session, ended, GENESIS)
    assert (ended.coverage_range, ended.segments) == (again.span.coverage, again.span.segments)
    assert (ended.minutes, ended.minutes_together) == (again.minutes, again.minutes_together)
    assert ended.sections_studied == again.sections
    studied = [0, *moves]
    assert parse(ended.coverage_range) == Reference(GENESIS, min(studied), max(studied))
