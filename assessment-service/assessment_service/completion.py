"""RULES: a session comes to its end, and what it says then."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from assessment_service import expiry, scoring, sessions, versions
from assessment_service.models import AssessmentSession, QuestionAnswer, SessionStatus, db
from assessment_service.sessions import Standing
from chassis.clock import now
from chassis.errors import Conflict, Invalid

BATCH = 50


class AnswersMissing(Invalid):
    """Some required questions are not answered; `missing` names them."""

    code = "answers_missing"


class NotCompleted(Conflict):
    """The session is not completed yet."""

    code = "not_completed"


def complete(session_id: str, user_id: UUID | None) -> Standing:
    """Score the session and close it. Completing twice is completing once."""
    session = sessions.find(session_id, user_id, lock=True)
    if session.status != SessionStatus.COMPLETED:
        sessions.refuse_closed(session.status, expired=expiry.has_expired(session, now()))
        finish(session)
    return sessions.standing(session)


def finish(session: AssessmentSession) -> None:
    """Score a locked session that is open. Once its time is up, what is missing stays missing."""
    version = versions.pinned(session.version_id)
    query = select(QuestionAnswer.question_id, QuestionAnswer.value)
    rows = db.session.execute(query.filter_by(response_id=session.id)).all()
    answered: dict[int, Any] = dict(rows)
    required = [i for i, question in version.questions.items() if question.required]
    missing = [question_id for question_id in required if question_id not in answered]
    if missing and not expiry.time_is_up(session, now()):
        raise AnswersMissing(missing=missing)
    answers = {version.questions[question_id].key: value for question_id, value in answered.items()}
    session.result = scoring.score(version.definition, answers)
    session.status = SessionStatus.COMPLETED
    session.completed_at = now()
    if session.ends_at:
        # A sweep that comes late does not make the session longer than it was allowed to be.
        session.completed_at = min(session.completed_at, session.ends_at + expiry.GRACE)
    db.session.flush()


def finish_overdue() -> int:
    """Complete sessions whose time is up with the answers they have; how many they were."""
    # A session that is locked is being answered or completed, and waits for the next round.
    overdue = db.session.scalars(
        select(AssessmentSession)
        .where(expiry.overdue(now()))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for session in overdue:
        finish(session)
    return len(overdue)


def result(session_id: str, user_id: UUID | None) -> dict[str, Any]:
    """What a completed session says."""
    session = sessions.find(session_id, user_id)
    if session.status != SessionStatus.COMPLETED:
        raise NotCompleted("There is a result once it is.")
    # Sessions completed before there was scoring have no result.
    return {"standing": sessions.standing(session), **(session.result or {"dimensions": []})}
