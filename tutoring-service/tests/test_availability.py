"""When a tutor works, and which of these times are free."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import testing
from chassis.testing import race
from tutoring_service import availability
from tutoring_service.models import TutorAvailability
from tutoring_service.scheduling.wall_time import minutes_between, occurrence
from tutoring_service.states import Weekday

HALF_AN_HOUR = timedelta(minutes=30)
WEEKDAYS = [{"weekday": "Tuesday", "start_time": "09:00", "end_time": "12:00"}]


def declare(school: Any, weekly: Any = None, exceptions: Any = (), user: Any = None) -> Any:
    body = {
        "timezone": "Europe/Berlin",
        "weekly": WEEKDAYS if weekly is None else weekly,
        "exceptions": exceptions,
    }
    return school.client.put("/api/tutors/me/availability", user=user or school.tutor, json=body)


def slots(school: Any, query: str) -> list[str]:
    shown = school.client.get(f"/api/tutors/{school.tutor.id}/slots?{query}", user=school.student)
    return [slot["starts_at"][5:16] for slot in shown.json["items"]]


def test_slots_fill_the_hours_that_bookings_leave(school: Any) -> None:
    assert declare(school).status_code == 200
    school.session(start_time="10:00", end_time="10:45")
    found = slots(school, "from=2030-01-07&to=2030-01-15&duration=60")
    assert found == ["01-08T08:00", "01-08T09:45", "01-15T08:00", "01-15T09:00", "01-15T10:00"]


def test_an_exception_replaces_the_hours_of_its_date(school: Any) -> None:
    off = {"date": "2030-01-08", "hours": []}
    extra = {"date": "2030-01-09", "hours": [{"start_time": "22:00", "end_time": "00:00"}]}
    declare(school, exceptions=[off, extra])
    assert slots(school, "from=2030-01-07&to=2030-01-10&duration=120") == ["01-09T21:00"]


def test_hours_that_end_before_they_start_are_refused(school: Any) -> None:
    refused = declare(school, [{"weekday": "Tuesday", "start_time": "12:00", "end_time": "09:00"}])
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/weekly/0/end_time"
    assert declare(school, user=school.student).status_code == 403


@pytest.mark.usefixtures("race_round")
def test_hours_declared_concurrently_get_consecutive_versions(school: Any) -> None:
    answers = race([lambda: declare(school)] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json["version"] for answer in answers) == [1, 2, 3, 4]


def test_a_slot_search_is_bounded(school: Any) -> None:
    declare(school)
    path = f"/api/tutors/{school.tutor.id}/slots"
    assert (
        school.client.get(f"{path}?from=2030-01-01&to=2031-01-01", user=school.student).status_code
        == 422
    )
    assert school.client.get(f"/api/tutors/{uuid4()}/slots", user=school.student).status_code == 404


def test_a_session_outside_the_hours_is_booked_only_with_force(school: Any) -> None:
    declare(school)
    refused = school.book(start_time="11:30", end_time="12:30")
    assert (refused.status_code, refused.json["code"]) == (409, "outside_working_hours")
    session = school.session(start_time="09:00", end_time="10:00")
    assert school.patch(session, {"start_time": "13:00"}).json["code"] == "outside_working_hours"
    assert school.patch(session, {"start_time": "13:00"}, force=True).status_code == 200
    assert school.book(start_time="20:00", end_time="21:00", force=True).status_code == 201


def test_a_slot_search_over_years_takes_two_queries(app: Flask, school: Any) -> None:
    exceptions = [
        {"date": (date(2030, 1, 1) + timedelta(days=n)).isoformat(), "hours": []}
        for n in range(0, 730, 2)
    ]
    declare(school, exceptions=exceptions)
    school.session(rrule="FREQ=DAILY;COUNT=366", force=True)
    with testing.count_queries(app) as statements:
        slots(school, "from=2030-01-07&to=2030-03-31&duration=30")
    assert len(statements) == 2


def at(hour: int, minute: int = 0, day: int = 8) -> datetime:
    return datetime(2030, 1, day, hour, minute, tzinfo=UTC)


def hours_of(*weekly: tuple[str, str, str]) -> TutorAvailability:
    """The availability of a tutor in UTC with these weekly hours."""
    rows = [{"weekday": day, "start_time": start, "end_time": end} for day, start, end in weekly]
    return TutorAvailability(timezone="UTC", weekly=rows, exceptions=[])


def test_touching_stretches_are_joined_and_empty_ones_dropped() -> None:
    spans = [(at(11), at(12)), (at(9), at(10)), (at(10), at(11)), (at(13), at(13))]
    assert availability.joined(spans) == [(at(9), at(12))]


def test_a_stretch_within_another_does_not_shorten_it() -> None:
    assert availability.joined([(at(9), at(12)), (at(10), at(11))]) == [(at(9), at(12))]


def test_hours_around_midnight_are_one_stretch() -> None:
    declared = hours_of(("Tuesday", "22:00", "00:00"), ("Wednesday", "00:00", "02:00"))
    found = availability.working(declared, at(0), at(0, day=10))
    assert found == [(at(22), at(2, day=9))]


def test_the_hours_of_the_evening_before_reach_into_the_period() -> None:
    declared = hours_of(("Monday", "20:00", "00:00"), ("Tuesday", "00:00", "01:00"))
    assert availability.working(declared, at(0, 30), at(12)) == [(at(20, day=7), at(1))]


def test_sessions_are_cut_out_of_the_working_hours() -> None:
    hours = [(at(9), at(12)), (at(14), at(16))]
    busy = [(at(8), at(9, 30)), (at(10), at(10, 30)), (at(11, 30), at(14, 15)), (at(18), at(19))]
    found = [span for span in availability.free(hours, busy) if span[0] < span[1]]
    assert found == [(at(9, 30), at(10)), (at(10, 30), at(11, 30)), (at(14, 15), at(16))]


def test_only_whole_slots_are_cut_within_the_period() -> None:
    period = at(9, 30), at(12)
    found = availability.cut([(at(9), at(11, 15)), (at(11, 45), at(13))], *period, HALF_AN_HOUR)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == ["09:30", "10:00", "10:30"]


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        ("09:00", "12:00", True),
        ("08:59", "10:00", False),
        ("11:30", "12:01", False),
        ("13:00", "14:00", False),
    ],
)
def test_a_session_partly_outside_the_hours_counts_as_outside(
    app: Flask, school: Any, start: str, end: str, inside: bool
) -> None:
    declare(school)
    begin = time.fromisoformat(start)
    minutes = minutes_between(begin, time.fromisoformat(end))
    wanted = occurrence(date(2030, 1, 8), begin, minutes, "Europe/Berlin")
    with app.app_context():
        outside = availability.outside_hours(school.tutor.id, [wanted])
    assert (outside == []) is inside


def test_a_tutor_who_has_declared_nothing_works_at_any_hour(app: Flask, school: Any) -> None:
    night = occurrence(date(2030, 1, 8), time(3), 60, "Europe/Berlin")
    with app.app_context():
        assert availability.outside_hours(school.tutor.id, [night]) == []


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
MINUTES = st.integers(0, 95).map(lambda quarter: quarter * 15)


@st.composite
def hours(draw: Any) -> dict[str, Any]:
    start = draw(MINUTES)
    end = draw(st.integers(start // 15 + 1, 96)) * 15 % 1440
    return {"start_time": _time(start), "end_time": _time(end)}


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    zone=st.sampled_from(ZONES),
    weekly=st.lists(st.tuples(st.sampled_from(list(Weekday)), hours()), max_size=6),
    exceptions=st.dictionaries(st.integers(0, 4), st.lists(hours(), max_size=2), max_size=2),
    taken=st.lists(st.tuples(st.integers(0, 96 * 4), st.integers(1, 20)), max_size=8),
    minutes=st.sampled_from([15, 45, 60, 180]),
    first=st.sampled_from([date(2026, 3, 27), date(2026, 10, 30), date(2026, 6, 1)]),
)
def test_the_slots_match_a_count_minute_by_minute(
    zone: str, weekly: Any, exceptions: Any, taken: Any, minutes: int, first: date
) -> None:
    since = datetime.combine(first, time(), UTC)
    until = since + timedelta(days=4)
    declared = TutorAvailability(
        tutor_id=uuid4(),
        timezone=zone,
        weekly=[{"weekday": day, **one} for day, one in weekly],
        exceptions=[
            {"date": (first + timedelta(days=n)).isoformat(), "hours": given_hours}
            for n, given_hours in exceptions.items()
        ],
    )
    busy = [
        (since + timedelta(minutes=15 * start), since + timedelta(minutes=15 * (start + length)))
        for start, length in taken
    ]
    found = availability.cut(
        availability.free(availability.working(declared, since, until), availability.joined(busy)),
        since,
        until,
        timedelta(minutes=minutes),
    )
    assert [slot.starts_at for slot in found] == _by_minutes(declared, busy, since, until, minutes)


def _by_minutes(
    declared: Any, busy: Any, since: datetime, until: datetime, minutes: int
) -> list[datetime]:
    """What `slots` should find, minute by minute."""
    found, run, moment = [], 0, since
    while moment < until:
        run = run + 1 if _is_free(declared, busy, moment) else 0
        moment += timedelta(minutes=1)
        if run == minutes:
            found.append(moment - timedelta(minutes=minutes))
            run = 0
    return found


def _is_free(declared: Any, busy: Any, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(declared.timezone))
    exception = [e["hours"] for e in declared.exceptions if e["date"] == local.date().isoformat()]
    weekly = [h for h in declared.weekly if Weekday(h["weekday"]).number == local.weekday()]
    zone, day = declared.timezone, local.date()
    hours_of_day = exception[0] if exception else weekly
    works = any(
        _shown(zone, day, _minute(h["start_time"]))
        <= moment
        < _shown(zone, day, _minute(h["end_time"]) or 1440)
        for h in hours_of_day
    )
    return works and not any(start <= moment < end for start, end in busy)


@cache
def _shown(zone: str, day: date, minute: int) -> datetime:
    """The first moment at which the clocks show this minute of the day; if they skip it, an hour later."""
    wanted = (day + timedelta(days=minute // 1440), minute % 1440)
    moment = datetime.combine(day, time(), UTC) - timedelta(hours=15)
    for _ in range(3 * 1440):
        local = moment.astimezone(ZoneInfo(zone))
        if (local.date(), local.hour * 60 + local.minute) == wanted:
            return moment
        moment += timedelta(minutes=1)
    return _shown(zone, day, minute + 60)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:5])
