"""RULES: who changed what of a session, and when."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached
from chassis.pages import Page, cut
from tutoring_service import sessions
from tutoring_service.models import SessionChange, TutoringSession, db
from tutoring_service.states import ChangeKind


class SessionChangeLimitReached(LimitReached):
    """The session was changed as often as it may be; `most` is how often."""

    code = "session_change_limit_reached"
    most = 500


def require_room_for_change(session: TutoringSession) -> None:
    """Raise if too many changes of the session, which is locked, are kept."""
    # Each change gives it a version, so that nothing has to be counted.
    if session.booking.version > SessionChangeLimitReached.most:
        raise SessionChangeLimitReached


def note(
    session: TutoringSession,
    kind: ChangeKind,
    changed_by: UUID,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Keep what the person changed of the session."""
    db.session.add(
        SessionChange(
            session_id=session.id,
            changed_by=changed_by,
            changed_at=now(),
            kind=kind,
            before=dict(before),
            after=dict(after),
        )
    )


def of_session(
    caller: Caller, session_id: int, limit: int, cursor: str | None
) -> Page[SessionChange]:
    """What was changed of the session, oldest first."""
    sessions.get(caller, session_id)
    query = select(SessionChange).filter_by(session_id=session_id)
    rows = db.session.scalars(ordered(query, (SessionChange.id,), limit, cursor)).all()
    return cut(rows, limit, lambda row: (row.id,))
