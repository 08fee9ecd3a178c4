"""Sessions on the wire: open, read, change, go through their states."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validates_schema

from chassis.auth.authorization import caller, caller_or_none, optional, signed_in
from chassis.clock import rfc3339
from chassis.errors import InvalidTransition, TooEarly
from chassis.pages import Page
from chassis.versions import ExpectedVersion
from chassis.web.addresses import HttpsAddress
from chassis.web.conditional import etag, if_match
from chassis.web.fields import UUID as UserId
from chassis.web.fields import Answer, Body, Choice, Float, Instant, Integer, Name, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from study_session_service import lifecycle, sessions
from study_session_service.api.examples import EVENING
from study_session_service.api.fields import RRULE, TIME_ZONE, Origin, point, require_zone
from study_session_service.lifecycle import SessionCancelled, SessionEnded
from study_session_service.lists import When
from study_session_service.models import (
    LocationVisibility,
    Mode,
    Role,
    SessionType,
    Status,
    Visibility,
)
from study_session_service.participation import NotAParticipant
from study_session_service.repetition import InvalidRecurrence
from study_session_service.series import cancelling, changing, handing_over, opening
from study_session_service.series.scope import Scope
from study_session_service.sessions import (
    CapacityBelowParticipants,
    HostedSessionLimitReached,
    NotChangeable,
    OwnRole,
)
from study_session_service.visibility import SeenSession

blueprint = Blueprint("study-sessions")
Answered = tuple[SeenSession, int, dict[str, str]]
OF_VIEWER = frozenset(dir(SeenSession))


class Announcement(Body):
    """What is said of a session."""

    title = Name(
        200, least=1, required=True, metadata={"example": "Tractate Berakhot, first chapter"}
    )
    subject = Name(100, least=1, required=True, metadata={"example": "Talmud"})
    session_type = Choice(SessionType, required=True)
    latitude = Float(-90, 90, required=True, metadata={"example": 31.778})
    longitude = Float(-180, 180, required=True, metadata={"example": 35.235})
    start_time = Instant(
        required=True,
        metadata={
            "description": "From 5 minutes ago to a year ahead.",
            "example": rfc3339(EVENING),
        },
    )
    duration_minutes = Integer(5, 1440, required=True, metadata={"example": 90})
    max_participants = Integer(
        2, 500, metadata={"description": "The host included; 10 by default.", "example": 10}
    )
    description = Text(2000, paragraphs=True, allow_none=True)
    mode = Choice(Mode, metadata={"description": "in-person by default."})
    venue_name = Name(200, least=1, allow_none=True, metadata={"example": "National Library"})
    meeting_url = HttpsAddress(
        allow_none=True, metadata={"example": "https://meet.example.org/berakhot"}
    )
    visibility = Choice(
        Visibility,
        metadata={
            "description": "Found by everyone, the default; only by its address; only with the join code."
        },
    )
    location_visibility = Choice(
        LocationVisibility,
        metadata={
            "description": "exact by default; approximate shows others a point on a grid of a"
            " kilometre, and no venue_name."
        },
    )


class NewStudySession(Announcement):
    rrule = RRULE
    timezone = TIME_ZONE

    @validates_schema
    def _both_or_none(self, data: dict[str, Any], **kwargs: Any) -> None:
        require_zone(data)


class StudySessionChanges(Announcement):
    """What is left out stays as it is."""

    scope = Choice(
        Scope,
        metadata={
            "description": "Of a series: this one, this and the future ones, or all; this by default. What"
            " has begun or was changed by itself stays as it is."
        },
    )


class MyParticipation(Answer):
    role = Choice(Role, required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    joined_at = Instant(required=True, allow_none=True)
    left_at = Instant(required=True, allow_none=True)
    removed = fields.Boolean(
        required=True, metadata={"description": "Removed by the host, for good."}
    )
    attended = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether you came, as the host has marked."},
    )
    waitlist_position = fields.Integer(required=True, allow_none=True)


class StudySession(Answer):
    """A session as a list shows it: the row of one, or what a viewer sees of it."""

    id = fields.UUID(required=True)
    host_id = fields.UUID(required=True)
    title = fields.String(required=True)
    subject = fields.String(required=True)
    session_type = Choice(SessionType, required=True)
    status = Choice(Status, required=True)
    mode = Choice(Mode, required=True)
    venue_name = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "With an approximate location for active participants only.",
        },
    )
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    location_visibility = Choice(LocationVisibility, required=True)
    visibility = Choice(Visibility, required=True)
    start_time = Instant(required=True, metadata={"description": "As announced."})
    duration_minutes = fields.Integer(required=True)
    starts_at = Instant(
        required=True,
        metadata={"description": "The actual start once it is live, until then `start_time`."},
    )
    ends_at = Instant(
        required=True,
        attribute="actual_end",
        metadata={"description": "The actual end once it has ended."},
    )
    max_participants = fields.Integer(required=True)
    current_participants = fields.Integer(required=True)
    seats_left = fields.Integer(required=True)
    distance_m = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "From `lat`, `lng`; null without them."},
    )
    my_participation = fields.Nested(MyParticipation, required=True, allow_none=True)
    series_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)

    def path_of(self, kind: type, name: str) -> str:
        # A viewer's view says what depends on the viewer; the rest is the session's own.
        is_of_session = kind is SeenSession and name not in OF_VIEWER
        return f"session.{name}" if is_of_session else name


StudySessionPage = page_of(StudySession)


class SessionParticipant(Answer):
    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    role = Choice(Role, required=True)
    joined_at = Instant(required=True)
    left_at = Instant(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


class SeriesRule(Answer):
    """How the sessions of a series repeat."""

    id = fields.UUID(required=True)
    rrule = fields.String(required=True)
    timezone = fields.String(required=True)


class StudySessionDetails(StudySession):
    description = fields.String(required=True, allow_none=True)
    meeting_url = fields.String(
        required=True, allow_none=True, metadata={"description": "For active participants only."}
    )
    join_code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a private session, for its active participants."},
    )
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    cancelled_at = Instant(required=True, allow_none=True)
    cancellation_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in the `ETag`."})
    series = fields.Nested(SeriesRule, required=True, allow_none=True)
    participants = fields.List(
        fields.Nested(SessionParticipant),
        required=True,
        allow_none=True,
        metadata={"description": "The first 50, for active participants; null for others."},
    )


class MyStudySessions(PageQuery, PeriodQuery):
    role = Choice(
        OwnRole,
        load_default=None,
        metadata={
            "description": "waiting: where you wait for a seat; these are not among the others."
        },
    )
    when = Choice(When, load_default=When.UPCOMING)


class Cancellation(Body):
    scope = Choice(Scope, load_default=Scope.THIS)
    reason = Text(500, least=1, allow_none=True, load_default=None)


class NewHost(Body):
    scope = Choice(Scope, load_default=Scope.THIS)
    user_id = UserId(required=True, metadata={"description": "An active participant."})


@blueprint.post("/api/study-sessions", "create_study_session")
@signed_in
@idempotent
@blueprint.arguments(NewStudySession, bounds=BodyBounds(64 * 1024))
@blueprint.response(201, StudySessionDetails, versioned=True)
@blueprint.raises(HostedSessionLimitReached, InvalidRecurrence)
def create_study_session(details: dict[str, Any]) -> Answered:
    """Create a study session, or a series and get its first; you are the host and first participant."""
    rule = {name: details.pop(name, None) for name in ("rrule", "timezone")}
    seen = opening.create(caller().id, details, **rule)
    session = seen.session
    headers = {**etag(session.version), "Location": f"/api/study-sessions/{session.id}"}
    return seen, 201, headers


@blueprint.get("/api/study-sessions/mine", "list_own_study_sessions")
@signed_in
@blueprint.arguments(MyStudySessions, location="query")
@blueprint.response(200, StudySessionPage)
def list_own_study_sessions(query: dict[str, Any]) -> Page[SeenSession]:
    """List the sessions you have a seat in or wait for, earliest first; with `when=past`, newest first."""
    del query["tz"]  # `from` and `to` are instants by now
    return sessions.mine(caller().id, **query)


@blueprint.get("/api/study-sessions/<uuid:session_id>", "get_study_session")
@optional
@blueprint.arguments(Origin, location="query")
@blueprint.response(200, StudySessionDetails, versioned=True)
def get_study_session(query: dict[str, Any], session_id: UUID) -> Answered:
    """Get a study session."""
    viewer = caller_or_none()
    return _answer(sessions.details(session_id, viewer.id if viewer else None, point(query)))


@blueprint.patch("/api/study-sessions/<uuid:session_id>", "update_study_session")
@signed_in
@if_match
@blueprint.arguments(
    StudySessionChanges(partial=True),
    example={"venue_name": "Beit Midrash", "max_participants": 12},
    bounds=BodyBounds(64 * 1024),
)
@blueprint.response(200, StudySessionDetails, versioned=True)
@blueprint.raises(NotChangeable, CapacityBelowParticipants, SessionEnded, SessionCancelled)
def update_study_session(
    changes: dict[str, Any], session_id: UUID, expected: ExpectedVersion
) -> Answered:
    """Update your session before it starts; its title, subject and description also while it is live."""
    scope = changes.pop("scope", Scope.THIS)
    return _answer(changing.change(session_id, caller().id, expected, changes, scope))


@blueprint.post("/api/study-sessions/<uuid:session_id>/start", "start_study_session")
@signed_in
@blueprint.response(200, StudySessionDetails, versioned=True)
@blueprint.raises(InvalidTransition, TooEarly)
def start_study_session(session_id: UUID) -> Answered:
    """Start your session, from 15 minutes before the announced time."""
    lifecycle.start(session_id, caller().id)
    return _answer(sessions.details(session_id, caller().id))


@blueprint.post("/api/study-sessions/<uuid:session_id>/finish", "finish_study_session")
@signed_in
@blueprint.response(200, StudySessionDetails, versioned=True)
@blueprint.raises(InvalidTransition)
def finish_study_session(session_id: UUID) -> Answered:
    """Finish your live session."""
    lifecycle.finish(session_id, caller().id)
    return _answer(sessions.details(session_id, caller().id))


@blueprint.post("/api/study-sessions/<uuid:session_id>/cancel", "cancel_study_session")
@signed_in
@blueprint.arguments(Cancellation, required=False)
@blueprint.response(200, StudySessionDetails, versioned=True)
@blueprint.raises(InvalidTransition)
def cancel_study_session(body: dict[str, Any], session_id: UUID) -> Answered:
    """Cancel your session before it starts, or more of its series."""
    cancelling.cancel(session_id, caller().id, **body)
    return _answer(sessions.details(session_id, caller().id))


@blueprint.post("/api/study-sessions/<uuid:session_id>/host", "transfer_study_session")
@signed_in
@blueprint.arguments(NewHost)
@blueprint.response(200, StudySessionDetails, versioned=True)
@blueprint.raises(NotAParticipant, SessionEnded, SessionCancelled)
def transfer_study_session(body: dict[str, Any], session_id: UUID) -> Answered:
    """Make another active participant the host of your session, or of more of its series."""
    handing_over.hand_over(session_id, caller().id, to=body["user_id"], scope=body["scope"])
    return _answer(sessions.details(session_id, caller().id))


def _answer(seen: SeenSession) -> Answered:
    return seen, 200, etag(seen.session.version)
