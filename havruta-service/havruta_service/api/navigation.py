"""Being in a session, and turning the pages together."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from chassis.access import caller, signed_in
from chassis.fields import UUID as UserId
from chassis.fields import Answer, Body, Choice, Integer, Query, Text
from chassis.rest import Blueprint
from havruta_service import navigation, presence
from havruta_service.havrutas import OwnerOnly
from havruta_service.models import NavigationMode, SessionStatus
from havruta_service.navigation import NotNavigator, NotPresent, OtherBook, StalePosition, State
from havruta_service.presence import SessionNotActive
from havruta_service.references import (
    LONGEST,
    MalformedRef,
    NotOnePlace,
    RefOutOfRange,
    UnknownBook,
)

blueprint = Blueprint("navigation", "Being in a session, and turning the pages together.")


class NewPosition(Body):
    ref = Text(LONGEST, least=1, required=True, metadata={"example": "Genesis 2:1"})
    expected_seq = Integer(
        0,
        load_default=None,
        metadata={"description": "The `seq` one knows; 409 if the pages were turned since."},
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
    """Somebody who is here."""

    user_id = fields.UUID(required=True)
    since = fields.String(required=True, metadata={"format": "date-time"})


class SessionState(Answer):
    """What somebody who comes now has to know."""

    session_id = fields.UUID(required=True)
    status = fields.String(
        required=True, metadata={"enum": [str(status) for status in SessionStatus]}
    )
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    ref = fields.String(required=True, allow_none=True, metadata={"example": "Genesis 2:1"})
    hebrew_ref = fields.String(required=True, allow_none=True)
    prev = fields.String(required=True, allow_none=True)
    next = fields.String(required=True, allow_none=True)
    navigator_id = fields.UUID(required=True, allow_none=True)
    mode = fields.String(required=True, metadata={"enum": [str(mode) for mode in NavigationMode]})
    present = fields.List(fields.Nested(PresentMember), required=True)


class Heartbeat(Answer):
    """The number of the last live event."""

    seq = fields.Integer(required=True)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/join")
@signed_in
@blueprint.response(200, SessionState)
@blueprint.raises(SessionNotActive)
def join(session_id: UUID) -> State:
    """Be here."""
    return navigation.as_state(presence.join(session_id, caller().id))


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/heartbeat")
@signed_in
@blueprint.response(200, Heartbeat)
@blueprint.raises(SessionNotActive)
def heartbeat(session_id: UUID) -> dict[str, int]:
    """Still be here: every 15 to 30 seconds. Who is silent for 90 is absent."""
    return {"seq": presence.heartbeat(session_id, caller().id)}


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/leave")
@signed_in
@blueprint.response(204)
def leave(session_id: UUID) -> None:
    """Be gone. It changes neither owner nor navigator."""
    presence.leave(session_id, caller().id)


@blueprint.get("/api/havruta-sessions/<uuid:session_id>/state")
@signed_in
@blueprint.arguments(StateQuery, location="query")
@blueprint.alt_response(304, description="Nothing has happened since.")
@blueprint.response(200, SessionState)
def state(query: dict[str, Any], session_id: UUID) -> State | Response:
    """Read where the session is."""
    return navigation.state(session_id, caller().id, **query) or Response(status=304)


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/position")
@signed_in
@blueprint.arguments(NewPosition)
@blueprint.response(200, SessionState)
@blueprint.raises(NotNavigator, SessionNotActive, StalePosition)
@blueprint.raises(UnknownBook, RefOutOfRange, MalformedRef, NotOnePlace, OtherBook)
def move(body: dict[str, Any], session_id: UUID) -> State:
    """Turn to a place; who navigates may, or in the mode `shared` every member."""
    return navigation.move(session_id, caller().id, **body)


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/navigator")
@signed_in
@blueprint.arguments(NewNavigator)
@blueprint.response(200, SessionState)
@blueprint.raises(NotNavigator, NotPresent, SessionNotActive)
def hand_to(body: dict[str, UUID], session_id: UUID) -> State:
    """Let somebody who is here turn the pages; the navigator may, and the owner, also to take it back."""
    return navigation.hand_to(session_id, caller().id, body["user_id"])


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/mode")
@signed_in
@blueprint.arguments(NewNavigationMode)
@blueprint.response(200, SessionState)
@blueprint.raises(OwnerOnly, SessionNotActive)
def set_mode(body: dict[str, str], session_id: UUID) -> State:
    """Let one turn the pages, or all; the owner may."""
    return navigation.set_mode(session_id, caller().id, body["mode"])
