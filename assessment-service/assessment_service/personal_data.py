"""Where in the tables a person is."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select

from assessment_service.models import (
    Assessment,
    AssessmentSession,
    AssessmentVersion,
    QuestionAnswer,
    XpAward,
)


def about(user_id: UUID) -> Mapping[str, ColumnElement[bool]]:
    """Each table with people in it, and which of its rows are about this one."""
    # Answers and points name no person; they are a person's by their session, versions by their assessment.
    taken = select(AssessmentSession.id).where(AssessmentSession.user_id == user_id)
    written = select(Assessment.id).where(Assessment.author_id == user_id)
    return {
        "student_responses": AssessmentSession.user_id == user_id,
        "question_answers": QuestionAnswer.response_id.in_(taken),
        "xp_awards": XpAward.response_id.in_(taken),
        "assessments": Assessment.author_id == user_id,
        "assessment_versions": AssessmentVersion.assessment_id.in_(written),
    }
