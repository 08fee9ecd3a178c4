"""RULES: planning sessions, once or by a rule; changing the plan; and answering whether to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now, rfc3339
from chassis.errors import Forbidden, invalid
from chassis.versions import ExpectedVersion
from havruta_service import calendars, havrutas, reminders, sessions
from havruta_service.models import (
    MISSED_AFTER,
    EndReason,
    Havruta,
    HavrutaSession,
    Member,
    Series,
    SessionRsvp,
    SessionStatus,
    SessionType,
    db,
)
from havruta_service.notifications import Kind, about_havruta, notify_others
from havruta_service.repetition import at_wall_time, repeated, zone_of
from havruta_service.rooms import tell_havruta

PLANNED_AHEAD = timedelta(days=731)  # two years, one of them a leap year
BATCH = 50


class Scope(StrEnum):
    """Which sessions of a series are meant."""

    THIS = "this"
    FUTURE = "future"
    ALL = "all"


def plan(
    havruta_id: UUID,
    user_id: UUID,
    start_time: datetime,
    planned_minutes: int,
    rrule: str | None = None,
    timezone: str | None = None,
) -> HavrutaSession:
    """Plan one session, or as many as the rule says; the first of them."""
    havruta = havrutas.open_for(havruta_id, user_id)
    times = times_of(start_time, rrule, timezone)
    sessions.require_room_for(havruta, len(times))
    series_id = None
    if rrule and timezone:
        series_id = _add_series(havruta.id, rrule, timezone)
    planned = []
    for time in times:
        session = HavrutaSession(
            havruta_id=havruta.id,
            type=SessionType.SCHEDULED,
            status=SessionStatus.SCHEDULED,
            start_time=time,
            planned_start=time,
            planned_minutes=planned_minutes,
            series_id=series_id,
            created_by=user_id,
        )
        planned.append(session)
    db.session.add_all(planned)
    db.session.flush()
    reminders.plan([session.id for session in planned])
    tell_havruta(havruta, "session_planned", planned[0])
    notify_others(
        Kind.PLANNED,
        havruta,
        planned[0],
        actor=user_id,
        calendar=calendars.told(planned),
        count=len(planned),
    )
    return planned[0]


def preview(
    havruta_id: UUID,
    user_id: UUID,
    start_time: datetime | None = None,
    planned_minutes: int | None = None,
    rrule: str | None = None,
    timezone: str | None = None,
) -> list[datetime]:
    """When sessions planned like this would begin; nothing is planned."""
    havrutas.get(havruta_id, user_id)
    return times_of(start_time, rrule, timezone)


def times_of(
    start_time: datetime | None, rrule: str | None, timezone: str | None
) -> list[datetime]:
    """When sessions planned like this would begin; now, if no time is given."""
    at = now()
    start_time = start_time or at
    if not at <= start_time <= at + PLANNED_AHEAD:
        raise invalid("start_time", "Must lie ahead, by two years at most.")
    if rrule is None:
        return [start_time]
    if timezone is None:
        raise invalid("timezone", "Needed to repeat a session: it keeps its hour in this zone.")
    return repeated(rrule, timezone, start_time)


def change(
    session_id: UUID,
    user_id: UUID,
    expected: ExpectedVersion,
    scope: Scope,
    start_time: datetime | None,
    planned_minutes: int | None,
) -> HavrutaSession:
    """Move planned sessions, or plan them longer or shorter.

    Of a series, `this` one is taken out of it, this and the `future` ones become a series of their
    own, or `all` that are still planned are changed; together they can only be moved to another
    time of day.
    """
    havruta, session = _changeable(session_id, user_id)
    expected.check(session.version)
    starts_at = session.starts_at
    # In this order: to divide a series changes of which series the session is, and the first two
    # ask for that.
    changed = _within(session, scope)
    starts = _moved(session, changed, scope, start_time)
    moved = [
        each.id for each, start in zip(changed, starts, strict=True) if each.start_time != start
    ]
    _divide(session, changed, scope)
    for each, start in zip(changed, starts, strict=True):
        each.start_time = each.planned_start = start
        each.planned_minutes = planned_minutes or each.planned_minutes
        each.version += 1
    db.session.flush()
    reminders.replan(moved)
    tell_havruta(havruta, "session_changed", session)
    if session.starts_at != starts_at:
        notify_others(
            Kind.MOVED,
            havruta,
            session,
            actor=user_id,
            calendar=calendars.told(changed),
            previous_starts_at=rfc3339(starts_at),
            count=len(changed),
        )
    return session


def cancel(
    session_id: UUID, user_id: UUID, scope: Scope, reason: str | None = None
) -> HavrutaSession:
    """Cancel planned sessions. Cancelling again changes nothing."""
    havruta, session = _of_planner(session_id, user_id)
    if session.status == SessionStatus.CANCELLED and scope == Scope.THIS:
        return session
    sessions.check_scheduled(havruta, session, SessionStatus.CANCELLED)
    cancelled = _within(session, scope)
    for each in cancelled:
        each.status, each.end_reason = SessionStatus.CANCELLED, EndReason.CANCELLED
        each.cancellation_reason, each.cancelled_by = reason, user_id
        each.version += 1
    tell_havruta(havruta, "session_cancelled", session)
    notify_others(
        Kind.CANCELLED,
        havruta,
        session,
        actor=user_id,
        calendar=calendars.told(cancelled),
        reason=reason,
        end_reason=session.end_reason,
        count=len(cancelled),
    )
    return session


def cancel_missed() -> int:
    """Cancel the sessions that were not started within two hours; how many they were."""
    missed = (HavrutaSession.status == SessionStatus.SCHEDULED) & (
        HavrutaSession.start_time <= now() - MISSED_AFTER
    )
    # Both or neither, and without waiting: a request that has them locked sees by the clock that the
    # session was missed.
    found = db.session.execute(
        select(HavrutaSession, Havruta)
        .join(Havruta, Havruta.id == HavrutaSession.havruta_id)
        .where(missed)
        .order_by(Havruta.id, HavrutaSession.start_time)
        .limit(BATCH)
        .with_for_update(of=(Havruta, HavrutaSession), key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for session, havruta in found:
        session.status, session.end_reason = SessionStatus.CANCELLED, EndReason.MISSED
        tell_havruta(havruta, "session_cancelled", session)
        # About the havruta: where a whole series is missed, one unread notification tells of all.
        notify_others(
            Kind.CANCELLED,
            havruta,
            session,
            actor=None,
            about=about_havruta(havruta),
            calendar=calendars.told([session]),
            reason=None,
            end_reason=session.end_reason,
            count=1,
        )
    return len(found)


def answer(session_id: UUID, user_id: UUID, answer: str) -> SessionRsvp:
    """Say whether the person means to come."""
    havruta, session = sessions.with_havruta(session_id, user_id)
    sessions.check_scheduled(havruta, session, SessionStatus.SCHEDULED)
    row = {"session_id": session.id, "user_id": user_id, "answer": answer, "answered_at": now()}
    said = insert(SessionRsvp).values(row)
    query = said.on_conflict_do_update(
        index_elements=["session_id", "user_id"],
        set_={"answer": said.excluded.answer, "answered_at": said.excluded.answered_at},
    )
    return db.session.scalars(
        query.returning(SessionRsvp).execution_options(populate_existing=True)
    ).one()


def answers(session_id: UUID, user_id: UUID) -> Sequence[SessionRsvp]:
    """Which members mean to come: ten at most. The answers of those who left the havruta are not shown."""
    session = sessions.get(session_id, user_id)
    query = (
        select(SessionRsvp)
        .join(Member, Member.user_id == SessionRsvp.user_id)
        .where(SessionRsvp.session_id == session_id, Member.havruta_id == session.havruta_id)
    )
    return db.session.scalars(query.order_by(SessionRsvp.answered_at, SessionRsvp.user_id)).all()


def _add_series(havruta_id: UUID, rrule: str, timezone: str) -> UUID:
    series = Series(id=uuid4(), havruta_id=havruta_id, rrule=rrule, timezone=timezone)
    db.session.add(series)
    # No relationship tells SQLAlchemy that the sessions refer to this row; it would write them first.
    db.session.flush()
    return series.id


def _series_of(session: HavrutaSession) -> Series | None:
    if session.series_id is None:
        return None
    return db.session.get(Series, session.series_id)


def _changeable(session_id: UUID, user_id: UUID) -> tuple[Havruta, HavrutaSession]:
    havruta, session = _of_planner(session_id, user_id)
    sessions.check_scheduled(havruta, session, SessionStatus.SCHEDULED)
    return havruta, session


def _of_planner(session_id: UUID, user_id: UUID) -> tuple[Havruta, HavrutaSession]:
    havruta, session = sessions.with_havruta(session_id, user_id)
    if user_id not in {havruta.owner_id, session.created_by}:
        raise Forbidden(
            "Only the owner of the havruta, or the member who planned the session, may do this.",
            required="owner",
        )
    return havruta, session


def _within(session: HavrutaSession, scope: Scope) -> list[HavrutaSession]:
    """The planned sessions that are meant, with the one itself, locked in the order of their times."""
    if session.series_id is None or scope == Scope.THIS:
        return [session]
    meant = (HavrutaSession.series_id == session.series_id) & (
        HavrutaSession.status == SessionStatus.SCHEDULED
    )
    # What was missed is over, also before the worker has written it down.
    meant &= HavrutaSession.start_time > now() - MISSED_AFTER
    if scope == Scope.FUTURE:
        meant &= HavrutaSession.start_time >= session.start_time
    query = (
        select(HavrutaSession)
        .where(meant)
        .order_by(HavrutaSession.start_time)
        .with_for_update(key_share=True)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _moved(
    session: HavrutaSession,
    changed: Sequence[HavrutaSession],
    scope: Scope,
    start_time: datetime | None,
) -> list[datetime]:
    """When the sessions begin after the change."""
    # Sent as it is: one that the clocks have moved does not take the others with it.
    if start_time in (None, session.start_time):
        return [each.start_time for each in changed]
    # For what it refuses: a time that is over, or too far ahead.
    times_of(start_time, None, None)
    series = _series_of(session)
    if series is None or scope == Scope.THIS:
        return [start_time]
    zone = zone_of(series.timezone)
    before, after = session.start_time.astimezone(zone), start_time.astimezone(zone)
    if before.date() != after.date():
        raise invalid(
            "start_time", "Several sessions can only be moved to another time of the same day."
        )
    moved = [
        start_time
        if each.id == session.id
        else at_wall_time(each.start_time, after.time(), series.timezone)
        for each in changed
    ]
    # The session named lies ahead, but with `all` another may be that of today, whose new hour is
    # over.
    if any(start < now() for start in moved):
        raise invalid("start_time", "One of the sessions would begin before now.")
    return moved


def _divide(session: HavrutaSession, changed: Sequence[HavrutaSession], scope: Scope) -> None:
    """Take what is changed out of its series, unless that is all of it."""
    series = _series_of(session)
    if series is None or scope == Scope.ALL:
        return
    # One session alone needs no series.
    own_id = None
    if scope == Scope.FUTURE:
        own_id = _add_series(series.havruta_id, series.rrule, series.timezone)
    for each in changed:
        each.series_id = own_id
