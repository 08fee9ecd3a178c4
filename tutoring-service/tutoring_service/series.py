"""RULES: which occurrences of a series a change is for, and where the series is cut for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from sqlalchemy import select

from chassis.clock import now
from recurrence import instant, parse
from tutoring_service import recurring_pattern, sessions
from tutoring_service.models import SessionBooking, SessionSeries, TutoringSession, db
from tutoring_service.recurring_pattern import Recurrence
from tutoring_service.states import Scope, SessionStatus
from tutoring_service.wall_time import local_date, occurrence


@dataclass(frozen=True)
class Move:
    """So many days later, for so long, and at this time of the day; None leaves the time as it is."""

    days: int
    start_time: time | None
    duration: int


def affected(session: TutoringSession, scope: str, *, detached: bool) -> list[TutoringSession]:
    """The sessions that a change of this one is for, locked, in order. What is past or over is not
    among them.

    Occurrences that were changed by themselves count only if `detached`. A session without a series
    is alone.
    """
    booking = session.booking
    if scope == Scope.THIS or booking.series_id is None:
        return [session]
    query = (
        sessions.with_booking(lock=True)
        .where(
            SessionBooking.series_id == booking.series_id,
            TutoringSession.status == SessionStatus.SCHEDULED,
            SessionBooking.starts_at > now(),
        )
        # In the order of the rule, in which an occurrence that was moved alone still has its place.
        .order_by(SessionBooking.original_start)
    )
    if scope == Scope.FUTURE:
        query = query.where(SessionBooking.original_start >= booking.original_start)
    if not detached:
        query = query.where(
            SessionBooking.detached.is_(False) | (SessionBooking.session_id == session.id)
        )
    return list(db.session.scalars(query))


def cut(series: SessionSeries, targets: Sequence[TutoringSession], move: Move) -> None:
    """Give the targets a series of their own, moved; the one they have if it begins with them.

    Whatever of the series comes after the first target goes along: cancelled and detached
    occurrences keep their own time, but the place in the series that they stand for moves with it.
    """
    first = targets[0].booking.original_start
    bookings = list(db.session.scalars(select(SessionBooking).filter_by(series_id=series.id)))
    going = [b for b in bookings if b.original_start and first and b.original_start >= first]
    days = sorted(local_date(b.original_start, series.timezone) for b in going if b.original_start)
    kept = _recurrence(series).shifted(move.days, days)
    new = _split(series, days[0]) if len(going) < len(bookings) else series
    new.rule = str(kept.rule) if kept.rule else None
    new.dates = [day.isoformat() for day in kept.dates]
    new.starts_on = days[0] + timedelta(days=move.days)
    new.start_time = move.start_time or new.start_time
    new.duration = move.duration
    db.session.add(new)
    db.session.flush()
    _carry(going, new, move)
    for target in targets:
        target.session_frequency = kept.label()
        target.recurring_pattern = kept.pattern(new.starts_on)


def rule_dates(series: SessionSeries) -> list[date]:
    """The dates that the series' rule and dates say, whatever became of them."""
    return recurring_pattern.expand(_recurrence(series), series.starts_on)


def _recurrence(series: SessionSeries) -> Recurrence:
    rule = parse(series.rule) if series.rule else None
    return Recurrence(rule, tuple(date.fromisoformat(day) for day in series.dates))


def _split(series: SessionSeries, day: date) -> SessionSeries:
    """A new series from this day on; the old one ends the day before."""
    old = _recurrence(series)
    # A COUNT is of the series before the cut; what is left of it says until when instead.
    if old.rule:
        old = replace(
            old,
            rule=replace(
                old.rule, count=None, until=max(day - timedelta(days=1), series.starts_on)
            ),
        )
    series.rule = str(old.rule) if old.rule else None
    series.dates = [one.isoformat() for one in old.dates if one < day]
    return SessionSeries(
        enrolled_courses_id=series.enrolled_courses_id,
        split_from=series.id,
        timezone=series.timezone,
        start_time=series.start_time,
        duration=series.duration,
        created_at=now(),
    )


def _carry(going: Sequence[SessionBooking], series: SessionSeries, move: Move) -> None:
    places = {b.session_id: b.original_start for b in going}
    for booking in going:  # first out of the old places, so that no two are ever in one
        booking.series_id = None
    db.session.flush()
    for booking in going:
        place = places[booking.session_id]
        if place is None:
            continue
        day = local_date(place, series.timezone) + timedelta(days=move.days)
        booking.series_id = series.id
        booking.original_start = occurrence(
            day, series.start_time, series.duration, series.timezone
        ).starts_at
    db.session.flush()


def extra_dates(series: SessionSeries) -> list[date]:
    """The dates of the series beside its rule."""
    return [date.fromisoformat(day) for day in series.dates]


def calendar_rule(series: SessionSeries) -> str:
    """The rule as a calendar program reads it: UNTIL is an instant there, the start of the last
    occurrence.
    """
    rule = _recurrence(series).rule
    if rule is None or rule.until is None:
        return str(rule)
    until = instant(rule.until, series.start_time, series.timezone)
    return str(replace(rule, until=until))
