"""RULES: a person's sessions as an iCalendar feed under a secret address that he can revoke.

A series is one event with a rule; an occurrence that differs from what the rule says is an event of
its own with a RECURRENCE-ID. Nothing in the document depends on when it is read, so that it can be
cached by its content.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from recurrence import instant
from tutoring_service import reminders, series
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
from tutoring_service.states import SessionStatus

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 2000


def issue(caller: Caller) -> str:
    """The secret of a new address; the one before is void."""
    token = secrets.token_urlsafe(32)
    row = {"user_id": caller.id, "token_hash": _hash(token), "created_at": now()}
    statement = insert(CalendarFeed).values(row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=row))
    return token


def revoke(caller: Caller) -> None:
    """The address is void."""
    db.session.execute(delete(CalendarFeed).filter_by(user_id=caller.id))


def render(token: str) -> bytes:
    """The calendar at the address; `NotFound` if there is none."""
    feed = db.session.scalar(select(CalendarFeed).filter_by(token_hash=_hash(token)))
    if feed is None:
        raise NotFound
    calendar = Calendar()
    calendar.add("prodid", "-//Lyceum//Tutoring//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Tutoring")
    rows = _sessions_of(feed)
    titles = _titles(rows)
    own = _reminders(feed, rows)
    single = [row for row in rows if row.booking.series_id is None]
    for session in single:
        calendar.add_component(_placed(session, titles, own, f"session-{session.id}@lyceum"))
    for one, occurrences in _in_series(rows):
        _add_series(calendar, one, occurrences, titles, own)
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
) -> Iterable[tuple[SessionSeries, list[TutoringSession]]]:
    """Each series with all its occurrences, also those that the window leaves out: the rule has them too."""
    ids = {row.booking.series_id for row in rows if row.booking.series_id}
    query = (
        select(TutoringSession)
        .join(TutoringSession.booking)
        .options(contains_eager(TutoringSession.booking))
        .where(SessionBooking.series_id.in_(ids))
        .order_by(SessionBooking.original_start)
    )
    occurrences: dict[int | None, list[TutoringSession]] = {}
    for session in db.session.scalars(query):
        occurrences.setdefault(session.booking.series_id, []).append(session)
    for one in db.session.scalars(
        select(SessionSeries).where(SessionSeries.id.in_(ids)).order_by(SessionSeries.id)
    ):
        yield one, occurrences[one.id]


def _add_series(
    calendar: Calendar,
    one: SessionSeries,
    occurrences: list[TutoringSession],
    titles: dict[int, str],
    own: dict[int, SessionReminder],
) -> None:
    uid = f"series-{one.id}@lyceum"
    zone = ZoneInfo(one.timezone)
    planned = [instant(day, one.start_time, one.timezone) for day in series.rule_dates(one)]
    # One that is to come, if there is one: what is over rings no more, and would keep all from
    # ringing.
    usual = min(
        occurrences, key=lambda s: (not _is_usual(s, one), s.status != SessionStatus.SCHEDULED)
    )
    master = _event(usual, titles, own, uid)
    # DTSTART is the first date of the rule (RFC 5545, section 3.8.5.3), even if nothing is booked
    # then: EXDATE says so.
    _place(master, planned[0], one.duration, zone)
    master.add("sequence", max(s.booking.sequence for s in occurrences))
    if one.rule:
        master.add("rrule", series.calendar_rule(one))
    for extra in (instant(day, one.start_time, one.timezone) for day in series.extra_dates(one)):
        if extra != planned[0]:
            master.add("rdate", extra.astimezone(zone))
    places = {s.booking.original_start for s in occurrences}
    for skipped in (moment for moment in planned if moment not in places):
        master.add("exdate", skipped.astimezone(zone))
    calendar.add_component(master)
    for session in occurrences:
        place = session.booking.original_start
        if place and (
            not _is_usual(session, one) or _details(session, own) != _details(usual, own)
        ):
            event = _placed(session, titles, own, uid)
            event.add("recurrence-id", place.astimezone(zone))
            calendar.add_component(event)


def _is_usual(session: TutoringSession, one: SessionSeries) -> bool:
    booking = session.booking
    return (
        booking.starts_at == booking.original_start
        and session.duration == one.duration
        and session.status != SessionStatus.CANCELLED
    )


def _details(session: TutoringSession, own: dict[int, SessionReminder]) -> tuple[object, ...]:
    choice = reminders.effective(session, own.get(session.id))
    return session.topics, session.location, choice["alarm_enabled"], choice["alarm_before_minutes"]


def _placed(
    session: TutoringSession, titles: dict[int, str], own: dict[int, SessionReminder], uid: str
) -> Event:
    """The session as an event at its own time."""
    booking = session.booking
    event = _event(session, titles, own, uid)
    minutes = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    _place(event, booking.starts_at, minutes, ZoneInfo(booking.timezone))
    event.add("sequence", booking.sequence)
    return event


def _place(event: Event, start: datetime, minutes: int, zone: ZoneInfo) -> None:
    event.add("dtstart", start.astimezone(zone))
    event.add("duration", timedelta(minutes=minutes))


def _event(
    session: TutoringSession, titles: dict[int, str], own: dict[int, SessionReminder], uid: str
) -> Event:
    event = Event()
    event.add("uid", uid)
    # Without METHOD it is the time of the last revision (RFC 5545, section 3.8.7.2). That of
    # reading would change the content, and with it the ETag, each time.
    event.add("dtstamp", session.updated_at or session.booking.starts_at)
    event.add("summary", titles.get(session.booking.enrolled_courses_id, "Tutoring session"))
    event.add("status", "CANCELLED" if session.status == SessionStatus.CANCELLED else "CONFIRMED")
    if session.topics:
        event.add("description", "\n".join(session.topics))
    if session.location:
        event.add("location", session.location)
    choice = reminders.effective(session, own.get(session.id))
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
