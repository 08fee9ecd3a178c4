"""Reports of people and of what they wrote.

What a report is about is read where it is, as the reporter sees it, and kept with the report: its author may
change or delete it before an admin has looked.
"""

import http
from enum import StrEnum
from typing import Any

import orjson
from flask import Response
from marshmallow import ValidationError, fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import Conflict
from chassis.web.fields import UUID, Answer, Body, Choice, Instant, Text
from chassis.web.rest import Blueprint
from gateway.aggregation import Part, aggregator, answer, passed_on
from gateway.errors import BadGateway
from gateway.routes import HAVRUTA, STUDY_SESSION, USER
from gateway.shapes import Shape, take
from gateway.shapes import text as text_of

DEADLINE = 1.0  # seconds for the service that has the words
FILING = 5.0  # seconds for the user-service
REFUSALS = {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.NOT_FOUND, http.HTTPStatus.CONFLICT}

blueprint = Blueprint("reports")


class About(StrEnum):
    """What can be reported."""

    PERSON = "person"
    STUDY_SESSION = "study_session"
    MESSAGE = "message"
    HAVRUTA = "havruta"
    HAVRUTA_MESSAGE = "havruta_message"
    NOTE = "note"


class ReportKind(StrEnum):
    """Why it is reported."""

    HARASSMENT = "harassment"
    HATE = "hate"
    SEXUAL = "sexual"
    DANGER = "danger"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    OTHER = "other"


OWNERS = {
    About.PERSON: USER,
    About.STUDY_SESSION: STUDY_SESSION,
    About.MESSAGE: STUDY_SESSION,
    About.HAVRUTA: HAVRUTA,
    About.HAVRUTA_MESSAGE: HAVRUTA,
    About.NOTE: HAVRUTA,
}


class Words(Shape):
    """Who wrote what is reported, and what it says."""

    author_id = text_of("uuid")
    words = fields.Dict(required=True)


class KeptReport(Shape):
    id = text_of("uuid")
    about = text_of()
    about_id = text_of("uuid")
    kind = text_of()
    text = text_of(allow_none=True)
    created_at = text_of("date-time")


class OwnWords(Conflict):
    """You cannot report yourself, or what you wrote."""

    code = "own_words"


class AlreadyReported(Conflict):
    """You have reported this, and it is not decided yet."""

    code = "already_reported"


class ReportLimitReached(Conflict):
    """You have made as many reports within 24 hours as one person may; `most` is how many."""

    code = "report_limit_reached"


class NewReport(Body):
    about = Choice(About, required=True, metadata={"example": "message"})
    about_id = UUID(required=True)
    kind = Choice(ReportKind, required=True, metadata={"example": "harassment"})
    text = Text(
        2000,
        load_default=None,
        allow_none=True,
        paragraphs=True,
        metadata={"description": "What an admin should know.", "example": "It goes on for days."},
    )


class FiledReport(Answer):
    id = fields.UUID(required=True)
    about = Choice(About, required=True, metadata={"example": "message"})
    about_id = fields.UUID(required=True)
    kind = Choice(ReportKind, required=True, metadata={"example": "harassment"})
    text = fields.String(
        required=True, allow_none=True, metadata={"example": "It goes on for days."}
    )
    created_at = Instant(required=True)


FILED = "/internal/reports"
PARTS = {
    about: Part(
        name="reported",
        service=service,
        target=f"/internal/reported/{about}/{{about_id}}",
        shape=Words(),
        required=True,
    )
    for about, service in OWNERS.items()
}


@blueprint.post("/api/reports", "create_report")
@signed_in
@blueprint.arguments(NewReport)
@blueprint.response(201, FiledReport, addressed=False)
@blueprint.raises(OwnWords, AlreadyReported, ReportLimitReached)
def create_report(body: dict[str, Any]) -> Response:
    """Report a person, or what somebody wrote, to the admins, who read what it says now."""
    values = {"about_id": str(body["about_id"])}
    part = PARTS[About(body["about"])]
    token = caller().token
    found = aggregator().gather([part], values, deadline=DEADLINE, token=token).parts["reported"]
    filed = aggregator().send(
        USER, FILED, {**body, **values, **found}, deadline=FILING, token=token
    )
    if filed.status in REFUSALS:
        return passed_on(filed, USER)
    if filed.status != http.HTTPStatus.CREATED:
        raise BadGateway(f"{USER} answered {filed.status}")
    try:
        kept = answer(take(KeptReport(), orjson.loads(filed.body)))
    except (ValueError, ValidationError):
        raise BadGateway(f"{USER} answered with something else") from None
    kept.status_code = filed.status
    return kept
