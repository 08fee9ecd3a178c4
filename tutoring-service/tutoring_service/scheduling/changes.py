"""RULES: a tutor changes a session, or its series from there on, or all that is still to come of it.

One walk down: the session is read, what it comes to is decided, conflicts are looked for, the rows are
written, the others are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.auth.tokens import Caller
from chassis.clock import rfc3339
from chassis.errors import Conflict
from chassis.versions import ExpectedVersion
from tutoring_service import availability, calendars, history, notifications, reminders, sessions
from tutoring_service.models import SessionSeries, TutoringSession, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.scheduling import conflicts, series
from tutoring_service.scheduling.details import DETAILS, check_details, check_length
from tutoring_service.scheduling.series import Move
from tutoring_service.scheduling.wall_time import Occurrence, minutes_between, occurrence
from tutoring_service.states import ChangeKind, Role, Scope, SessionStatus

TIMES = {"session_date", "start_time", "end_time"}
AFTERWARDS = {"topics_covered", "is_featured", "whiteboard_id"}
"""What may still be changed of a completed session."""


class NotChangeable(Conflict):
    """The session cannot be changed like this in its present status."""

    code = "not_changeable"


@dataclass(frozen=True)
class Wanted:
    """What the tutor asks for: some of the fields, for these occurrences; `force`: at any hour."""

    fields: Mapping[str, Any]
    scope: str = Scope.THIS
    force: bool = False

    @property
    def details(self) -> dict[str, Any]:
        """All but the times."""
        return {name: value for name, value in self.fields.items() if name not in TIMES}

    def moves(self, session: TutoringSession) -> bool:
        """Whether the change moves the session to another time."""
        return bool(_differing(session, self.fields) & TIMES)

    def move_of(self, session: TutoringSession) -> Move:
        """How far that is from the session's present time; `Invalid` if it gets too long or too short."""
        day = self.fields.get("session_date", session.session_date)
        start = self.fields.get("start_time", session.start_time)
        duration = session.duration or minutes_between(session.start_time, session.end_time)
        # Sent as they are, both times say nothing new; in a night of changing clocks there are not so
        # many minutes between them as the session takes.
        if "end_time" in self.fields and _differing(session, self.fields) & {
            "start_time",
            "end_time",
        }:
            duration = check_length(start, self.fields["end_time"])
        # An hour that stays is left as it is, so that each occurrence keeps its own.
        new_start = start if start != session.start_time else None
        return Move((day - session.session_date).days, new_start, duration)


@dataclass(frozen=True)
class Change:
    """What it comes to, decided once the rows are locked: how far each of the targets moves and
    which details it gets. `named` is the session that the tutor named, one of them or not.
    """

    named: TutoringSession
    targets: Sequence[TutoringSession]
    scope: str
    moved: bool
    move: Move
    details: Mapping[str, Any]

    @property
    def told(self) -> TutoringSession:
        """The session of which the others are told: the one that the tutor named, if it is a target."""
        return self.named if self.named in self.targets else self.targets[0]

    @property
    def of_series(self) -> bool:
        """Whether it is for more than one occurrence of a series."""
        return self.scope != Scope.THIS and self.named.booking.series_id is not None

    @property
    def splits(self) -> bool:
        """Whether its targets get a rule of their own. For details of all of them the rule stays."""
        return bool(self.targets) and self.of_series and (self.moved or self.scope == Scope.FUTURE)


def change(
    caller: Caller, session_id: int, expected: ExpectedVersion, wanted: Wanted
) -> TutoringSession:
    """Change the session as wanted; `PreconditionFailed` unless it is at an expected version."""
    session = _lock(caller, session_id, expected, wanted)
    decided = decide(session, wanted)
    planned = _plan(decided)
    if planned:
        _check_conflicts(caller, decided, planned, force=wanted.force)
    before = decided.told.booking.starts_at if planned else None
    series_id = session.booking.series_id
    held = calendars.of_series(series_id) if before and decided.splits else []
    _write(decided, planned, caller.id)
    if before:
        # What they leave behind of the series that they were in is another rule.
        calendar = calendars.told_of(decided.targets, series_id, held)
        _tell(decided, before, calendar, caller.id)
    return session


def move_alone(session: TutoringSession, when: Occurrence, actor: UUID) -> None:
    """Move this session, which is locked, to a time at which nothing is in its way."""
    days = (when.session_date - session.session_date).days
    move = Move(days, when.start_time, when.duration)
    moving = Change(session, [session], Scope.THIS, moved=True, move=move, details={})
    before = session.booking.starts_at
    _write(moving, [when], actor)
    _tell(moving, before, calendars.told_of([session]), actor)


def _lock(
    caller: Caller, session_id: int, expected: ExpectedVersion, wanted: Wanted
) -> TutoringSession:
    """The locked session; if it is to move, the calendars of both people are locked, too."""
    # Calendars are locked before rows, as by a booking, so it is read without a lock whether
    # anything moves. If the session is moved in between, its version is another, and the second
    # reading refuses.
    session, role = sessions.get(caller, session_id, expected=expected)
    require(role, Role.TUTOR)
    read = ExpectedVersion.one(session.booking.version)
    if wanted.moves(session):
        conflicts.lock_calendars(session.booking.tutor_id, session.booking.student_id)
    session, _ = sessions.get(caller, session_id, lock=True, expected=read)
    return session


def decide(session: TutoringSession, wanted: Wanted) -> Change:
    """What the request comes to for the locked session; a problem if a target may not be changed so."""
    moved, details = wanted.moves(session), wanted.details
    check_changeable(session, details, moved=moved)
    targets = series.affected(session, wanted.scope, detached=False)
    # All of them before the first is written: a series that cannot change as a whole does not change.
    for target in targets:
        _check_details(target, details)
        history.require_room_for_change(target)
    return Change(session, targets, wanted.scope, moved, wanted.move_of(session), details)


