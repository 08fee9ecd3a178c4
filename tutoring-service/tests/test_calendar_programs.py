"""Lessons as calendar programs show them: when the API says, also through the nights of change.

`LYCEUM_SOAK=1` tries more zones: all whose clocks are changed are among them.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from chassis.testing import User, a_user
from chassis.testing.calendars import (
    Program,
    read_by_ical_js,
    read_by_icalendar,
    read_by_ics,
    read_by_vobject,
    with_unknown_zones,
)

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAY, HOUR, QUARTER, MINUTE = (timedelta(minutes=minutes) for minutes in (1440, 60, 15, 1))
# Their clocks are changed in 2027: for Ramadan, on the eve of a Sunday, at midnight, as in most zones, by two
# hours, on a Friday, by half an hour, in winter, and in the south.
UNLIKE = [
    "Africa/Casablanca",
    "America/Godthab",
    "America/Havana",
    "America/New_York",
    "Antarctica/Troll",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Chatham",
]
ALIKE = [
    "Africa/Cairo",
    "Africa/El_Aaiun",
    "America/Los_Angeles",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Gaza",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Easter",
]
CHANGED = [*UNLIKE]
UNCHANGED = ["Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "UTC"]
if os.environ.get("LYCEUM_SOAK") == "1":
    CHANGED += ALIKE
    UNCHANGED += [
        "Africa/Abidjan",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Asia/Tokyo",
        "Etc/UTC",
    ]
Times = Counter[tuple[datetime, datetime, str]]


def first_times(timezone: str) -> list[datetime]:
    """What the clocks there would have shown at each change of 2027, had they not been changed."""
    zone = ZoneInfo(timezone)
    moments = [NEW_YEAR + number * QUARTER for number in range(365 * 96)]
    shown = [moment.astimezone(zone) for moment in moments]
    return [
        before.replace(tzinfo=None) + QUARTER
        for before, after in pairwise(shown)
        if before.utcoffset() != after.utcoffset()
    ]


def series(enrollment_id: int, begin: datetime, minutes: int, rrule: str) -> dict[str, Any]:
    return {
        "enrolled_courses_id": enrollment_id,
        "session_date": f"{begin:%Y-%m-%d}",
        "start_time": f"{begin:%H:%M}",
        "end_time": f"{begin + timedelta(minutes=minutes):%H:%M}",
        "rrule": rrule,
    }


def book(school: Any, tutor: User, wanted: dict[str, Any]) -> Any:
    booked = school.post("/api/sessions", tutor, wanted)
    assert booked.status_code == 201, booked.json
    return booked.json


def lessons_next_to_changes(school: Any, timezone: str) -> tuple[User, Times]:
    """Lessons each day, also in what is skipped and in what is shown twice; the first begin on that day."""
    student, tutor = a_user(), a_user("tutor", "tutor")
    enrollment_id = school.enroll(student, tutor, timezone=timezone)
    for first in first_times(timezone):
        for begin, minutes in (
            (first + 10 * MINUTE, 15),
            (first - DAY - 20 * MINUTE, 15),
            (first - DAY - 50 * MINUTE, 30),
        ):
            book(school, tutor, series(enrollment_id, begin, minutes, "FREQ=DAILY;COUNT=3"))
    return student, said_by_the_api(school, student)


def lessons_over_changes(school: Any, timezone: str) -> tuple[User, Times]:
    """Lessons each day during which the clocks are changed."""
    student, tutor = a_user(), a_user("tutor", "tutor")
    enrollment_id = school.enroll(student, tutor, timezone=timezone)
    for first in first_times(timezone):
        begin = first - DAY - 90 * MINUTE
        book(school, tutor, series(enrollment_id, begin, 210, "FREQ=DAILY;COUNT=3"))
    return student, said_by_the_api(school, student)


def lessons_of_a_year(school: Any, timezone: str) -> tuple[User, Times]:
    """A lesson by itself, and one each week: one moved, one cancelled, and from May on at another time."""
    student, tutor = a_user(), a_user("tutor", "tutor")
    enrollment_id = school.enroll(student, tutor, timezone=timezone)
    begin = NEW_YEAR + 4 * DAY + 10 * HOUR
    weekly = series(enrollment_id, begin, 60, "FREQ=WEEKLY;COUNT=51")
    booked = book(school, tutor, weekly)["occurrences"]
    book(school, tutor, {**weekly, "session_date": "2027-09-03", "rrule": None})
    for number, change in (
        (3, {"start_time": "15:00", "end_time": "16:30"}),
        (10, {"topics": ["Verbs, nouns; and more"]}),
        (20, {"start_time": "12:00", "end_time": "13:00", "scope": "future"}),
        (25, {"start_time": "08:00", "end_time": "09:00"}),
    ):
        session = school.read(booked[number]["id"], tutor)
        assert school.patch(session, change, tutor).status_code == 200
    for number in (5, 30):
        assert school.act(booked[number], "cancel", user=tutor).status_code == 200
    return student, said_by_the_api(school, student)


def said_by_the_api(school: Any, student: User) -> Times:
    said: Times = Counter()
    path = "/api/sessions?limit=100"
    page = school.client.get(path, user=student).json
    said.update(map(times_of, page["items"]))
    while page["next"]:
        page = school.client.get(f"{path}&cursor={page['next']}", user=student).json
        said.update(map(times_of, page["items"]))
    return said


def times_of(session: dict[str, Any]) -> tuple[datetime, datetime, str]:
    status = "CANCELLED" if session["status"] == "cancelled" else "CONFIRMED"
    starts_at, ends_at = map(datetime.fromisoformat, (session["starts_at"], session["ends_at"]))
    return starts_at, ends_at, status


def feed_of(school: Any, student: User) -> bytes:
    url = school.post("/api/sessions/calendar", student).json["url"]
    feed: bytes = school.client.get(url.removeprefix("http://lyceum.test")).data
    return feed


def shown(read: Program, feed: bytes) -> Times:
    return Counter((one.starts_at, one.ends_at, one.status) for one in read(feed))


CASES = [
    *product([lessons_of_a_year], [*CHANGED, *UNCHANGED]),
    *product([lessons_next_to_changes, lessons_over_changes], CHANGED),
]


@pytest.mark.parametrize(("plan", "timezone"), CASES)
@time_machine.travel(NEW_YEAR, tick=False)
def test_programs_show_lessons_when_the_api_says(school: Any, timezone: str, plan: Any) -> None:
    student, said = plan(school, timezone)
    feed = feed_of(school, student)
    # One that knows no zone, then one that knows them by their names.
    assert shown(read_by_icalendar, with_unknown_zones(feed)) == said
    assert shown(read_by_vobject, with_unknown_zones(feed)) == said
    assert shown(read_by_icalendar, feed) == said
    # One that knows no series either: it shows of each what the event itself says.
    assert shown(read_by_ics, feed).keys() <= said.keys()


@time_machine.travel(NEW_YEAR, tick=False)
def test_ical_js_shows_lessons_when_the_api_says(school: Any) -> None:
    for plan, timezone in CASES:
        student, said = plan(school, timezone)
        feed = with_unknown_zones(feed_of(school, student))
        assert shown(read_by_ical_js, feed) == said, (plan, timezone)
