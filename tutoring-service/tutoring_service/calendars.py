"""RULES: a person's sessions for calendar programs, and a secret address of these alone.

A series is an event with a rule; an occurrence that differs from what the rule says is an event of its own
with a RECURRENCE-ID. Programs differ over dates that no rule says, and over those next to a change of clocks:
what takes place then is an event by itself, and the rule begins again after it.
"""

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.calendar import emails, feeds, zones
from chassis.calendar.events import Event, Status
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
from tutoring_service.runtime import runtime
from tutoring_service.scheduling import series
from tutoring_service.states import SessionStatus

# Of the series within the period, which take up to ten years.
MOST_OCCURRENCES = 2 * feeds.MOST


@dataclass(frozen=True)
class Words:
    """What the events say besides their times: the courses' titles, and the reader's own reminders."""

    titles: Mapping[int, str]
    reminders: Mapping[int, SessionReminder]


@dataclass(frozen=True)
class Revision:
    """How often the events of a series were changed, and when last."""

    sequence: int
    at: datetime


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
    events = of_person(feed.user_id, *feeds.window())
    return feeds.document(events, name="Tutoring", public_url=runtime().public_url)


def of_person(user_id: UUID, since: datetime, until: datetime) -> list[Event]:
    """The sessions that the person gives or takes and that begin within the period, with all of their series.

    Those that were cancelled are among them. `Unavailable` if they are too many.
    """
    booked = _sessions(user_id, since, until)
    return _events(booked, {session.booking.series_id for session in booked}, user_id)


def told_of(
    changed: Sequence[TutoringSession],
    and_series: int | None = None,
    held: Sequence[Event] = (),
) -> list[dict[str, Any]]:
    """What e-mails tell calendars of these sessions, and of another series, as the feed has them.

    `held` is what calendars have of that series from before: what is no event any more is taken out.
    """
    series_ids = {session.booking.series_id for session in changed} | {and_series}
    events = _events(changed, series_ids)
    still = {event.uid for event in events}
    gone = [event for event in held if event.uid not in still]
    return emails.told([*events, *_cancelled(gone)])


def of_series(series_id: int | None) -> list[Event]:
    """The series as calendars have it; nothing if there is none."""
    return _events([], {series_id})


def taken_out(enrollment_id: int) -> list[dict[str, Any]]:
    """What e-mails tell calendars of a person who has no more to do with the enrolment."""
    planned = _booked().where(
        SessionBooking.enrolled_courses_id == enrollment_id,
        SessionBooking.starts_at > now(),
        TutoringSession.status == SessionStatus.SCHEDULED,
    )
    in_order = planned.order_by(SessionBooking.starts_at).limit(feeds.MOST)
    sessions = db.session.scalars(in_order).all()
    series_ids = {session.booking.series_id for session in sessions}
    return emails.told(_cancelled(_events(sessions, series_ids)))


def _events(
    sessions: Sequence[TutoringSession],
    series_ids: Collection[int | None],
    reader: UUID | None = None,
) -> list[Event]:
    """Of these sessions those that are in no series, and the series, with the reminders of the reader."""
    single = [session for session in sessions if session.booking.series_id is None]
    occurrences = _occurrences(set(series_ids) - {None})
    words = _words(reader, [*single, *chain.from_iterable(occurrences.values())])
    events = [_by_itself(session, words) for session in single]
    for row, revision in _series(occurrences):
        events += _events_of(row, occurrences[row.id], revision, words)
    return events


def _sessions(user_id: UUID, since: datetime, until: datetime) -> Sequence[TutoringSession]:
    booking = SessionBooking
    query = _booked().where(
        or_(booking.tutor_id == user_id, booking.student_id == user_id),
        booking.starts_at >= since,
        booking.starts_at < until,
    )
    return _whole(query.order_by(booking.starts_at, booking.session_id), feeds.MOST)


