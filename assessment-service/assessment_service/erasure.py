"""RULES: what is left of a person whose account is deleted: counts."""

import secrets
from uuid import UUID

from sqlalchemy import delete, exists, select, update

from assessment_service import statistics
from assessment_service.models import (
    Assessment,
    AssessmentSession,
    AssessmentVersion,
    QuestionAnswer,
    SessionStatus,
    XpAward,
    db,
)
from assessment_service.starting import RANDOM_BYTES
from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.messaging.messages import Event


def on_user_deleted(event: Event) -> None:
    """Erase the person an event of the user-service names."""
    erase(UUID(event.aggregate_id))


def erase(user_id: UUID) -> None:
    """Erase answers, points and results; sessions stay without an owner, to be counted. Twice is once."""
    # Locked, so that no answer comes between the counting and the erasing.
    rows = list(
        db.session.scalars(select(AssessmentSession).filter_by(user_id=user_id).with_for_update())
    )
    for session in rows:
        if session.status == SessionStatus.ACTIVE and session.expired_at is None:
            session.status = SessionStatus.ABANDONED
    db.session.flush()
    # Counted as long as there are answers, and sessions that say whose they are.
    db.session.execute(statistics.COUNT_OF_USER, {"now": now(), "user_id": user_id})
    theirs = [session.id for session in rows]
    for kept in (QuestionAnswer, XpAward):
        db.session.execute(delete(kept).where(kept.response_id.in_(theirs)))
    for session in rows:
        session.user_id = session.attempt = session.result = session.current_page_id = None
        session.total_xp = 0
        session.questions_answered = 0
        # Without an owner the id alone would open the session: no one knows the new one.
        session.session_id = secrets.token_urlsafe(RANDOM_BYTES)
    db.session.flush()
    forget_answers(db, user_id)
    _orphan_assessments(user_id)


def _orphan_assessments(user_id: UUID) -> None:
    """Published assessments stay without their author, drafts go."""
    theirs = select(Assessment.id).where(Assessment.author_id == user_id)
    published = exists().where(
        AssessmentVersion.assessment_id == Assessment.id,
        AssessmentVersion.published_at.is_not(None),
    )
    db.session.execute(
        delete(AssessmentVersion).where(
            AssessmentVersion.assessment_id.in_(theirs), AssessmentVersion.published_at.is_(None)
        )
    )
    db.session.execute(delete(Assessment).where(Assessment.author_id == user_id, ~published))
    db.session.execute(
        update(Assessment).where(Assessment.author_id == user_id).values(author_id=None)
    )