def check_changeable(session: TutoringSession, details: Mapping[str, Any], *, moved: bool) -> None:
    """`NotChangeable` if the session's status forbids it: only what is scheduled moves, what was
    cancelled stays as it is, and of what was completed some details may change.
    """
    status = session.status
    if moved and status != SessionStatus.SCHEDULED:
        raise NotChangeable(f"A session that is {status} cannot be moved.", session_status=status)
    # Sent as it is already, a detail is no change: a form sends all its fields.
    differing = _differing(session, details)
    cancelled = status == SessionStatus.CANCELLED and bool(differing)
    completed = status == SessionStatus.COMPLETED and not differing <= AFTERWARDS
    if cancelled or completed:
        raise NotChangeable(f"The session is {status}.", session_status=status)


def _check_details(target: TutoringSession, details: Mapping[str, Any]) -> None:
    # Of each target by itself: it may have another status, mode or location than the one named.
    differing = _differing(target, details)
    if "topics_covered" in differing and target.status == SessionStatus.SCHEDULED:
        raise NotChangeable(
            "Start the session before you say what was covered.", session_status=target.status
        )
    if differing & {"session_mode", "location", "whiteboard_id"}:
        merged = {name: details.get(name, getattr(target, name)) for name in DETAILS}
        check_details(target.booking.tutor_id, target.booking.student_id, merged)


def _differing(session: TutoringSession, details: Mapping[str, Any]) -> set[str]:
    return {name for name, value in details.items() if value != getattr(session, name)}


def _plan(change: Change) -> list[Occurrence]:
    """When each target takes place; empty if none moves."""
    if not change.moved:
        return []
    days = [target.session_date for target in change.targets]
    start_time = change.move.start_time
    if change.of_series:
        # What the rule says, should the clocks have moved an occurrence.
        rule = db.session.get_one(SessionSeries, change.named.booking.series_id)
        days = [_day_of(target, rule) for target in change.targets]
        start_time = start_time or rule.start_time
    return [
        occurrence(
            day + timedelta(days=change.move.days),
            start_time or target.start_time,
            change.move.duration,
            target.booking.timezone,
        )
        for target, day in zip(change.targets, days, strict=True)
    ]


def _day_of(target: TutoringSession, rule: SessionSeries) -> date:
    """The day from which an occurrence is moved: the rule's, unless it was moved alone."""
    is_planned = target.booking.starts_at == target.booking.original_start
    return series.planned_date(rule, target.booking) if is_planned else target.session_date


def _check_conflicts(
    caller: Caller, change: Change, planned: Sequence[Occurrence], *, force: bool
) -> None:
    booking = change.named.booking
    conflicts.check_free(
        booking.tutor_id,
        booking.student_id,
        planned,
        caller_id=caller.id,
        # The targets leave their own times, and may take those of one another.
        exclude=[target.id for target in change.targets],
    )
    if not force:
        availability.check_hours(booking.tutor_id, planned)


def _write(change: Change, planned: Sequence[Occurrence], actor: UUID) -> None:
    if planned:
        _reschedule(change.targets, planned, actor)
    for target in change.targets:
        _set_details(target, change.details, actor)
    _finalize(change)
    db.session.flush()


def _reschedule(
    targets: Sequence[TutoringSession], planned: Sequence[Occurrence], actor: UUID
) -> None:
    # First out of the old times, so that a series can move over itself: the constraints are checked
    # row by row.
    for target in targets:
        target.booking.held = False
    db.session.flush()
    for target, when in zip(targets, planned, strict=True):
        before = _times(target)
        target.session_date = when.session_date
        target.start_time = when.start_time
        target.end_time = when.end_time
        target.duration = when.duration
        target.booking.starts_at = when.starts_at
        target.booking.ends_at = when.ends_at
        target.booking.held = True
        history.note(target, ChangeKind.RESCHEDULED, actor, before, _times(target))


def _set_details(target: TutoringSession, details: Mapping[str, Any], actor: UUID) -> None:
    differing = _differing(target, details)
    if not differing:
        return
    before = {name: getattr(target, name) for name in details if name in differing}
    after = {name: details[name] for name in before}
    for name, value in after.items():
        setattr(target, name, value)
    history.note(target, ChangeKind.CHANGED, actor, before, after)


def _finalize(change: Change) -> None:
    """Versions, reminders and the position in the series."""
    for target in change.targets:
        target.booking.version += 1
        # RFC 5545, section 3.8.7.4: calendar programs take a revision only if its number is higher.
        target.booking.sequence += 1
    booking = change.named.booking
    if change.scope == Scope.THIS and booking.series_id:
        # From now on it is not what the rule says: later changes of the series leave it alone.
        booking.detached = True
    reminders.replan({target.id: target for target in change.targets})
    if change.splits:
        rule = db.session.get_one(SessionSeries, booking.series_id)
        series.split(rule, change.targets, change.move)


def _tell(
    change: Change, before: datetime, calendar: Sequence[Mapping[str, Any]], actor: UUID
) -> None:
    # The others are told once, however many sessions moved.
    booking = change.told.booking
    notifications.tell(
        Kind.SESSION_MOVED,
        notifications.everyone(booking),
        booking,
        actor,
        calendar=calendar,
        previous_starts_at=rfc3339(before),
        count=len(change.targets),
    )


def _times(session: TutoringSession) -> dict[str, Any]:
    return {
        "session_date": session.session_date.isoformat(),
        "start_time": session.start_time.isoformat(),
        "end_time": session.end_time.isoformat(),
        "starts_at": rfc3339(session.booking.starts_at),
        "ends_at": rfc3339(session.booking.ends_at),
    }
