"""RULES: which session of a series is the next."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, update

from chassis.data import statements
from study_session_service.models import StudySession, Visibility, db

BEFORE = (
    select(
        StudySession.id,
        func.lag(StudySession.ends_at)
        .over(order_by=(StudySession.start_time, StudySession.id))
        .label("ends_at"),
    )
    .where(StudySession.series_id == bindparam("series_id", type_=Uuid))
    .where(StudySession.is_open, StudySession.hidden_at.is_(None))
    .where(StudySession.visibility == Visibility.PUBLIC)
    .subquery()
)
RENEWING = (
    update(StudySession)
    .where(StudySession.id == BEFORE.c.id)
    .where(StudySession.next_from.is_distinct_from(BEFORE.c.ends_at))
    .values(next_from=BEFORE.c.ends_at, updated_at=StudySession.updated_at)
)


def renew_next(*series_ids: UUID | None) -> None:
    """Write down when each session of these series becomes the next, after the open ones have changed.

    All of them are locked, or no one else knows of them yet.
    """
    db.session.flush()
    for series_id in series_ids:
        statements.execute(db.session, RENEWING, {"series_id": series_id})
