"""RULES: what a person has gathered over all sessions."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from assessment_service.models import AssessmentSession, Question, SessionStatus, XpAward, db


@dataclass(frozen=True)
class Experience:
    """Points over all assessments; a question counts once, in however many sessions and versions it
    was answered.
    """

    total_xp: int
    questions_answered: int
    assessments_completed: int


def for_user(user_id: UUID) -> Experience:
    """The experience of a person."""
    best = (
        select(func.max(XpAward.amount).label("amount"))
        .join(AssessmentSession, AssessmentSession.id == XpAward.response_id)
        .join(Question, Question.id == XpAward.question_id)
        .where(AssessmentSession.user_id == user_id)
        # By key, not by id: a question has another id in each version.
        .group_by(AssessmentSession.assessment_id, Question.key)
        .subquery()
    )
    completed = select(func.count(AssessmentSession.assessment_id.distinct())).where(
        AssessmentSession.user_id == user_id, AssessmentSession.status == SessionStatus.COMPLETED
    )
    row = db.session.execute(
        select(
            func.coalesce(func.sum(best.c.amount), 0),
            func.count(best.c.amount),
            completed.scalar_subquery(),
        )
    ).one()
    return Experience(int(row[0]), row[1], row[2])
