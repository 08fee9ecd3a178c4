"""Sessions of study: instant or planned, from start to end."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validates_schema

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed, InvalidTransition, TooEarly
from chassis.pages import Page
from chassis.web.conditional import etag
from chassis.web.fields import UUID as SeriesId
from chassis.web.fields import Answer, Body, Choice, Choices, Instant, Integer, Text, TimeZone
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint
from havruta_service import completion, models, plans, sessions
from havruta_service.api.examples import PLAN
from havruta_service.havrutas import HavrutaArchived, SessionInProgress
from havruta_service.models import EndReason, NavigationMode, SessionStatus, SessionType
from havruta_service.repetition import LONGEST_RULE, InvalidRecurrence
from havruta_service.sessions import HavrutaSessionLimitReached

blueprint = Blueprint("havruta-sessions")

Tagged = tuple[models.HavrutaSession, int, dict[str, str]]


class SessionPlan(Body):
    """When a session is planned, and how it repeats."""

    start_time = Instant(metadata={"description": "Needed to plan; an instant session begins now."})
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
    timezone = TimeZone(
        metadata={"description": "Sessions of a series keep their hour in this zone."}
    )


class NewHavrutaSession(SessionPlan):
    type = Choice(SessionType, required=True)

    @validates_schema
    def check_plan(self, data: dict[str, Any], **kwargs: Any) -> None:
        """A planned session has a time; an instant session has none."""
        planned = data["type"] == SessionType.SCHEDULED
        if planned and "start_time" not in data:
            raise ValidationError("Needed for a scheduled session.", "start_time")
        for name in {"start_time", "rrule", "timezone"} & data.keys():
            if not planned:
                raise ValidationError("An instant session begins now.", name)


class PeriodPageQuery(PageQuery, PeriodQuery):
    """A page of what begins within a period."""

    @post_load
    def as_instants(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        period: dict[str, Any] = super().as_instants(data)
        # Rules take instants: the zone was needed to say which instants the dates stand for.
        del period["tz"]
        return period


class OwnHavrutaSessionsQuery(PeriodPageQuery):
    status = Choices(SessionStatus, metadata={"example": "active,scheduled"})


class HavrutaSessionsQuery(OwnHavrutaSessionsQuery):
    series_id = SeriesId(load_default=None)


class HavrutaSession(Answer):
    """A session of study."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    type = Choice(SessionType, required=True)
    status = Choice(SessionStatus, required=True, attribute="current_status")
    starts_at = Instant(required=True)
    ends_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "The actual end once it has ended, before that the planned one."},
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
    mode = Choice(NavigationMode, required=True)
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    version = fields.Integer(required=True)
    end_reason = Choice(EndReason, required=True, attribute="current_reason", allow_none=True)
    cancellation_reason = fields.String(required=True, allow_none=True)
    segments = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How much was covered."}
    )
    minutes = fields.Integer(required=True, allow_none=True)
    minutes_together = fields.Integer(required=True, allow_none=True)


class ListedHavrutaSession(HavrutaSession):
    """A session with the name and the book of its havruta."""

    havruta_name = fields.String(required=True, attribute="havruta.name")
    book = fields.String(required=True, attribute="havruta.book")


HavrutaSessionPage = page_of(ListedHavrutaSession)


class CompletedHavrutaSession(HavrutaSession):
    """A session that is over, with the members who were present."""

    attendees = fields.List(fields.UUID(), required=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/sessions", "create_havruta_session")
@signed_in
@idempotent
@blueprint.arguments(NewHavrutaSession, example={"type": SessionType.SCHEDULED, **PLAN})
@blueprint.response(201, HavrutaSession, versioned=True)
@blueprint.raises(HavrutaArchived, SessionInProgress, InvalidRecurrence, HavrutaSessionLimitReached)
def create_havruta_session(body: dict[str, Any], havruta_id: UUID) -> Tagged:
    """Start an instant session, or plan one or a series; the answer is the first of a series."""
    if body.pop("type") == SessionType.INSTANT:
        created = sessions.start_now(havruta_id, caller().id)
    else:
        created = plans.plan(havruta_id, caller().id, **body)
    location = {"Location": f"/api/havruta-sessions/{created.id}"}
    return created, 201, {**etag(created.version), **location}


@blueprint.get("/api/havrutas/<uuid:havruta_id>/sessions", "list_havruta_sessions")
@signed_in
@blueprint.arguments(HavrutaSessionsQuery, location="query")
@blueprint.response(200, HavrutaSessionPage)
def list_havruta_sessions(query: dict[str, Any], havruta_id: UUID) -> Page[models.HavrutaSession]:
    """List the sessions of a havruta, newest first."""
    return sessions.of_havruta(havruta_id, caller().id, **query)


@blueprint.get("/api/havruta-sessions", "list_own_havruta_sessions")
@signed_in
@blueprint.arguments(OwnHavrutaSessionsQuery, location="query")
@blueprint.response(200, HavrutaSessionPage)
def list_own_havruta_sessions(query: dict[str, Any]) -> Page[models.HavrutaSession]:
    """List the sessions of all your havrutas, earliest first."""
    return sessions.mine(caller().id, **query)


@blueprint.get("/api/havruta-sessions/<uuid:session_id>", "get_havruta_session")
@signed_in
@blueprint.response(200, ListedHavrutaSession, versioned=True)
def get_havruta_session(session_id: UUID) -> Tagged:
    """Get a session."""
    found = sessions.get(session_id, caller().id)
    return found, 200, etag(found.version)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/start", "start_havruta_session")
@signed_in
@blueprint.response(200, HavrutaSession)
@blueprint.raises(TooEarly, DeadlinePassed, HavrutaArchived, InvalidTransition, SessionInProgress)
def start_havruta_session(session_id: UUID) -> models.HavrutaSession:
    """Start a planned session, from 15 minutes before its time to two hours after."""
    return sessions.start(session_id, caller().id)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/end", "end_havruta_session")
@signed_in
@blueprint.response(200, HavrutaSession)
@blueprint.raises(InvalidTransition)
def end_havruta_session(session_id: UUID) -> models.HavrutaSession:
    """End the session where it is, as the owner. Ending it again changes nothing."""
    return completion.end(session_id, caller().id)
