"""RULES: everything this service holds about a person, in one document."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from assessment_service import versions
from assessment_service.models import (
    Assessment,
    AssessmentSession,
    AssessmentVersion,
    QuestionAnswer,
    XpAward,
    db,
)
from assessment_service.sessions import Standing
from chassis.clock import rfc3339


def everything_about(user_id: UUID) -> dict[str, Any]:
    """Sessions with answers, points and results, and assessments written. Statements do not grow
    with the rows.
    """
    rows = db.session.scalars(
        select(AssessmentSession).filter_by(user_id=user_id).order_by(AssessmentSession.id)
    ).all()
    known = versions.pin_all({row.version_id for row in rows})
    answers = _answers(user_id)
    return {
        "sessions": [
            _session(Standing(row, known[row.version_id]), answers.get(row.id, [])) for row in rows
        ],
        "assessments_written": _written(user_id),
    }


def _answers(user_id: UUID) -> dict[int, list[tuple[QuestionAnswer, int]]]:
    # An inner join loses nothing: every answer has an award, if only of 0.
    query = (
        select(QuestionAnswer, XpAward.amount)
        .join(AssessmentSession, AssessmentSession.id == QuestionAnswer.response_id)
        .join(
            XpAward,
            (XpAward.response_id == QuestionAnswer.response_id)
            & (XpAward.question_id == QuestionAnswer.question_id),
        )
        .where(AssessmentSession.user_id == user_id)
        .order_by(QuestionAnswer.question_id)
    )
    found: dict[int, list[tuple[QuestionAnswer, int]]] = {}
    for answer, amount in db.session.execute(query):
        found.setdefault(answer.response_id, []).append((answer, amount))
    return found


def _session(found: Standing, answers: list[tuple[QuestionAnswer, int]]) -> dict[str, Any]:
    session = found.session
    return {
        "session_id": session.session_id,
        "assessment": found.version.slug,
        "version": found.version.number,
        "attempt": session.attempt,
        "status": found.state,
        "started_at": rfc3339(session.created_at),
        "last_activity": rfc3339(session.last_activity),
        "completed_at": rfc3339(session.completed_at) if session.completed_at else None,
        "total_xp": session.total_xp,
        "result": session.result,
        "answers": [
            {
                "question": found.version.questions[answer.question_id].text,
                "value": answer.value,
                "answered_at": rfc3339(answer.created_at),
                "xp": amount,
            }
            for answer, amount in answers
        ],
    }


def _written(user_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(Assessment.slug, AssessmentVersion)
        .join(AssessmentVersion, AssessmentVersion.assessment_id == Assessment.id)
        .where(Assessment.author_id == user_id)
        .order_by(Assessment.id, AssessmentVersion.number)
    )
    return [
        {
            "assessment": slug,
            "version": version.number,
            "published_at": rfc3339(version.published_at) if version.published_at else None,
            "definition": version.definition,
        }
        for slug, version in db.session.execute(query)
    ]