def _occurrences(
    series_ids: Collection[int | None],
) -> dict[int | None, list[TutoringSession]]:
    """All occurrences of each series, also those outside the period: the rule has them too."""
    query = _booked().where(SessionBooking.series_id.in_(series_ids))
    occurrences: dict[int | None, list[TutoringSession]] = defaultdict(list)
    query = query.order_by(SessionBooking.series_id, SessionBooking.original_start)
    for session in _whole(query, MOST_OCCURRENCES):
        occurrences[session.booking.series_id].append(session)
    return occurrences


def _booked() -> Select[TutoringSession]:
    query = select(TutoringSession).join(TutoringSession.booking)
    return query.options(contains_eager(TutoringSession.booking))


def _whole(query: Select[TutoringSession], most: int) -> Sequence[TutoringSession]:
    found = db.session.scalars(query.limit(most + 1)).all()
    feeds.require_whole(found, most)
    return found


def _words(reader: UUID | None, sessions: Sequence[TutoringSession]) -> Words:
    titles = (
        select(Enrollment.id, Course.title)
        .join(Enrollment.course)
        .where(Enrollment.id.in_({session.booking.enrolled_courses_id for session in sessions}))
    )
    reminder = SessionReminder
    # Few people choose otherwise than the session says.
    chosen = or_(reminder.alarm_enabled.is_not(None), reminder.alarm_before_minutes.is_not(None))
    choices = db.session.scalars(select(reminder).where(reminder.user_id == reader, chosen))
    return Words(
        dict(db.session.execute(titles).all()),
        {choice.session_id: choice for choice in choices},
    )


def _series(
    occurrences: Mapping[int | None, Sequence[TutoringSession]],
) -> Iterator[tuple[SessionSeries, Revision]]:
    """The series of these ids, and their revisions.

    What was split off a series counts for it, too, and what was deleted of it: no revision has a lower number
    than one before.
    """
    # By the index of enrolments: a series stays in that of the one it was split from.
    enrolled = {own[0].booking.enrolled_courses_id for own in occurrences.values()}
    query = select(SessionSeries).where(SessionSeries.enrolled_courses_id.in_(enrolled))
    rows = db.session.scalars(query.order_by(SessionSeries.id)).all()
    numbers = _changes_of([row.id for row in rows])
    split_at = defaultdict(list)
    # The last first, which were split from those before.
    for row in reversed(rows):
        numbers[row.id] += row.sequence
        if row.split_from is not None:
            split_at[row.split_from].append(row.created_at)
            # A split changes the rule of what it leaves behind, and no occurrence of that.
            numbers[row.split_from] += numbers[row.id] + 1
    for row in rows:
        if row.id in occurrences:
            changed_at = max([*split_at[row.id], *map(_changed_at, occurrences[row.id])])
            yield row, Revision(numbers[row.id], changed_at)


def _changes_of(series_ids: Collection[int]) -> Counter[int | None]:
    """How often the occurrences of each series were changed."""
    booking = SessionBooking
    query = (
        select(booking.series_id, func.sum(booking.sequence))
        .where(booking.series_id.in_(series_ids))
        .group_by(booking.series_id)
    )
    return Counter({series_id: int(changes) for series_id, changes in db.session.execute(query)})


def _events_of(
    row: SessionSeries,
    occurrences: Sequence[TutoringSession],
    revision: Revision,
    words: Words,
) -> Iterator[Event]:
    """Events for what the rule says, and one for each occurrence that it does not say, or not like this."""
    remaining = {_position(session): session for session in occurrences}
    for number, days in enumerate(_stretches(row)):
        starts = [(day, _start(row, day)) for day in days]
        booked = {day: remaining.pop(start) for day, start in starts if start in remaining}
        if booked:
            uid = f"series-{row.id}-{number}@lyceum" if number else f"series-{row.id}@lyceum"
            # Programs differ over a first date that is left out.
            first, last = days.index(min(booked)), days.index(max(booked))
            said = days[first : last + 1]
            yield from _stretch_events(row, said, booked, uid, revision, words)
    for session in remaining.values():
        yield _by_itself(session, words)


