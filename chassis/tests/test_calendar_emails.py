"""What e-mails tell calendars."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from chassis.calendar.emails import Method, heard, message, told
from chassis.calendar.events import Event, Status

NOON = datetime(2027, 3, 5, 12, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.mark.parametrize(
    ("method", "status"),
    [(Method.REQUEST, Status.CONFIRMED), (Method.CANCEL, Status.CANCELLED)],
)
def test_an_emailed_occurrence_of_a_series_says_which_it_is_in_its_zone(
    method: Method, status: Status
) -> None:
    event = Event(
        uid="series-7@lyceum",
        sequence=4,
        status=status,
        changed_at=NOON,
        starts_at=NOON + HOUR,
        ends_at=NOON + 2 * HOUR,
        title="Aramaic, again",
        path="/sessions/7",
        timezone="Asia/Jerusalem",
        occurrence=NOON,
    )
    said, content = message(
        [event],
        organizer="lyceum@localhost",
        attendee="ruth@example.org",
        public_url="http://lyceum.test",
    )
    calendar = icalendar.Calendar.from_ical(content)
    [read] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], said, read["STATUS"]) == (str(method), method, str(status))
    assert (read["UID"], read["SEQUENCE"]) == ("series-7@lyceum", 4)
    assert read.decoded("RECURRENCE-ID") == NOON
    assert (read.start, read.end) == (NOON + HOUR, NOON + 2 * HOUR)
    assert (read["ORGANIZER"], read["ATTENDEE"]) == (
        "mailto:lyceum@localhost",
        "mailto:ruth@example.org",
    )
    # RFC 5546: what only a feed says has no place in it.
    assert "X-WR-CALNAME" not in calendar


def a_series(*cancelled: int, of: int = 4) -> list[Event]:
    """Weekly, with an event of its own for each of these occurrences, which were cancelled."""
    weekly = Event(
        uid="series-7@lyceum",
        sequence=4,
        status=Status.CANCELLED if len(cancelled) == of else Status.CONFIRMED,
        changed_at=NOON,
        starts_at=NOON,
        ends_at=NOON + HOUR,
        title="Aramaic",
        path="/sessions/7",
        timezone="Asia/Jerusalem",
        rule=f"FREQ=WEEKLY;COUNT={of}",
        last_starts_at=NOON + (of - 1) * WEEK,
        left_out=(date(2027, 3, 26),),
    )
    alone = {"rule": None, "last_starts_at": None, "left_out": (), "status": Status.CANCELLED}
    return [weekly, *(replace(weekly, occurrence=NOON + n * WEEK, **alone) for n in cancelled)]


def as_told(events: Sequence[Event]) -> list[Event]:
    written = json.loads(json.dumps(told(events)))
    return [heard(each, title="Aramaic", path="/sessions/7", changed_at=NOON) for each in written]


def test_what_was_cancelled_of_a_series_is_told_as_left_out() -> None:
    weekly, *_ = a_series()
    left_out = (date(2027, 3, 12), date(2027, 3, 26))
    assert as_told(a_series(1)) == [replace(weekly, left_out=left_out)]


def test_an_occurrence_at_another_time_is_told_by_itself() -> None:
    weekly, other = a_series(2)
    moved = replace(other, status=Status.CONFIRMED, starts_at=NOON + 2 * WEEK + HOUR)
    assert as_told([weekly, moved]) == [weekly, moved]


def test_a_series_without_any_occurrence_is_told_as_one_event_that_is_over() -> None:
    [over] = as_told(a_series(0, 1, 2, 3))
    assert (over.uid, over.status, over.rule, over.occurrence) == (
        "series-7@lyceum",
        Status.CANCELLED,
        None,
        None,
    )
    method, content = message(
        [over], organizer="lyceum@localhost", attendee="ruth@example.org", public_url=""
    )
    assert (method, content.count(b"BEGIN:VEVENT")) == (Method.CANCEL, 1)


@pytest.mark.parametrize(
    ("entries", "events", "is_told"), [(12, 12, True), (13, 13, False), (1, 61, False)]
)
def test_more_than_fits_an_email_is_not_told(entries: int, events: int, is_told: bool) -> None:
    other = a_series(1)[1]
    moved = replace(other, status=Status.CONFIRMED)
    many = [replace(moved, uid=f"series-{n % entries}@lyceum") for n in range(events)]
    assert bool(told(many)) is is_told
