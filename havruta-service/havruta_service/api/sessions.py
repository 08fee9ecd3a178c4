"""Sessions of study: at once or planned, from start to end."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.web.conditional import etag
from chassis.web.fields import UUID as SeriesId
from chassis.web.fields import Answer, Body, Choice, Instant, Integer, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from havruta_service import ending, models, plans, sessions
from havruta_service.api.examples import PLAN
from havruta_service.havrutas import HavrutaArchived, OwnerOnly
from havruta_service.models import NavigationMode, SessionStatus, SessionType
from havruta_service.presence import SessionNotActive
from havruta_service.repetition import LONGEST_RULE, InvalidRecurrence
from havruta_service.sessions import SessionAlreadyActive, SessionNotScheduled, TooEarly

blueprint = Blueprint("havruta-sessions")

Tagged = tuple[models.HavrutaSession, int, dict[str, str]]


class SessionPlan(Body):
    """When a session is planned, and how it repeats."""

    start_time = Instant(metadata={"description": "Needed to plan; a session at once begins now."})
    planned_minutes = Integer(5, 720, load_default=60)
    rrule = Text(
        LONGEST_RULE,
        least=1,
        metadata={
            "description": "RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, BYDAY, BYMONTHDAY, "
            "BYMONTH, and COUNT or UNTIL.",
            "example": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5",
        },
    )
    timezone = Text(
        64, least=1, metadata={"description": "Where the clock hangs.", "example": "Asia/Jerusalem"}
    )


class NewHavrutaSession(SessionPlan):
    type = Choice(SessionType, required=True)

    @validates_schema
    def check_plan(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Only what is planned has a time; what is planned has one."""
        planned = data["type"] == SessionType.SCHEDULED
        if planned and "start_time" not in data:
            raise ValidationError("Needed for a scheduled session.", "start_time")
        for name in {"start_time", "rrule", "timezone"} & data.keys():
            if not planned:
                raise ValidationError("An instant session begins now.", name)


class HavrutaSessionsQuery(PageQuery):
    status = Choice(SessionStatus, load_default=None)
    series_id = SeriesId(load_default=None)


class MyHavrutaSessionsQuery(PageQuery):
    status = Choice(SessionStatus, load_default=None)
    begin = Instant(load_default=None, data_key="from")
    end = Instant(load_default=None, data_key="to")


class HavrutaSession(Answer):
    """A session of study."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    type = fields.String(required=True, metadata={"enum": [str(kind) for kind in SessionType]})
    status = fields.String(
        required=True,
        attribute="current_status",
        metadata={"enum": [str(status) for status in SessionStatus]},
    )
    start_time = Instant(required=True)
    end_time = Instant(required=True, allow_none=True)
    planned_start = Instant(required=True, allow_none=True)
    planned_minutes = fields.Integer(required=True, allow_none=True)
    series_id = fields.UUID(required=True, allow_none=True)
    created_by = fields.UUID(required=True, allow_none=True)
    starting_section = fields.String(
        required=True, allow_none=True, metadata={"example": "Genesis 1:1"}
    )
    ending_section = fields.String(
        required=True, allow_none=True, metadata={"example": "Genesis 2:1"}
    )
    coverage_range = fields.String(
        required=True, allow_none=True, metadata={"example": "Genesis 1:1 to Genesis 2:1"}
    )
    sections_studied = fields.List(
        fields.String(),
        required=True,
        metadata={"deprecated": True, "description": "Use `coverage_range`."},
    )
    position = fields.String(required=True, allow_none=True)
    navigator_id = fields.UUID(required=True, allow_none=True)
    mode = fields.String(required=True, metadata={"enum": [str(mode) for mode in NavigationMode]})
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    version = fields.Integer(required=True)
    end_reason = fields.String(required=True, attribute="current_reason", allow_none=True)
    segments = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How much was covered."}
    )
    minutes = fields.Integer(required=True, allow_none=True)
    minutes_together = fields.Integer(required=True, allow_none=True)


class ListedHavrutaSession(HavrutaSession):
    """A session with what it is a session of."""

    havruta_name = fields.String(required=True, attribute="havruta.name")
    book = fields.String(required=True, attribute="havruta.book")


HavrutaSessionPage = page_of(ListedHavrutaSession)


class CompletedHavrutaSession(HavrutaSession):
    """A session that is over, with who was there."""

    attendees = fields.List(fields.UUID(), required=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/sessions", "create_havruta_session")
@signed_in
@idempotent
@blueprint.arguments(NewHavrutaSession, example={"type": SessionType.SCHEDULED, **PLAN})
@blueprint.response(201, HavrutaSession)
@blueprint.raises(HavrutaArchived, SessionAlreadyActive, InvalidRecurrence)
def create_havruta_session(body: dict[str, Any], havruta_id: UUID) -> models.HavrutaSession:
    """Start a session at once, or plan one or a series of which this is the first."""
    if body.pop("type") == SessionType.INSTANT:
        return sessions.start_now(havruta_id, caller().id)
    return plans.plan(havruta_id, caller().id, **body)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/sessions", "list_havruta_sessions")
@signed_in
@blueprint.arguments(HavrutaSessionsQuery, location="query")
@blueprint.response(200, HavrutaSessionPage)
def list_havruta_sessions(query: dict[str, Any], havruta_id: UUID) -> Page[models.HavrutaSession]:
    """List the sessions of a havruta, newest first."""
    return sessions.of_havruta(havruta_id, caller().id, **query)


@blueprint.get("/api/havruta-sessions", "list_own_havruta_sessions")
@signed_in
@blueprint.arguments(MyHavrutaSessionsQuery, location="query")
@blueprint.response(200, HavrutaSessionPage)
def list_own_havruta_sessions(query: dict[str, Any]) -> Page[models.HavrutaSession]:
    """List the sessions of all your havrutas, earliest first."""
    return sessions.mine(caller().id, **query)


@blueprint.get("/api/havruta-sessions/<uuid:session_id>", "get_havruta_session")
@signed_in
@blueprint.response(200, ListedHavrutaSession)
def get_havruta_session(session_id: UUID) -> Tagged:
    """Get a session."""
    found = sessions.get(session_id, caller().id)
    return found, 200, etag(found.version)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/start", "start_havruta_session")
@signed_in
@blueprint.response(200, HavrutaSession)
@blueprint.raises(TooEarly, HavrutaArchived, SessionNotScheduled, SessionAlreadyActive)
def start_havruta_session(session_id: UUID) -> models.HavrutaSession:
    """Start a planned session, from 15 minutes before its time to two hours after."""
    return sessions.start(session_id, caller().id)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/end", "end_havruta_session")
@signed_in
@blueprint.response(200, HavrutaSession)
@blueprint.raises(OwnerOnly, SessionNotActive)
def end_havruta_session(session_id: UUID) -> models.HavrutaSession:
    """End the session where it is, as the owner. Ending it again changes nothing."""
    return ending.end(session_id, caller().id)
