"""RULES: which sessions of a series are meant, and locked."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, and_, bindparam, or_, select

from chassis.clock import now
from chassis.errors import Forbidden
from study_session_service.models import OPEN, Status, StudySession
from study_session_service.rows import SessionRow, columns_of, earliest_first, fetch
from study_session_service.visibility import DETAILS, see

# By its series and time, or itself.
IS_MEANT = or_(
    and_(
        StudySession.series_id == bindparam("series_id", type_=Uuid),
        StudySession.start_time >= bindparam("since", type_=DateTime(timezone=True)),
    ),
    StudySession.id == bindparam("session_id", type_=Uuid),
)
LOCK = (
    select(*columns_of(StudySession, DETAILS))
    .where(IS_MEANT, StudySession.is_open)
    .order_by(StudySession.id)
    # The weaker lock lets the foreign keys of new participants and messages through.
    .with_for_update(key_share=True)
)
# No session begins earlier, and none later.
BEGINNING, END = (datetime.fromisoformat(f"{year}-01-01T00:00Z") for year in (2000, 2200))


class Scope(StrEnum):
    """Which sessions of a series are meant."""

    THIS = "this"
    FUTURE = "future"
    ALL = "all"


def locked(
    session_id: UUID, user_id: UUID, scope: Scope
) -> tuple[SessionRow, Sequence[SessionRow]]:
    """The session as it is now, and the open ones of its series that are meant, locked; earliest first."""
    before = see(session_id, user_id).session
    found = lock_within(before, scope)
    session = see(session_id, user_id).session
    if (session.series_id, session.start_time) != (before.series_id, before.start_time):
        # Moved, or gone to another series, while this waited.
        return locked(session_id, user_id, scope)
    return session, found


def lock_within(session: SessionRow, scope: Scope) -> Sequence[SessionRow]:
    """The open sessions of the series that are meant, locked, as they are now; earliest first."""
    return earliest_first(fetch(LOCK, _meant(session, scope)))


def hosted_ahead(found: Sequence[SessionRow], host_id: UUID) -> Sequence[SessionRow]:
    """Those that the person hosts and that have not begun."""
    at = now()
    return [
        each
        for each in found
        if each.host_id == host_id and each.status_at(at) == Status.STARTING_SOON
    ]


def is_going_on(session: SessionRow) -> bool:
    """Whether it is live or yet to come."""
    return session.status_at(now()) in OPEN


def require_host(session: SessionRow, user_id: UUID) -> None:
    """`Forbidden` unless this person is the host."""
    if session.host_id != user_id:
        raise Forbidden("Only the host may do this.", required="host")


def _meant(session: SessionRow, scope: Scope) -> dict[str, Any]:
    """What `IS_MEANT` is bound to."""
    since = {Scope.THIS: END, Scope.FUTURE: session.start_time, Scope.ALL: BEGINNING}[scope]
    return {"series_id": session.series_id, "since": since, "session_id": session.id}
