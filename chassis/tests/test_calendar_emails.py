"""What e-mails tell calendars, read back by the programs that people read them with."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from chassis.calendar.emails import Method, heard, message, told
from chassis.calendar.events import Event, Status
from chassis.testing.calendars import (
    Diary,
    Program,
    Shown,
    read_by_ical_js,
    read_by_icalendar,
    read_by_ics,
    read_by_vobject,
    with_unknown_zones,
)

NOON = datetime(2027, 3, 5, 12, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
OF_SERIES = [read_by_icalendar, read_by_vobject, read_by_ical_js]


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


def as_emailed(events: Sequence[Event]) -> tuple[Method, bytes]:
    """The part of the e-mail that tells of these events of one UID."""
    return message(
        as_told(events),
        organizer="lyceum@localhost",
        attendee="ruth@example.org",
        public_url="http://lyceum.test",
    )


def shown(
    week: int, status: Status = Status.CONFIRMED, late: timedelta = timedelta(), **more: Any
) -> Shown:
    """An occurrence of the series, in that week, at the same time by the clocks of Jerusalem."""
    # They are changed on 26 March, after the third.
    starts_at = NOON + week * WEEK + late - (HOUR if week > 2 else timedelta())
    known = {"title": "Aramaic", "uid": "series-7@lyceum", "sequence": 4, **more}
    return Shown(starts_at=starts_at, ends_at=starts_at + HOUR, status=status, **known)


def moved(event: Event, late: timedelta) -> Event:
    """The occurrence, so much later."""
    assert event.occurrence
    starts_at = event.occurrence + late
    return replace(event, status=Status.CONFIRMED, starts_at=starts_at, ends_at=starts_at + HOUR)


def series_with_a_change() -> list[Event]:
    """Six weeks: the second is cancelled, the third moved by two hours, and the fourth left out."""
    weekly, cancelled, other = a_series(1, 2, of=6)
    return [weekly, cancelled, moved(other, 2 * HOUR)]


@pytest.mark.parametrize("read", OF_SERIES)
@pytest.mark.parametrize("known", [lambda part: part, with_unknown_zones])
def test_programs_show_the_occurrences_of_an_emailed_series(read: Program, known: Any) -> None:
    method, part = as_emailed(series_with_a_change())
    assert method == Method.REQUEST
    assert read(known(part)) == [shown(0), shown(2, late=2 * HOUR), shown(4), shown(5)]


@pytest.mark.parametrize("read", OF_SERIES)
@pytest.mark.parametrize("cancelled", [(0,), (5,), (0, 1), (0, 5)])
def test_programs_show_no_occurrence_at_either_end_that_was_cancelled(
    read: Program, cancelled: tuple[int, ...]
) -> None:
    _, part = as_emailed(a_series(*cancelled, of=6))
    weeks = [week for week in (0, 1, 2, 4, 5) if week not in cancelled]
    assert read(part) == [shown(week) for week in weeks]


@pytest.mark.parametrize("read", [*OF_SERIES, read_by_ics])
@pytest.mark.parametrize("timezone", ["Asia/Jerusalem", "UTC"])
@pytest.mark.parametrize(
    ("status", "method"),
    [(Status.CONFIRMED, Method.REQUEST), (Status.CANCELLED, Method.CANCEL)],
)
def test_programs_read_an_emailed_session(
    read: Program, timezone: str, status: Status, method: Method
) -> None:
    session = replace(
        a_series()[0], status=status, timezone=timezone, rule=None, last_starts_at=None, left_out=()
    )
    said, part = as_emailed([session])
    assert (said, read(part)) == (method, [shown(0, status)])


@pytest.mark.parametrize("read", OF_SERIES)
def test_a_calendar_takes_each_revision_and_forgets_what_is_cancelled(read: Program) -> None:
    diary = Diary()
    weekly, *changes = series_with_a_change()
    later = [replace(event, sequence=5) for event in (weekly, *changes)]
    over = [replace(event, sequence=6) for event in a_series(*range(6), of=6)]
    other = replace(weekly, uid="series-8@lyceum", rule="FREQ=WEEKLY;COUNT=1", left_out=())

    def seen() -> list[Shown]:
        return diary.shown_by(read)

    alone = shown(0, uid="series-8@lyceum")
    diary.receive(as_emailed([other])[1])
    diary.receive(as_emailed([weekly])[1])
    as_planned = [shown(week) for week in (0, 1, 2, 4, 5)]
    assert seen() == sorted([alone, *as_planned])
    changed = [shown(0), shown(2, late=2 * HOUR), shown(4), shown(5)]
    changed = [replace(each, sequence=5) for each in changed]
    # The e-mail of the revision before arrives late, too.
    for events in (later, [weekly]):
        diary.receive(as_emailed(events)[1])
        assert seen() == sorted([alone, *changed])
    for events in (over, later):
        diary.receive(as_emailed(events)[1])
        assert seen() == [alone]