def _stretches(row: SessionSeries) -> Iterator[list[date]]:
    """The dates of the rule, apart where the clocks are changed around an occurrence.

    Programs differ over such a date, and some over all that come after it.
    """
    length = timedelta(minutes=row.duration)

    def is_plain(day: date) -> bool:
        start = _start(row, day)
        return zones.is_plain(start, start + length, row.timezone)

    for plain, days in groupby(series.rule_dates(row), is_plain):
        if plain:
            yield list(days)


def _stretch_events(
    row: SessionSeries,
    days: Sequence[date],
    booked: Mapping[date, TutoringSession],
    uid: str,
    revision: Revision,
    words: Words,
) -> Iterator[Event]:
    """One event for these dates of the rule, and one for each occurrence that differs."""
    usual = _usual(row, list(booked.values()))
    starts_at = _start(row, days[0])
    yield replace(
        _event(usual, words, uid, revision.sequence),
        changed_at=revision.at,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=row.duration),
        rule=series.calendar_rule(row, days),
        last_starts_at=_start(row, days[-1]),
        left_out=[day for day in days if day not in booked],
    )
    for session in booked.values():
        if _differs(session, usual, row, words):
            # The number of the rule: programs may pass over one that is lower.
            event = _event(session, words, uid, revision.sequence)
            yield replace(event, occurrence=_position(session))


def _start(row: SessionSeries, day: date) -> datetime:
    return instant(day, row.start_time, row.timezone)


def _position(session: TutoringSession) -> datetime:
    return session.booking.original_start or session.booking.starts_at


def _usual(row: SessionSeries, occurrences: Sequence[TutoringSession]) -> TutoringSession:
    """The occurrence that speaks for the series: one at its own position, if there is one."""

    # One that is to come, if there is one: what is over rings no more, and would keep all from
    # ringing.
    def unusual(session: TutoringSession) -> tuple[bool, bool]:
        return not _is_usual(session, row), session.status != SessionStatus.SCHEDULED

    return min(occurrences, key=unusual)


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


def _details(session: TutoringSession, words: Words) -> tuple[Any, ...]:
    choice = reminders.effective(session, words.reminders.get(session.id))
    return session.topics, session.location, choice["alarm_enabled"], choice["alarm_before_minutes"]


def _cancelled(events: Sequence[Event]) -> list[Event]:
    """One event for each UID of these that takes it out of calendars."""
    firsts = {event.uid: event for event in reversed(events)}
    return [
        replace(event, status=Status.CANCELLED, sequence=event.sequence + 1)
        for event in firsts.values()
    ]


def _by_itself(session: TutoringSession, words: Words) -> Event:
    return _event(session, words, f"session-{session.id}@lyceum", session.booking.sequence)


def _event(session: TutoringSession, words: Words, uid: str, sequence: int) -> Event:
    """The session as an event at its own time."""
    booking = session.booking
    choice = reminders.effective(session, words.reminders.get(session.id))
    rings = choice["alarm_enabled"] and session.status == SessionStatus.SCHEDULED
    cancelled = session.status == SessionStatus.CANCELLED
    return Event(
        uid=uid,
        sequence=sequence,
        status=Status.CANCELLED if cancelled else Status.CONFIRMED,
        changed_at=_changed_at(session),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        timezone=booking.timezone,
        title=words.titles[booking.enrolled_courses_id],
        description="\n".join(session.topics or []) or None,
        location=session.location,
        path=f"/api/sessions/{session.id}",
        alarm_minutes=choice["alarm_before_minutes"] if rings else None,
    )


def _changed_at(session: TutoringSession) -> datetime:
    return session.updated_at or session.booking.starts_at


def _hash(token: str) -> bytes:
    # A fast hash without salt is enough for 256 random bits.
    return hashlib.sha256(token.encode()).digest()
