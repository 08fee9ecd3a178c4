"""RULES: what the clock does to sessions. Every question about time is answered here, on read and
in sweeps alike.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from assessment_service.models import AssessmentSession, SessionStatus, db
from chassis.clock import now

LIFETIME = timedelta(days=30)
GRACE = timedelta(seconds=30)
BATCH = 200


def has_expired(session: AssessmentSession | Row[Any], at: datetime) -> bool:
    """Whether nothing happened for more than 30 days; exactly 30 days are not more."""
    return session.status == SessionStatus.ACTIVE and (
        session.expired_at is not None or at - session.last_activity > LIFETIME
    )


def expired(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The same, as a condition on rows."""
    return (AssessmentSession.status == SessionStatus.ACTIVE) & (
        AssessmentSession.expired_at.is_not(None)
        | (AssessmentSession.last_activity < at - LIFETIME)
    )


def time_is_up(session: AssessmentSession, at: datetime) -> bool:
    """Whether the time limit is over, and the grace for what was under way."""
    return session.ends_at is not None and at > session.ends_at + GRACE


def overdue(at: datetime) -> ColumnElement[bool]:
    """Sessions that are open although their time is up."""
    return (
        (AssessmentSession.status == SessionStatus.ACTIVE)
        & (AssessmentSession.ends_at < at - GRACE)
        & ~expired(at)
    )


def close_expired(*conditions: ColumnElement[bool]) -> int:
    """Note on expired sessions that they are; how many were new. Of some only, if conditions are given."""
    # A sweep leaves what is locked to the next one. A start needs the person's own expired session
    # closed, and waits for it.
    at = now()
    due = (
        select(AssessmentSession.id)
        .where(expired(at), AssessmentSession.expired_at.is_(None), *conditions)
        .limit(BATCH)
        .with_for_update(skip_locked=not conditions)
    )
    closed = (
        update(AssessmentSession)
        .where(AssessmentSession.id.in_(due.scalar_subquery()))
        .values(expired_at=at)
    )
    return db.session.execute(closed, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined, no-any-return]  # a CursorResult
