"""RULES: a tutor changes a session, or its series from there on, or all that is still to come of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.auth.tokens import Caller
from chassis.clock import now, rfc3339
from chassis.errors import Conflict
from chassis.versions import ExpectedVersion
from tutoring_service import (
    availability,
    booking,
    notifications,
    reminders,
    scheduling,
    series,
    sessions,
)
from tutoring_service.models import SessionChange, SessionSeries, TutoringSession, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.series import Move
from tutoring_service.states import Role, Scope, SessionStatus
from tutoring_service.wall_time import Occurrence, minutes_between, occurrence

TIMES = ("session_date", "start_time", "end_time")
AFTERWARDS = ("topics_covered", "is_featured", "whiteboard_id")
REMINDING = ("notification_enabled", "alarm_enabled", "alarm_before_minutes")


class NotChangeable(Conflict):
    """The session cannot be changed like this in its present status."""

    code = "not_changeable"


def change(
    caller: Caller,
    session_id: int,
    expected: ExpectedVersion,
    wanted: dict[str, Any],
    scope: str,
    *,
    force: bool,
) -> TutoringSession:
    """Change the fields in `wanted`; `PreconditionFailed` unless the session is at an expected version."""
    # Calendars are locked before rows, as by whoever books, so it is read without a lock whether
    # anything moves. If the session is moved in between, its version is another, and the second
    # reading refuses.
    session, role = sessions.get(caller, session_id, expected=expected)
    require(role, Role.TUTOR)
    read = ExpectedVersion.one(session.booking.version)
    if _is_move(session, wanted):
        booking.lock_calendars(session.booking.tutor_id, session.booking.student_id)
    session, _ = sessions.get(caller, session_id, lock=True, expected=read)
    moved = _is_move(session, wanted)
    details = {name: value for name, value in wanted.items() if name not in TIMES}
    _check(session, moved, details)
    targets = series.affected(session, scope, detached=False)
    for target in targets:
        _check_details(target, details)
    move = _move(session, wanted)
    if moved:
        _reschedule(caller, targets, move, scope, force=force)
    for target in targets:
        _apply(target, details, caller.id)
    _settle(session, targets, scope, move, moved=moved)
    db.session.flush()
    _tell(caller, session, targets, moved=moved)
    return session


def note(
    session: TutoringSession, kind: str, who: UUID, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Keep who changed what of the session."""
    db.session.add(
        SessionChange(
            session_id=session.id,
            changed_by=who,
            changed_at=now(),
            kind=kind,
            before=before,
            after=after,
        )
    )


def _is_move(session: TutoringSession, wanted: dict[str, Any]) -> bool:
    return any(name in wanted and wanted[name] != getattr(session, name) for name in TIMES)


def _check(session: TutoringSession, moved: bool, details: dict[str, Any]) -> None:
    status = session.status
    if moved and status != SessionStatus.SCHEDULED:
        raise NotChangeable(f"A session that is {status} cannot be moved.", session_status=status)
    differing = {name for name, value in details.items() if value != getattr(session, name)}
    over = status in (SessionStatus.COMPLETED, SessionStatus.CANCELLED)
    if differing and (
        status == SessionStatus.CANCELLED or (over and not differing <= set(AFTERWARDS))
    ):
        raise NotChangeable(f"The session is {status}.", session_status=status)


def _check_details(target: TutoringSession, details: dict[str, Any]) -> None:
    """Of each target by itself: the session that was named may have another status, mode or place."""
    differing = {name for name, value in details.items() if value != getattr(target, name)}
    if "topics_covered" in differing and target.status == SessionStatus.SCHEDULED:
        raise NotChangeable(
            "Start the session before you say what was covered.", session_status=target.status
        )
    merged = {name: details.get(name, getattr(target, name)) for name in scheduling.DETAILS}
    if differing & {"session_mode", "location", "whiteboard_id"}:
        scheduling.check_details(target.booking.tutor_id, target.booking.student_id, merged)


