"""Answers: one at a time, or many at once."""

from typing import Any

from marshmallow import fields

from assessment_service import answers
from assessment_service.answers import OutcomeStatus, QuestionNotFound, StaleAnswer, Submission
from assessment_service.api.definitions import MOST_CHARACTERS
from assessment_service.api.sessions import EXAMPLE_ID, AssessmentProgress, caller_id
from assessment_service.sessions import SessionEnded, SessionExpired, SessionNotFound
from chassis.auth.authorization import optional
from chassis.errors import DeadlinePassed
from chassis.web.fields import Answer, Body, Choice, Integer, JsonLength, List, Text
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds

blueprint = Blueprint("assessment-answers")

MOST_ANSWERS = 100
LARGEST_SEQ = 2**53 - 1  # what every JSON client can count to


class NewAnswer(Body):
    """An answer: an option's key, a list of keys, a number, true or false, or text, as the
    question's type asks.
    """

    question_id = Integer(1, required=True)
    # Text can be so long, and each character two escapes.
    value = fields.Raw(required=True, validate=JsonLength(12 * MOST_CHARACTERS + 2))
    client_seq = Integer(
        0,
        LARGEST_SEQ,
        load_default=None,
        metadata={
            "description": "Grows with every answer; one lower than what is saved is refused as stale."
        },
    )


class SubmittedAnswer(NewAnswer):
    session_id = Text(100, least=1, required=True, metadata=EXAMPLE_ID)


class SubmittedAnswers(Body):
    session_id = Text(100, least=1, required=True, metadata=EXAMPLE_ID)
    answers = List(fields.Nested(NewAnswer), MOST_ANSWERS, least=1, required=True)


class SubmissionResult(Answer):
    xp_gained = fields.Integer(required=True)
    total_xp = fields.Integer(required=True)
    progress = fields.Nested(AssessmentProgress, required=True)


class AnswerOutcome(Answer):
    question_id = fields.Integer(required=True)
    status = Choice(OutcomeStatus, required=True)
    xp_gained = fields.Integer(required=True)
    detail = fields.String(required=True, allow_none=True)


class BatchResult(SubmissionResult):
    results = fields.List(fields.Nested(AnswerOutcome), required=True, attribute="outcomes")


@blueprint.post("/api/v2/answers/submit", "submit_answer")
@optional
@blueprint.arguments(SubmittedAnswer, bounds=BodyBounds(128 * 1024))
@blueprint.response(200, SubmissionResult)
@blueprint.raises(
    SessionNotFound,
    QuestionNotFound,
    SessionExpired,
    SessionEnded,
    DeadlinePassed,
    StaleAnswer,
)
def submit_answer(body: dict[str, Any]) -> Submission:
    """Answer a question, or change your answer."""
    return answers.submit(caller_id(), body.pop("session_id"), body)


@blueprint.post("/api/v2/answers/batch", "submit_answers")
@optional
@blueprint.arguments(SubmittedAnswers, bounds=BodyBounds(1024 * 1024))
@blueprint.response(200, BatchResult)
@blueprint.raises(SessionNotFound, SessionExpired, SessionEnded, DeadlinePassed)
def submit_answers(body: dict[str, Any]) -> Submission:
    """Answer many questions; each answer is saved or refused by itself."""
    return answers.submit_all(caller_id(), body["session_id"], body["answers"])
