"""Each time that is shown can be booked, and no other, also in the nights in which the clocks change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine

from chassis.clock import rfc3339
from chassis.testing import a_user

from .support.booking import EVERY_DAY, Booker

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
# The zones of the tutor and of the course, and the date before which a night of theirs has changing clocks.
NIGHTS = [
    ("Europe/Berlin", "Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "Europe/Berlin", "2027-10-31"),
    ("Asia/Jerusalem", "Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "Asia/Jerusalem", "2027-10-31"),
    ("Australia/Lord_Howe", "Australia/Lord_Howe", "2027-04-04"),
    ("Australia/Lord_Howe", "UTC", "2027-10-03"),
    ("America/Nuuk", "Africa/Cairo", "2027-03-28"),
    ("Asia/Kathmandu", "America/New_York", "2027-06-01"),
]


@pytest.fixture(autouse=True)
def _months_before() -> Iterator[None]:
    with time_machine.travel("2027-01-01T00:00:00Z", tick=False):
        yield


def quarter(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def some_hours(random: Random) -> list[dict[str, str]]:
    """Hours of each weekday: some around midnight, and some at any time of the day."""
    hours = [("22:00", "00:00"), ("00:00", quarter(15 * random.randint(8, 24)))]
    start = random.randint(28, 60)
    hours.append((quarter(15 * start), quarter(15 * random.randint(start + 8, 84))))
    return [
        {"weekday": day, "start_time": start, "end_time": end}
        for day in EVERY_DAY
        for start, end in hours
    ]


def a_booker(school: Any, random: Random, tutor_zone: str, course_zone: str) -> Booker:
    booker = Booker(
        school,
        timezone=course_zone,
        session_minutes=random.choice([30, 45, 60, 90]),
        buffer_before_minutes=random.choice([0, 5, 30]),
        buffer_after_minutes=random.choice([0, 15, 40]),
        minimum_notice_minutes=random.choice([0, 1440]),
        most_per_week=random.choice([None, 12]),
    )
    booker.works(timezone=tutor_zone, weekly=some_hours(random))
    return booker


def some_sessions(school: Any, random: Random, booker: Booker, night: datetime) -> None:
    """Sessions of the tutor with this student and with another, and of the student with another tutor."""
    hillel, david = a_user("hillel", "tutor"), a_user("david")
    buffers = {"buffer_after_minutes": 20, "buffer_before_minutes": 10}
    enrollments = [
        (school.tutor, booker.enrollment_id),
        (school.tutor, school.enroll(david, timezone="UTC", **buffers)),
        (hillel, school.enroll(school.student, hillel, timezone="UTC", **buffers)),
    ]
    for _ in range(6):
        tutor, enrollment = random.choice(enrollments)
        start = night + 15 * timedelta(minutes=random.randint(-40, 60))
        wanted = {
            "enrolled_courses_id": enrollment,
            "session_date": f"{start:%F}",
            "start_time": f"{start:%H:%M}",
            "end_time": f"{start + random.choice([QUARTER, HOUR, 2 * HOUR]):%H:%M}",
            "force": True,
        }
        assert school.book(tutor, **wanted).status_code in (201, 409)


@pytest.mark.parametrize(("tutor_zone", "course_zone", "day"), NIGHTS)
def test_what_is_shown_is_what_can_be_booked(
    school: Any, tutor_zone: str, course_zone: str, day: str
) -> None:
    random = Random(f"{tutor_zone} {day}")
    booker = a_booker(school, random, tutor_zone, course_zone)
    night = datetime.fromisoformat(day).replace(tzinfo=UTC)
    some_sessions(school, random, booker, night)
    since, until = night - DAY / 2, night + DAY / 2
    # Up to when a time may end of which it is asked whether it can be booked.
    shown = set(booker.times(f"from={rfc3339(since)}&to={rfc3339(until + 2 * HOUR)}"))
    booked = set()
    for number in range(96):
        starts_at = rfc3339(since + number * QUARTER)
        answer = booker.book(starts_at)
        if answer.status_code == 409:
            continue
        assert answer.json["starts_at"] == starts_at
        booked.add(starts_at)
        length = datetime.fromisoformat(answer.json["ends_at"]) - datetime.fromisoformat(starts_at)
        assert length == timedelta(minutes=answer.json["duration"])
        # As it was, so that the next is tried under the same conditions.
        path = f"/api/sessions/{answer.json['id']}"
        assert school.client.delete(path, user=school.tutor).status_code == 204
    assert booked == {starts_at for starts_at in shown if starts_at < rfc3339(until)}
    assert 0 < len(booked) < 96


@pytest.mark.parametrize(("tutor_zone", "course_zone", "day"), NIGHTS)
def test_times_can_be_booked_in_any_order_until_none_is_left(
    school: Any, tutor_zone: str, course_zone: str, day: str
) -> None:
    random = Random(f"{tutor_zone} {day}")
    booker = a_booker(school, random, tutor_zone, course_zone)
    night = datetime.fromisoformat(day).replace(tzinfo=UTC)
    period = f"from={rfc3339(night - DAY / 2)}&to={rfc3339(night + DAY / 2)}"
    count = 0
    while shown := booker.times(period):
        assert booker.book(random.choice(shown)).status_code == 201
        count += 1
    assert count > 0


@pytest.mark.parametrize("number", range(4))
def test_what_is_shown_for_a_move_is_where_the_session_can_go(school: Any, number: int) -> None:
    random = Random(number)
    booker = a_booker(school, random, "Europe/Berlin", "Asia/Jerusalem")
    night = datetime(2027, 3, 28, tzinfo=UTC)
    some_sessions(school, random, booker, night)
    session = booker.booked(random.choice(booker.times("from=2027-04-06&to=2027-04-08")))
    since, until = night - DAY / 2, night + DAY / 2
    asked = f"from={rfc3339(since)}&to={rfc3339(until + 2 * HOUR)}&session_id={session['id']}"
    away, shown = session["starts_at"], booker.times(asked)
    gone = []
    for number_of_quarters in range(96):
        starts_at = rfc3339(since + number_of_quarters * QUARTER)
        answer = booker.move(session, starts_at)
        if answer.status_code == 409:
            continue
        gone.append(starts_at)
        # Back to where it was.
        session = booker.move(answer.json, away).json
        assert session["starts_at"] == away
    assert gone == [starts_at for starts_at in shown if starts_at < rfc3339(until)]
    assert len(gone) > 1
