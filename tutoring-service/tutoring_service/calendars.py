"""RULES: a person's sessions as an iCalendar feed under a secret address that they can revoke.

A series is one event with a rule; an occurrence that differs from what the rule says is an event of
its own with a RECURRENCE-ID. Nothing in the document depends on when it is read, so that it can be
cached by its content.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from chassis.messaging import messages
from recurrence import instant
from tutoring_service import reminders
from tutoring_service.models import (
    CalendarFeed,
    Course,
    Enrollment,
    SessionBooking,
    SessionReminder,
    SessionSeries,
    TutoringSession,
    db,
)
from tutoring_service.scheduling import series
from tutoring_service.states import SessionStatus

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 2000


@dataclass(frozen=True)
class Words:
    """What the events say besides their times: the courses' titles, and the reader's own reminders."""

    titles: dict[int, str]
    reminders: dict[int, SessionReminder]


def issue(caller: Caller) -> str:
    """The secret of a new address; the one before is revoked."""
    token = secrets.token_urlsafe(32)
    # One address a person: a second one would be one more to remember on the day it is revoked.
    row = {"user_id": caller.id, "token_hash": _hash(token), "created_at": now()}
    statement = insert(CalendarFeed).values(row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=row))
    return token


def revoke(caller: Caller) -> None:
    """End the address."""
    db.session.execute(delete(CalendarFeed).filter_by(user_id=caller.id))


def on_access_ended(event: messages.Event) -> None:
    """End the address with all else that lets somebody in as the person."""
    db.session.execute(delete(CalendarFeed).filter_by(user_id=UUID(event.aggregate_id)))


def render(token: str) -> bytes:
    """The calendar at the address; `NotFound` if there is none."""
    feed = db.session.scalar(select(CalendarFeed).filter_by(token_hash=_hash(token)))
    if feed is None:
        raise NotFound
    calendar = Calendar()
    calendar.add("prodid", "-//Lyceum//Tutoring//EN")
    calendar.add("version", "2.0")
    # No property of the RFC, but the one by which calendar programs name a feed.
    calendar.add("x-wr-calname", "Tutoring")
    rows = _sessions_of(feed)
    # Read for all sessions at once, and not for each.
    words = Words(_titles(rows), _reminders(feed, rows))
    for session in rows:
        if session.booking.series_id is None:
            calendar.add_component(_at_its_time(session, words, f"session-{session.id}@lyceum"))
    for row, occurrences in _in_series(rows):
        for event in _events_of(row, occurrences, words):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _sessions_of(feed: CalendarFeed) -> Sequence[TutoringSession]:
    booking = SessionBooking
    query = (
        select(TutoringSession)
        .join(TutoringSession.booking)
        .options(contains_eager(TutoringSession.booking))
        .where(
            or_(booking.tutor_id == feed.user_id, booking.student_id == feed.user_id),
            booking.starts_at.between(now() - BEHIND, now() + AHEAD),
        )
        .order_by(booking.starts_at, booking.session_id)
        .limit(MOST)
    )
    return db.session.scalars(query).all()


def _titles(rows: Sequence[TutoringSession]) -> dict[int, str]:
    query = select(Enrollment.id, Course.title).join(Enrollment.course)
    query = query.where(Enrollment.id.in_({row.booking.enrolled_courses_id for row in rows}))
    return dict(db.session.execute(query).all())


def _reminders(feed: CalendarFeed, rows: Sequence[TutoringSession]) -> dict[int, SessionReminder]:
    query = select(SessionReminder).where(
        SessionReminder.user_id == feed.user_id,
        SessionReminder.session_id.in_([row.id for row in rows]),
    )
    return {reminder.session_id: reminder for reminder in db.session.scalars(query)}


def _in_series(
    rows: Sequence[TutoringSession],
) -> Iterator[tuple[SessionSeries, list[TutoringSession]]]:
    """Each series with all its occurrences, also those that the window leaves out: the rule has them too."""
    ids = {row.booking.series_id for row in rows if row.booking.series_id}
    query = (
        select(TutoringSession)
        .join(TutoringSession.booking)
        .options(contains_eager(TutoringSession.booking))
        .where(SessionBooking.series_id.in_(ids))
        .order_by(SessionBooking.original_start)
    )
    occurrences = defaultdict(list)
    for session in db.session.scalars(query):
        occurrences[session.booking.series_id].append(session)
    # In one order: the document has to be the same at each reading.
    series_rows = select(SessionSeries).where(SessionSeries.id.in_(ids)).order_by(SessionSeries.id)
    for row in db.session.scalars(series_rows):
        yield row, occurrences[row.id]


def _events_of(
    row: SessionSeries, occurrences: list[TutoringSession], words: Words
) -> Iterator[Event]:
    """One event for the rule, and one for each occurrence that differs from what it says."""
    uid = f"series-{row.id}@lyceum"
    zone = ZoneInfo(row.timezone)
    usual = _usual(row, occurrences)
    master = _event(usual, words, uid)
    master.add("sequence", max(session.booking.sequence for session in occurrences))
    positions = {session.booking.original_start for session in occurrences}
    _recur(master, row, positions)
    yield master
    for session in occurrences:
        position = session.booking.original_start
        if position and _differs(session, usual, row, words):
            event = _at_its_time(session, words, uid)
            event.add("recurrence-id", position.astimezone(zone))
            yield event


def _usual(row: SessionSeries, occurrences: list[TutoringSession]) -> TutoringSession:
    """The occurrence that speaks for the series: one at its own position, if there is one."""

    # One that is to come, if there is one: what is over rings no more, and would keep all from
    # ringing.
    def unusual(session: TutoringSession) -> tuple[bool, bool]:
        return not _is_usual(session, row), session.status != SessionStatus.SCHEDULED

    return min(occurrences, key=unusual)


def _recur(master: Event, row: SessionSeries, positions: Collection[datetime | None]) -> None:
    """When the series takes place: its rule, the dates that the rule does not say, and those left out."""
    zone = ZoneInfo(row.timezone)
    planned = [instant(day, row.start_time, row.timezone) for day in series.rule_dates(row)]
    # DTSTART is the first date of the rule (RFC 5545, section 3.8.5.3), even if nothing is booked
    # then: EXDATE says so.
    _add_time(master, planned[0], row.duration, zone)
    if row.rule:
        master.add("rrule", series.calendar_rule(row))
    for day in series.extra_dates(row):
        extra = instant(day, row.start_time, row.timezone)
        if extra != planned[0]:
            master.add("rdate", extra.astimezone(zone))
    for moment in planned:
        if moment not in positions:
            master.add("exdate", moment.astimezone(zone))


def _differs(
    session: TutoringSession, usual: TutoringSession, row: SessionSeries, words: Words
) -> bool:
    return not _is_usual(session, row) or _details(session, words) != _details(usual, words)


def _is_usual(session: TutoringSession, row: SessionSeries) -> bool:
    booking = session.booking
    return (
        booking.starts_at == booking.original_start
        and session.duration == row.duration
        and session.status != SessionStatus.CANCELLED
    )


def _details(session: TutoringSession, words: Words) -> tuple[object, ...]:
    choice = reminders.effective(session, words.reminders.get(session.id))
    return session.topics, session.location, choice["alarm_enabled"], choice["alarm_before_minutes"]


def _at_its_time(session: TutoringSession, words: Words, uid: str) -> Event:
    """The session as an event at its own time."""
    booking = session.booking
    event = _event(session, words, uid)
    minutes = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    _add_time(event, booking.starts_at, minutes, ZoneInfo(booking.timezone))
    event.add("sequence", booking.sequence)
    return event


def _add_time(event: Event, start: datetime, minutes: int, zone: ZoneInfo) -> None:
    event.add("dtstart", start.astimezone(zone))
    # DURATION and not DTEND: in a night of changing clocks the length is what is kept.
    event.add("duration", timedelta(minutes=minutes))


def _event(session: TutoringSession, words: Words, uid: str) -> Event:
    event = Event()
    event.add("uid", uid)
    # Without METHOD it is the time of the last revision (RFC 5545, section 3.8.7.2). That of
    # reading would change the content, and with it the ETag, each time.
    event.add("dtstamp", session.updated_at or session.booking.starts_at)
    title = words.titles.get(session.booking.enrolled_courses_id, "Tutoring session")
    event.add("summary", title)
    cancelled = session.status == SessionStatus.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if session.topics:
        event.add("description", "\n".join(session.topics))
    if session.location:
        event.add("location", session.location)
    choice = reminders.effective(session, words.reminders.get(session.id))
    if choice["alarm_enabled"] and session.status == SessionStatus.SCHEDULED:
        event.add_component(_alarm(choice["alarm_before_minutes"]))
    return event


def _alarm(minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Tutoring session")
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm


def _hash(token: str) -> bytes:
    # A fast hash without salt is enough for 256 random bits.
    return hashlib.sha256(token.encode()).digest()
