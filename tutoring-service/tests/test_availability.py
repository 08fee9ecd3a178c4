"""When a tutor works, and which of these times are free."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import testing
from chassis.testing import HeardOf, a_user, race
from tutoring_service import availability
from tutoring_service.models import TutorAvailability
from tutoring_service.scheduling.wall_time import minutes_between, occurrence
from tutoring_service.states import Weekday

NOTHING, MINUTE, HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)
QUARTER, HALF_AN_HOUR, ONE_DAY = 15 * MINUTE, 30 * MINUTE, 24 * HOUR
WEEKDAYS = [{"weekday": "Tuesday", "start_time": "09:00", "end_time": "12:00"}]


def declare(
    school: Any,
    weekly: Any = None,
    exceptions: Any = (),
    user: Any = None,
    timezone: str = "Europe/Berlin",
) -> Any:
    body = {
        "timezone": timezone,
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
    assert found == ["01-08T08:00", "01-08T10:00", "01-15T08:00", "01-15T09:00", "01-15T10:00"]


def every_day(start: str, end: str) -> list[dict[str, str]]:
    return [{"weekday": day, "start_time": start, "end_time": end} for day in Weekday]


def test_the_slots_of_a_day_are_counted_from_its_first_hour_whenever_one_asks(school: Any) -> None:
    declare(school, every_day("09:00", "18:00"))
    with time_machine.travel("2026-11-28T12:49:56.880501Z", tick=False):
        assert slots(school, "")[:5] == [
            *(f"11-28T{hour}:00" for hour in (13, 14, 15, 16)),
            "11-29T08:00",
        ]
        asked_within_a_slot = slots(school, "from=2027-06-04T09:10:37Z")
        assert asked_within_a_slot[0] == "06-04T10:00"
        today = "from=2026-11-28&to=2026-11-28&tz=Europe/Berlin&duration=90"
        assert slots(school, today) == ["11-28T14:00", "11-28T15:30"]
        assert slots(school, "from=2026-11-27&to=2026-11-27&tz=Europe/Berlin") == []


def test_a_slot_that_begins_now_is_listed_until_it_has_begun(school: Any) -> None:
    declare(school, every_day("09:00", "18:00"))
    with time_machine.travel("2026-11-28T13:00:00Z", tick=False):
        assert slots(school, "")[0] == "11-28T13:00"
    with time_machine.travel("2026-11-28T13:00:00.000001Z", tick=False):
        assert slots(school, "")[0] == "11-28T14:00"


def test_a_tutor_who_works_without_a_break_offers_the_same_slots_on_each_day(school: Any) -> None:
    declare(school, every_day("00:00", "00:00"))
    asked = "to=2030-01-12T23:00:00Z&duration=50"
    whole = slots(school, f"from=2030-01-07T23:00:00Z&{asked}")
    assert len(whole) == 5 * 28
    for since in ("2030-01-08T09:10:00Z", "2030-01-09T22:59:00Z", "2030-01-11T23:00:00Z"):
        assert slots(school, f"from={since}&{asked}") == [s for s in whole if s >= since[5:16]]


def test_a_tutor_who_may_not_teach_the_caller_offers_them_no_slots(
    school: Any, heard: HeardOf
) -> None:
    declare(school)
    week = "from=2030-01-07&to=2030-01-15"
    assert slots(school, week)
    heard.block(school.student, school.tutor)
    assert slots(school, week) == []
    heard.unblock(school.student, school.tutor)
    heard.suspend(school.tutor)
    assert slots(school, week) == []


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2027-10-31"),
        ("Australia/Lord_Howe", "2027-04-04"),
        ("Australia/Lord_Howe", "2027-10-03"),
        ("Africa/Cairo", "2027-04-30"),
        ("America/Nuuk", "2027-03-27"),
        ("Asia/Kathmandu", "2027-06-01"),
    ],
)
@pytest.mark.parametrize("minutes", [45, 60])
def test_each_slot_of_a_night_can_be_booked_in_any_order(
    school: Any, zone: str, day: str, minutes: int
) -> None:
    hours = [("20:00", "00:00"), ("00:00", "05:15"), ("05:15", "06:00")]
    weekly = [one for start, end in hours for one in every_day(start, end)]
    declare(school, weekly, timezone=zone)
    enrollment = school.enroll(a_user("david"), timezone=zone)
    path = f"/api/tutors/{school.tutor.id}/slots?from={day}&to={day}&tz={zone}&duration={minutes}"
    found = school.client.get(path, user=school.student).json["items"]
    assert len(found) > 7 * 60 // minutes
    for slot in Random(minutes).sample(found, len(found)):
        start, end = (
            datetime.fromisoformat(slot[name]).astimezone(ZoneInfo(zone))
            for name in ("starts_at", "ends_at")
        )
        booked = school.session(
            enrolled_courses_id=enrollment,
            session_date=start.date().isoformat(),
            start_time=f"{start:%H:%M}",
            end_time=f"{end:%H:%M}",
        )
        assert (booked["starts_at"], booked["ends_at"]) == (slot["starts_at"], slot["ends_at"])
    assert school.client.get(path, user=school.student).json["items"] == []


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


def test_a_slot_search_over_years_takes_three_queries(app: Flask, school: Any) -> None:
    exceptions = [
        {"date": (date(2030, 1, 1) + timedelta(days=n)).isoformat(), "hours": []}
        for n in range(0, 730, 2)
    ]
    declare(school, exceptions=exceptions)
    school.session(rrule="FREQ=DAILY;COUNT=366", force=True)
    with testing.count_queries(app) as statements:
        slots(school, "from=2030-01-07&to=2030-03-31&duration=30")
    assert len(statements) == 3


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


def test_slots_that_overlap_a_busy_stretch_are_left_out() -> None:
    hours = [(at(9), at(12)), (at(14), at(16))]
    busy = [(at(8), at(9, 30)), (at(10), at(10, 45)), (at(11, 30), at(14, 30)), (at(18), at(19))]
    slots = availability.grid(hours, "UTC", at(0), at(23), HALF_AN_HOUR)
    found = availability.free(slots, busy)
    assert starts(found) == ["09:30", "11:00", "14:30", "15:00", "15:30"]


def test_only_whole_slots_are_cut_within_the_period() -> None:
    hours = [(at(9), at(11, 15)), (at(11, 40), at(13))]
    found = availability.grid(hours, "UTC", at(9, 10, 8), at(12, 30), HALF_AN_HOUR)
    assert starts(found) == ["09:30", "10:00", "10:30", "11:40"]


def test_the_grid_of_a_stretch_over_days_begins_again_at_midnight() -> None:
    """Of one that began on the day before it goes on, until a whole day was worked."""
    found = availability.grid([(at(22), at(4, day=10))], "UTC", at(0), at(23, day=10), 3 * HOUR)
    assert starts(found) == [f"{hour % 24:02}:00" for hour in (*range(22, 46, 3), 48)]


def starts(slots: Any) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in slots]


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


# What follows begins and ends at quarters of an hour, in these zones and in UTC.
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo")
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
    first=st.sampled_from(
        [date(2027, 3, 26), date(2027, 4, 28), date(2027, 10, 29), date(2027, 11, 5)]
    ),
)
def test_the_slots_match_a_count_quarter_by_quarter(
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
    grid = availability.grid(
        availability.working(declared, since, until),
        zone,
        since,
        until,
        timedelta(minutes=minutes),
    )
    found = availability.free(grid, availability.joined(busy))
    expected = _by_quarters(declared, busy, since, until, minutes)
    assert [slot.starts_at for slot in found] == expected


def _by_quarters(
    declared: Any, busy: Any, since: datetime, until: datetime, minutes: int
) -> list[datetime]:
    """What the free slots should be, quarter by quarter."""
    counted_from = _grid_by_quarters(declared, since, until)
    found = []
    for moment, start in counted_from.items():
        slot = [moment + n * QUARTER for n in range(minutes // 15)]
        is_one = moment >= since and start and (moment - start) % (minutes * MINUTE) == NOTHING
        if is_one and all(
            counted_from.get(each) == start and not _is_taken(busy, each) for each in slot
        ):
            found.append(moment)
    return found


def _grid_by_quarters(
    declared: Any, since: datetime, until: datetime
) -> dict[datetime, datetime | None]:
    """For each quarter the one from which slots are counted then, or None if the tutor does not work.

    It begins early enough for each stretch to show its start, or that it goes on for days.
    """
    zone = declared.timezone
    first_day = since.astimezone(ZoneInfo(zone)).date() - timedelta(days=2)
    moment, found = _shown(zone, first_day, 0), {}
    start = working_since = None
    while moment < until:
        day = moment.astimezone(ZoneInfo(zone)).date()
        if not _works(declared, moment):
            start = working_since = None
        elif working_since is None:
            start = working_since = moment
        elif moment == _shown(zone, day, 0) and working_since <= _shown(zone, day - ONE_DAY, 0):
            start = moment
        found[moment] = start
        moment += QUARTER
    return found


def _works(declared: Any, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(declared.timezone))
    exception = [e["hours"] for e in declared.exceptions if e["date"] == local.date().isoformat()]
    weekly = [h for h in declared.weekly if Weekday(h["weekday"]).number == local.weekday()]
    zone, day = declared.timezone, local.date()
    hours_of_day = exception[0] if exception else weekly
    return any(
        _shown(zone, day, _minute(h["start_time"]))
        <= moment
        < _shown(zone, day, _minute(h["end_time"]) or 1440)
        for h in hours_of_day
    )


def _is_taken(busy: Any, moment: datetime) -> bool:
    return any(start <= moment < end for start, end in busy)


@cache
def _shown(zone: str, day: date, minute: int) -> datetime:
    """The first moment at which the clocks show this minute of the day; if they skip it, an hour later."""
    wanted = (day + timedelta(days=minute // 1440), minute % 1440)
    moment = datetime.combine(day, time(), UTC) - timedelta(hours=15)
    for _ in range(3 * 96):
        local = moment.astimezone(ZoneInfo(zone))
        if (local.date(), local.hour * 60 + local.minute) == wanted:
            return moment
        moment += QUARTER
    return _shown(zone, day, minute + 60)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:5])
