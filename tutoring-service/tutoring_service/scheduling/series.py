"""RULES: for which occurrences of a series a change is meant, and where the series is split for it.

Each occurrence has a position in its series: `original_start`, when the rule has it. It keeps the position
when it is moved or cancelled alone, which detaches it; calendar programs know it by that position
(RECURRENCE-ID, RFC 5545, section 3.8.4.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from chassis.clock import now
from recurrence import date_of, dates_of, instant, parse
from tutoring_service import sessions
from tutoring_service.models import SessionBooking, SessionSeries, TutoringSession, db
from tutoring_service.scheduling import recurring_pattern
from tutoring_service.scheduling.recurring_pattern import Recurrence
from tutoring_service.states import Scope, SessionStatus


@dataclass(frozen=True)
class Move:
    """So many days later, for so many minutes, and at this time of the day; None leaves the time as it is."""

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
        # In the order of the rule, in which an occurrence that was moved alone still has its position.
        .order_by(SessionBooking.original_start)
    )
    if scope == Scope.FUTURE:
        query = query.where(SessionBooking.original_start >= booking.original_start)
    if not detached:
        # The session that was named is changed in any case: that is what the tutor asked for.
        query = query.where(
            SessionBooking.detached.is_(False) | (SessionBooking.session_id == session.id)
        )
    return list(db.session.scalars(query))


def split(series: SessionSeries, targets: Sequence[TutoringSession], move: Move) -> None:
    """Give the targets a series of their own, moved; the one they have if it begins with them.

    Whatever of the series comes after the first target goes along: cancelled and detached
    occurrences keep their own time, but their position in the series moves with it.
    """
    members = _members(series)
    first = _position(targets[0].booking)
    going = [member for member in members if _position(member) >= first]
    days = [planned_date(series, member) for member in going]
    # As a rule, if one says the moved dates, else as dates: a "2nd Tuesday" a week later is not one.
    moved = recurrence_of(series).shifted(move.days, days)
    # Calendar programs know a series by one rule: what keeps some of its occurrences ends before the
    # first that goes, and another series begins there.
    own = series
    if len(going) < len(members):
        own = _split_off(series, days[0])
    own.rule, own.dates = recurring_pattern.written(moved)
    moved_days = [day + timedelta(days=move.days) for day in days]
    own.starts_on = moved_days[0]
    own.start_time = move.start_time or series.start_time
    own.duration = move.duration
    db.session.add(own)
    # A series that was split off gets its number now, by which its bookings refer to it.
    db.session.flush()
    _move_to(own, going, moved_days)
    for target in targets:
        target.session_frequency = moved.label()
        target.recurring_pattern = moved.pattern(own.starts_on)


def planned_date(series: SessionSeries, booking: SessionBooking) -> date:
    """The date on which the series has the occurrence, wherever it was moved alone."""
    return date_of(_position(booking), series.start_time, series.timezone)


def recurrence_of(series: SessionSeries) -> Recurrence:
    """How the series recurs."""
    rule = parse(series.rule) if series.rule else None
    return Recurrence(rule, tuple(extra_dates(series)))


def rule_dates(series: SessionSeries) -> list[date]:
    """The dates that the series' rule says, whatever became of them."""
    rule = recurrence_of(series).rule
    if rule is None:
        return []
    return dates_of(rule, series.starts_on, most=recurring_pattern.MOST_DATES)


def extra_dates(series: SessionSeries) -> list[date]:
    """The dates of the series that its rule does not say."""
    return [date.fromisoformat(day) for day in series.dates]


def calendar_rule(series: SessionSeries, days: Sequence[date]) -> str:
    """The rule for some of its dates that follow one another, as a calendar program reads it: UNTIL is an
    instant there, the start of the last occurrence.
    """
    rule = recurrence_of(series).rule
    if rule is None:
        raise ValueError("the series has no rule")
    if rule.count:
        return str(replace(rule, count=len(days)))
    return str(replace(rule, until=instant(days[-1], series.start_time, series.timezone)))


def _members(series: SessionSeries) -> Sequence[SessionBooking]:
    """The bookings of all occurrences, in the order of the rule."""
    query = select(SessionBooking).filter_by(series_id=series.id)
    return db.session.scalars(query.order_by(SessionBooking.original_start)).all()


def _position(booking: SessionBooking) -> datetime:
    return booking.original_start or booking.starts_at


def _split_off(series: SessionSeries, day: date) -> SessionSeries:
    """A new series from this day on; the old one ends the day before."""
    old = recurrence_of(series)
    if old.rule:
        # A COUNT is of the series before the split; what is left of it says until when instead. It
        # ends no earlier than it began, or it would not be a rule.
        last = max(day - timedelta(days=1), series.starts_on)
        old = replace(old, rule=replace(old.rule, count=None, until=last))
    kept = tuple(one for one in old.dates if one < day)
    series.rule, series.dates = recurring_pattern.written(replace(old, dates=kept))
    return SessionSeries(
        enrolled_courses_id=series.enrolled_courses_id,
        split_from=series.id,
        timezone=series.timezone,
        created_at=now(),
    )


def _move_to(series: SessionSeries, going: Sequence[SessionBooking], days: Sequence[date]) -> None:
    """Give the bookings their positions in this series, on these days."""
    # First out of the old positions, so that no two are ever in one: a series that moves by a week
    # takes the positions of its own later occurrences.
    for booking in going:
        booking.series_id = None
    db.session.flush()
    for booking, day in zip(going, days, strict=True):
        booking.series_id = series.id
        booking.original_start = instant(day, series.start_time, series.timezone)
    db.session.flush()
