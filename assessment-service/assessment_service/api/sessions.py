"""Sessions: start, pause, come back, leave, finish."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from assessment_service import completion, resumption, sessions, starting
from assessment_service.api.percent import Percent
from assessment_service.completion import AnswersMissing, NotCompleted
from assessment_service.question_types import QuestionType
from assessment_service.resumption import Resumption
from assessment_service.sessions import (
    NotValidReason,
    SessionEnded,
    SessionExpired,
    SessionNotFound,
    SessionState,
    Standing,
    Validation,
)
from assessment_service.starting import AttemptLimitReached, NoAttemptsLeft, SessionInProgress
from assessment_service.versions import AssessmentNotFound
from chassis.auth.authorization import caller, caller_or_none, optional, signed_in
from chassis.data.reading import Reading
from chassis.errors import TooEarly
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Choice, Instant, Integer, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint

blueprint = Blueprint("assessment-sessions")

EXAMPLE_ID = {"example": "3q2-7wAAu_2lVbM9cfR1Kg"}


class NewAssessmentSession(Body):
    assessment = Text(
        80, least=1, metadata={"description": "Its slug; the default assessment without it."}
    )
    start_fresh = Boolean(
        metadata={"description": "Abandon the session that is open, if there is one."}
    )


class PageTurn(Body):
    page_id = Integer(1, required=True)


class AssessmentSessionQuery(PageQuery):
    status = Choice(SessionState, load_default=None)


class AssessmentProgress(Answer):
    questions_answered = fields.Integer(required=True)
    questions_total = fields.Integer(required=True)
    total_xp = fields.Integer(required=True)
    percentage = fields.Float(
        required=True,
        metadata={
            "description": "How many of the questions are answered, rounded down to one decimal; 100.0 once "
            "the session is completed.",
            "example": 40.0,
        },
    )


class AssessmentSession(Answer):
    """A session and where it stands."""

    session_id = fields.String(required=True, attribute="session.session_id", metadata=EXAMPLE_ID)
    assessment = fields.String(required=True, attribute="version.slug")
    title = fields.String(required=True, attribute="version.definition.title")
    version = fields.Integer(required=True, attribute="version.number")
    attempt = fields.Integer(required=True, allow_none=True, attribute="session.attempt")
    status = Choice(SessionState, required=True, attribute="state")
    current_page_id = fields.Integer(
        required=True, allow_none=True, attribute="session.current_page_id"
    )
    starts_at = Instant(required=True, attribute="session.created_at")
    ends_at = Instant(
        required=True,
        allow_none=True,
        metadata={
            "description": "When it ended. Of an open session, when its time limit is over; null without one."
        },
    )
    last_activity = Instant(required=True, attribute="session.last_activity")
    completed_at = Instant(required=True, allow_none=True, attribute="session.completed_at")
    expires_at = Instant(required=True, allow_none=True)
    progress = fields.Nested(AssessmentProgress, required=True)


class ValidatedSession(Answer):
    status = Choice(SessionState, required=True, attribute="state")
    current_page_id = fields.Integer(
        required=True, allow_none=True, attribute="session.current_page_id"
    )
    last_activity = Instant(required=True, attribute="session.last_activity")


class SessionValidation(Answer):
    """Whether a session can go on."""

    valid = fields.Boolean(required=True)
    reason = Choice(NotValidReason, required=True, allow_none=True)
    session = fields.Nested(ValidatedSession, required=True, allow_none=True, attribute="standing")
    progress = fields.Nested(AssessmentProgress, required=True, allow_none=True)


class QuestionScale(Answer):
    least = fields.Integer(required=True)
    most = fields.Integer(required=True)
    step = fields.Integer(required=True)
    least_label = fields.String(required=True)
    most_label = fields.String(required=True)


class QuestionOption(Answer):
    key = fields.String(required=True)
    text = fields.String(required=True)


class NumberBounds(Answer):
    least = fields.Float(required=True)
    most = fields.Float(required=True)


class ShownQuestion(Answer):
    """A question as a taker sees it; what is there besides the first fields depends on its type."""

    id = fields.Integer(required=True)
    type = Choice(QuestionType, required=True)
    text = fields.String(required=True)
    required = fields.Boolean(required=True)
    scale = fields.Nested(QuestionScale, attribute="details.scale")
    bounds = fields.Nested(NumberBounds, attribute="details.bounds")
    options = fields.List(fields.Nested(QuestionOption), attribute="details.options")
    least_choices = fields.Integer(attribute="details.least_choices")
    most_choices = fields.Integer(attribute="details.most_choices")
    most_characters = fields.Integer(attribute="details.most_characters")


class ShownPage(Answer):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    questions = fields.List(fields.Nested(ShownQuestion), required=True)


class PageSummary(Answer):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    questions_total = fields.Integer(required=True)
    questions_answered = fields.Integer(required=True)


class SavedAnswer(Answer):
    question_id = fields.Integer(required=True)
    value = fields.Raw(required=True)
    client_seq = fields.Integer(required=True, allow_none=True)
    answered_at = Instant(required=True, attribute="created_at")


class ResumedSession(Answer):
    """Everything needed to go on with a session."""

    session = fields.Nested(AssessmentSession, required=True, attribute="standing")
    progress = fields.Nested(AssessmentProgress, required=True, attribute="standing.progress")
    page = fields.Nested(ShownPage, required=True, allow_none=True)
    pages = fields.List(fields.Nested(PageSummary), required=True)
    answers = fields.List(fields.Nested(SavedAnswer), required=True)


class ResultBand(Answer):
    label = fields.String(required=True)
    text = fields.String(required=True)


class DimensionResult(Answer):
    """What was reached in one dimension.

    Optional questions without an answer are left out, and the score is prorated. It is null where no
    question was answered, or more were left out than counted. Required questions that were not reached
    in time earn nothing.
    """

    key = fields.String(required=True)
    title = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    lowest = fields.Float(required=True, allow_none=True)
    highest = fields.Float(required=True, allow_none=True)
    reached_percent = Percent(
        required=True,
        allow_none=True,
        attribute="percent",
        metadata={"description": "How far the score lies from the lowest to the highest."},
    )
    band = fields.Nested(
        ResultBand,
        required=True,
        allow_none=True,
        metadata={
            "description": "What the score means; null where there is no score, or no bands."
        },
    )
    questions_counted = fields.Integer(
        required=True, metadata={"description": "How many of its questions were answered."}
    )


class SessionResult(Answer):
    """What a completed session says."""

    session = fields.Nested(AssessmentSession, required=True, attribute="standing")
    dimensions = fields.List(fields.Nested(DimensionResult), required=True)


@blueprint.post("/api/v2/session/start", "start_assessment_session")
@optional
@idempotent
@blueprint.arguments(NewAssessmentSession, required=False)
@blueprint.response(201, AssessmentSession)
@blueprint.raises(
    AssessmentNotFound, SessionInProgress, NoAttemptsLeft, TooEarly, AttemptLimitReached
)
def start_assessment_session(body: dict[str, Any]) -> tuple[Standing, int, dict[str, str]]:
    """Start an assessment, with or without an account."""
    started = starting.start(caller_id(), **body)
    return started, 201, {"Location": f"/api/v2/session/{started.session.session_id}"}


@blueprint.get("/api/v2/session", "list_assessment_sessions")
@signed_in
@blueprint.arguments(AssessmentSessionQuery, location="query")
@blueprint.response(200, page_of(AssessmentSession))
def list_assessment_sessions(query: dict[str, Any]) -> Page[Standing]:
    """List your assessment sessions, newest first."""
    return sessions.list_own(caller().id, query["status"], query["limit"], query["cursor"])


@blueprint.get("/api/v2/session/<session_id>", "get_assessment_session", reading=Reading.SNAPSHOT)
@optional
@blueprint.response(200, ResumedSession)
@blueprint.raises(SessionNotFound)
def get_assessment_session(session_id: str) -> Resumption:
    """Resume a session: get its page, its answers, its progress."""
    return resumption.resume(session_id, caller_id())


@blueprint.get("/api/v2/session/<session_id>/validate", "validate_assessment_session")
@optional
@blueprint.response(200, SessionValidation)
def validate_assessment_session(session_id: str) -> Validation:
    """Check whether a session can go on; nothing changes."""
    return sessions.validate(session_id, caller_id())


@blueprint.put("/api/v2/session/<session_id>/page", "turn_assessment_page")
@optional
@blueprint.arguments(PageTurn)
@blueprint.response(200, ResumedSession)
@blueprint.raises(SessionNotFound, SessionExpired, SessionEnded)
def turn_assessment_page(body: dict[str, Any], session_id: str) -> Resumption:
    """Turn to a page of the assessment."""
    return resumption.turn_page(session_id, caller_id(), body["page_id"])


@blueprint.post("/api/v2/session/<session_id>/abandon", "abandon_assessment_session")
@optional
@blueprint.response(200, AssessmentSession)
@blueprint.raises(SessionNotFound, SessionExpired, SessionEnded)
def abandon_assessment_session(session_id: str) -> Standing:
    """Abandon a session for good; its answers are kept."""
    return sessions.abandon(session_id, caller_id())


@blueprint.post("/api/v2/session/<session_id>/claim", "claim_assessment_session")
@signed_in
@blueprint.response(200, AssessmentSession)
@blueprint.raises(SessionNotFound, SessionExpired, SessionInProgress, AttemptLimitReached)
def claim_assessment_session(session_id: str) -> Standing:
    """Claim a session that you started without an account."""
    return starting.claim(session_id, caller().id)


@blueprint.post("/api/v2/session/<session_id>/complete", "complete_assessment_session")
@optional
@blueprint.response(200, AssessmentSession)
@blueprint.raises(SessionNotFound, SessionExpired, SessionEnded, AnswersMissing)
def complete_assessment_session(session_id: str) -> Standing:
    """Complete a session: it is scored and takes no more answers."""
    return completion.complete(session_id, caller_id())


@blueprint.get("/api/v2/session/<session_id>/result", "get_assessment_result")
@optional
@blueprint.response(200, SessionResult)
@blueprint.raises(SessionNotFound, NotCompleted)
def get_assessment_result(session_id: str) -> dict[str, Any]:
    """Get the result of a completed session."""
    return completion.result(session_id, caller_id())


def caller_id() -> UUID | None:
    """The caller's id; None without an account."""
    found = caller_or_none()
    if found is None:
        return None
    return found.id
