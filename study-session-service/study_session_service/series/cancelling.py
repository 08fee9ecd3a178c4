"""RULES: the host cancels a session of a series, or several at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, delete

from chassis.clock import now
from chassis.data import statements
from chassis.errors import InvalidTransition
from study_session_service import lifecycle
from study_session_service.models import Status, Waiting, db
from study_session_service.notifications import Happening, Kind, notify_once, people_in_each
from study_session_service.rows import SessionRow
from study_session_service.series.next_session import renew_next
from study_session_service.series.scope import (
    Scope,
    hosted_ahead,
    lock_within,
    locked,
    require_host,
)
from study_session_service.series.writing import IDS, tell_each, write_each
from study_session_service.visibility import see

DISMISSAL = (
    delete(Waiting)
    .where(Waiting.session_id == any_(IDS))
    .returning(Waiting.session_id, Waiting.user_id)
)


def cancel(
    session_id: UUID, host_id: UUID, reason: str | None = None, scope: Scope = Scope.THIS
) -> None:
    """Cancel the session, or several of its series that have not begun. Cancelling again changes nothing."""
    session = see(session_id, host_id).session
    if session.series_id is None:
        lifecycle.cancel(session_id, host_id, reason)
        return
    if scope == Scope.THIS:
        # The next one is told that it is the next.
        lock_within(session, Scope.ALL)
        lifecycle.cancel(session_id, host_id, reason)
        renew_next(session.series_id)
        return
    session, open_ones = locked(session_id, host_id, scope)
    require_host(session, host_id)
    status = session.status_at(now())
    if status not in {Status.STARTING_SOON, Status.CANCELLED}:
        raise InvalidTransition(status, Status.CANCELLED)
    cancel_locked(hosted_ahead(open_ones, host_id), reason, actor=host_id)
    renew_next(session.series_id)


def cancel_locked(
    cancelled: Sequence[SessionRow], reason: str | None, *, actor: UUID | None = None
) -> None:
    """Cancel these locked sessions; each person is told once."""
    if not cancelled:
        return
    at = now()
    for each in cancelled:
        each.status, each.cancelled_at, each.cancellation_reason = Status.CANCELLED, at, reason
    written = write_each(cancelled, ["status", "cancelled_at", "cancellation_reason"])
    tell_each("cancelled", written)
    ids = [each.id for each in written]
    people = people_in_each(ids)
    for row in statements.execute(db.session, DISMISSAL, {"ids": ids}):
        people[row.session_id].append(row.user_id)
    happenings = [Happening(each, each.last_seq, people[each.id]) for each in written]
    notify_once(Kind.SESSION_CANCELLED, happenings, actor=actor, reason=reason)
