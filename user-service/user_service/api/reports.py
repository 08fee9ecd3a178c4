"""Reports of people and of what they wrote. The gateway makes them, with the words that they are about."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, on_behalf, role, signed_in
from chassis.pages import Page
from chassis.telemetry import security_log
from chassis.web.fields import UUID as UUIDField
from chassis.web.fields import Answer, Body, Choice, Instant, JsonLength, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from user_service import admins, profiles, reports
from user_service.models import Report as ReportRow
from user_service.models import ReportDecision, ReportedThing, ReportKind
from user_service.reports import ReportDecided, ReportState
from user_service.second_factor import ConfirmationRequired, SecondFactorNeeded
from user_service.suspensions import AccountIsAdmin

blueprint = Blueprint("reports")
ALL = "/api/admin/reports"
LONGEST_WORDS = 32 * 1024


class NewReport(Body):
    about = Choice(ReportedThing, required=True)
    about_id = UUIDField(required=True)
    author_id = UUIDField(required=True)
    words = fields.Dict(required=True, validate=JsonLength(LONGEST_WORDS))
    kind = Choice(ReportKind, required=True)
    text = Text(2000, load_default=None, allow_none=True, paragraphs=True)


class Report(Answer):
    """A report as its reporter sees it."""

    id = fields.UUID(required=True)
    about = Choice(ReportedThing, required=True, metadata={"example": "message"})
    about_id = fields.UUID(required=True)
    kind = Choice(ReportKind, required=True, metadata={"example": "harassment"})
    text = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    decision = Choice(ReportDecision, required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class SeenReport(Report):
    """A report as an admin sees it."""

    author_id = fields.UUID(required=True, allow_none=True)
    words = fields.Dict(
        required=True,
        metadata={
            "description": "What it said when it was reported, by field.",
            "example": {"content": "Go away, all of you."},
        },
    )
    reporter_id = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True)


class SeenReportQuery(PageQuery):
    state = Choice(
        ReportState,
        load_default=ReportState.OPEN,
        metadata={"description": "By default open ones.", "example": "open"},
    )
    author_id = UUIDField(load_default=None)


class Decision(Body):
    decision = Choice(ReportDecision, required=True, metadata={"example": "hide"})
    reason = Text(
        500,
        least=1,
        required=True,
        metadata={"description": "The author is told, unless it is dismissed.", "example": "Spam."},
    )


class ReportedProfile(Answer):
    author_id = fields.UUID(required=True)
    words = fields.Dict(required=True)


@blueprint.get("/internal/reported/person/<uuid:user_id>")
@on_behalf
@blueprint.response(200, ReportedProfile)
def reported_person(user_id: UUID) -> dict[str, Any]:
    """Get what a person says of themselves."""
    person = profiles.public_profile(user_id)
    names = ("username", "display_name", "bio", "avatar_url")
    return {"author_id": person.id, "words": {name: getattr(person, name) for name in names}}


@blueprint.post("/internal/reports")
@on_behalf
@blueprint.arguments(NewReport, bounds=BodyBounds(64 * 1024))
@blueprint.response(201, Report)
def create_report(body: dict[str, Any]) -> ReportRow:
    """Keep a report with the words that it is about."""
    return reports.file(caller().id, **body)


@blueprint.get("/api/users/me/reports", "list_own_reports")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Report))
def list_own_reports(query: dict[str, Any]) -> Page[ReportRow]:
    """List the reports that you have made, newest first."""
    return reports.own(caller().id, **query)


@blueprint.get(ALL, "list_reports")
@role("admin")
@blueprint.arguments(SeenReportQuery, location="query")
@blueprint.response(200, page_of(SeenReport))
@blueprint.raises(SecondFactorNeeded, ConfirmationRequired)
def list_reports(query: dict[str, Any]) -> Page[ReportRow]:
    """List reports: open ones, the oldest first, or decided ones, the last decision first."""
    admins.require(caller().id, _present())
    security_log.succeeded("reports.listed", caller().id)
    return reports.found(**query)


@blueprint.post(f"{ALL}/<uuid:report_id>/decide", "decide_report")
@role("admin")
@blueprint.arguments(Decision)
@blueprint.response(200, SeenReport)
@blueprint.raises(ReportDecided, AccountIsAdmin, SecondFactorNeeded, ConfirmationRequired)
def decide_report(body: dict[str, Any], report_id: UUID) -> ReportRow:
    """Decide all open reports of the same thing: dismiss them, hide it, or suspend its author as well."""
    return reports.decide(report_id, **body, by=caller().id, present=_present())


def _present() -> UUID:
    return UUID(caller().session_id)