def _move(session: TutoringSession, wanted: dict[str, Any]) -> Move:
    start = wanted.get("start_time", session.start_time)
    kept = session.duration or minutes_between(session.start_time, session.end_time)
    duration = scheduling.check_length(start, wanted["end_time"]) if "end_time" in wanted else kept
    days = (wanted["session_date"] - session.session_date).days if "session_date" in wanted else 0
    return Move(days, wanted.get("start_time") if start != session.start_time else None, duration)


def _reschedule(
    caller: Caller, targets: Sequence[TutoringSession], move: Move, scope: str, *, force: bool
) -> None:
    if not targets:
        return
    planned = [_planned(target, move, scope) for target in targets]
    first = targets[0].booking
    besides = [target.id for target in targets]
    if found := booking.clashes(
        first.tutor_id, first.student_id, planned, told_to=caller.id, besides=besides
    ):
        raise booking.conflict(found)
    if not force:
        availability.check_hours(first.tutor_id, planned)
    for target in targets:  # first out of the old times, so that a series can move over itself
        target.booking.held = False
    db.session.flush()
    for target, when in zip(targets, planned, strict=True):
        before = _times(target)
        target.session_date, target.start_time, target.end_time = (
            when.session_date,
            when.start_time,
            when.end_time,
        )
        target.duration = when.duration
        target.booking.starts_at, target.booking.ends_at, target.booking.held = (
            when.starts_at,
            when.ends_at,
            True,
        )
        note(target, "rescheduled", caller.id, before, _times(target))


def _planned(target: TutoringSession, move: Move, scope: str) -> Occurrence:
    start = move.start_time or target.start_time
    if scope != Scope.THIS and target.booking.series_id and not move.start_time:
        # What the rule says, should the clocks have moved this occurrence.
        start = db.session.get_one(SessionSeries, target.booking.series_id).start_time
    day = target.session_date + timedelta(days=move.days)
    return occurrence(day, start, move.duration, target.booking.timezone)


def _apply(target: TutoringSession, details: dict[str, Any], who: UUID) -> None:
    before = {
        name: getattr(target, name) for name in details if getattr(target, name) != details[name]
    }
    if before:
        for name in before:
            setattr(target, name, details[name])
        note(target, "changed", who, before, {name: details[name] for name in before})


def _settle(
    session: TutoringSession,
    targets: Sequence[TutoringSession],
    scope: str,
    move: Move,
    *,
    moved: bool,
) -> None:
    """Versions, reminders and the place in the series after a change."""
    for target in targets:
        target.booking.version += 1
        # RFC 5545, section 3.8.7.4: calendar programs take a revision only if its number is higher.
        target.booking.sequence += 1
    session.booking.detached = session.booking.detached or (
        scope == Scope.THIS and bool(session.booking.series_id)
    )
    reminders.replan({target.id: target for target in targets})
    if (
        targets
        and scope != Scope.THIS
        and session.booking.series_id
        and (moved or scope == Scope.FUTURE)
    ):
        rule = db.session.get_one(SessionSeries, session.booking.series_id)
        series.cut(rule, targets, move)


def _tell(
    caller: Caller,
    session: TutoringSession,
    targets: Sequence[TutoringSession],
    *,
    moved: bool,
) -> None:
    if moved and targets:
        told = session if session in targets else targets[0]
        notifications.tell(
            Kind.SESSION_MOVED,
            notifications.everyone(told.booking),
            told.booking,
            caller.id,
            count=len(targets),
        )


def _times(session: TutoringSession) -> dict[str, Any]:
    return {
        "session_date": session.session_date.isoformat(),
        "start_time": session.start_time.isoformat(),
        "end_time": session.end_time.isoformat(),
        "starts_at": rfc3339(session.booking.starts_at),
        "ends_at": rfc3339(session.booking.ends_at),
    }
