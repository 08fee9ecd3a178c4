"""Being present in a session, and turning the pages together."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import InvalidTransition
from chassis.web.fields import UUID as UserId
from chassis.web.fields import Answer, Body, Choice, Instant, Integer, Query, Text
from chassis.web.rest import Blueprint
from havruta_service import navigation, presence
from havruta_service.api.texts import Written
from havruta_service.catalogue import AmbiguousReference
from havruta_service.models import NavigationMode, SessionStatus
from havruta_service.navigation import NotPresent, OtherBook, StalePosition, State
from havruta_service.presence import SessionEventLimitReached
from havruta_service.reference_reader import (
    LONGEST,
    MalformedReference,
    NotOnePassage,
    ReferenceOutOfRange,
    UnknownBook,
)

blueprint = Blueprint("navigation")


class NewPosition(Body):
    ref = Text(LONGEST, least=1, required=True, metadata={"example": "Genesis 2:1"})
    expected_seq = Integer(
        0,
        load_default=None,
        metadata={"description": "The `seq` that you know; 409 if the pages were turned since."},
    )


class NewNavigator(Body):
    user_id = UserId(required=True)


class NewNavigationMode(Body):
    mode = Choice(NavigationMode, required=True)


class StateQuery(Query):
    since_seq = Integer(
        0, load_default=None, metadata={"description": "304 if this is still the `seq`."}
    )


class PresentMember(Answer):
    """A member who is present."""

    user_id = fields.UUID(required=True)
    since = Instant(required=True, attribute="joined_at")


class SessionState(Answer):
    """What a member who joins now has to know."""

    session_id = fields.UUID(required=True)
    status = Choice(SessionStatus, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    ref = Written(required=True, allow_none=True, metadata={"example": "Genesis 2:1"})
    hebrew_ref = fields.String(required=True, allow_none=True)
    prev = Written(required=True, attribute="previous", allow_none=True)
    next = Written(required=True, allow_none=True)
    navigator_id = fields.UUID(required=True, allow_none=True)
    mode = Choice(NavigationMode, required=True)
    present = fields.List(fields.Nested(PresentMember), required=True)


class Heartbeat(Answer):
    """The number of the last live event."""

    seq = fields.Integer(required=True)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/join", "join_havruta_session")
@signed_in
@blueprint.response(200, SessionState)
@blueprint.raises(InvalidTransition, SessionEventLimitReached)
def join_havruta_session(session_id: UUID) -> State:
    """Join a session that is in progress."""
    return navigation.state_of(presence.join(session_id, caller().id))


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/heartbeat", "send_heartbeat")
@signed_in
@blueprint.response(200, Heartbeat)
@blueprint.raises(InvalidTransition, SessionEventLimitReached)
def send_heartbeat(session_id: UUID) -> dict[str, int]:
    """Send a heartbeat, every 15 to 30 seconds; after 90 seconds without one you count as absent."""
    return {"seq": presence.heartbeat(session_id, caller().id)}


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/leave", "leave_havruta_session")
@signed_in
@blueprint.response(204)
def leave_havruta_session(session_id: UUID) -> None:
    """Leave the session. Its owner and navigator stay the same."""
    presence.leave(session_id, caller().id)


@blueprint.get("/api/havruta-sessions/<uuid:session_id>/state", "get_havruta_session_state")
@signed_in
@blueprint.arguments(StateQuery, location="query")
@blueprint.alt_response(304, description="Nothing has happened since.")
@blueprint.response(200, SessionState)
def get_havruta_session_state(query: dict[str, Any], session_id: UUID) -> State | Response:
    """Get where the session is in the text, who navigates and who is present."""
    return navigation.state(session_id, caller().id, **query) or Response(status=304)


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/position", "turn_page")
@signed_in
@blueprint.arguments(NewPosition)
@blueprint.response(200, SessionState)
@blueprint.raises(InvalidTransition, StalePosition, SessionEventLimitReached)
@blueprint.raises(UnknownBook, AmbiguousReference, ReferenceOutOfRange)
@blueprint.raises(MalformedReference, NotOnePassage, OtherBook)
def turn_page(body: dict[str, Any], session_id: UUID) -> State:
    """Turn to a passage, as the navigator; in the mode `shared` every member may."""
    try:
        return navigation.go_to(session_id, caller().id, **body)
    except StalePosition as stale:
        # The rule knows where the session is, and only this module how that is written.
        stale.extra["state"] = SessionState().dump(stale.state)
        raise


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/navigator", "set_navigator")
@signed_in
@blueprint.arguments(NewNavigator)
@blueprint.response(200, SessionState)
@blueprint.raises(NotPresent, InvalidTransition)
def set_navigator(body: dict[str, UUID], session_id: UUID) -> State:
    """Make a member who is present the navigator, as the navigator or the owner."""
    return navigation.pass_navigation(session_id, caller().id, body["user_id"])


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/mode", "set_navigation_mode")
@signed_in
@blueprint.arguments(NewNavigationMode)
@blueprint.response(200, SessionState)
@blueprint.raises(InvalidTransition)
def set_navigation_mode(body: dict[str, str], session_id: UUID) -> State:
    """Let one member turn the pages, or every member, as the owner."""
    return navigation.set_mode(session_id, caller().id, body["mode"])
