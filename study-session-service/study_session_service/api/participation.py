"""Taking part on the wire: join, leave, remove, list."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Choice, Instant, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from study_session_service import participation
from study_session_service.api.examples import WAITING
from study_session_service.api.sessions import SessionParticipant
from study_session_service.lifecycle import SessionCancelled, SessionEnded
from study_session_service.models import Role
from study_session_service.participation import (
    JoinedSessionLimitReached,
    Joining,
    RemovedByHost,
    TransferRequired,
)
from study_session_service.seats import SessionFull
from study_session_service.series import joining
from study_session_service.series.scope import Scope

blueprint = Blueprint("participation")


class JoinRequest(Body):
    waitlist = Boolean(
        load_default=False, metadata={"description": "Wait for a seat if the session is full."}
    )
    join_code = Text(
        20, load_default=None, allow_none=True, metadata={"description": "Opens a private session."}
    )


class ParticipantRemoval(Body):
    scope = Choice(Scope, load_default=Scope.THIS)
    reason = Text(500, least=1, load_default=None, allow_none=True)


class Overlap(Answer):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    start_time = Instant(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, attribute="actual_end")


class JoinAnswer(Answer):
    session_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    id = fields.UUID(required=True, allow_none=True, attribute="participant.id", dump_default=None)
    role = Choice(
        Role, required=True, allow_none=True, attribute="participant.role", dump_default=None
    )
    joined_at = Instant(
        required=True, allow_none=True, attribute="participant.joined_at", dump_default=None
    )
    is_active = fields.Boolean(required=True, attribute="participant.is_active", dump_default=False)
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "In the waitlist, counted from 1; null with a seat."},
    )
    overlaps = fields.List(
        fields.Nested(Overlap),
        required=True,
        metadata={"description": "Your other sessions at the same time."},
    )


@blueprint.post("/api/study-sessions/<uuid:session_id>/join", "join_study_session")
@signed_in
@idempotent
@blueprint.arguments(JoinRequest, required=False)
@blueprint.response(201, JoinAnswer)
@blueprint.alt_response(
    200, schema=JoinAnswer, description="You have a seat already.", success=True
)
@blueprint.alt_response(
    202, schema=JoinAnswer, description="You wait for a seat.", success=True, example=WAITING
)
@blueprint.raises(
    SessionFull, SessionEnded, SessionCancelled, RemovedByHost, JoinedSessionLimitReached
)
def join_study_session(
    body: dict[str, Any], session_id: UUID
) -> tuple[Joining, int, dict[str, str]]:
    """Join a study session, or its waitlist when it is full."""
    joining = participation.join(session_id, caller().id, **body)
    if joining.participant is None:
        return joining, 202, {}
    if not joining.is_new:
        return joining, 200, {}
    path = f"/api/study-sessions/{session_id}/participants/{joining.user_id}"
    return joining, 201, {"Location": path}


@blueprint.post("/api/study-sessions/<uuid:session_id>/leave", "leave_study_session")
@signed_in
@blueprint.response(204)
@blueprint.raises(TransferRequired)
def leave_study_session(session_id: UUID) -> None:
    """Give up your seat, or your position on the waitlist."""
    participation.leave(session_id, caller().id)


@blueprint.get("/api/study-sessions/<uuid:session_id>/participants", "list_participants")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(SessionParticipant))
def list_participants(query: dict[str, Any], session_id: UUID) -> Page[Any]:
    """List the participants of a session that you are in."""
    return participation.participants(session_id, caller().id, **query)


@blueprint.delete(
    "/api/study-sessions/<uuid:session_id>/participants/<uuid:user_id>", "remove_participant"
)
@signed_in
@blueprint.arguments(ParticipantRemoval, required=False)
@blueprint.response(204)
@blueprint.raises(TransferRequired)
def remove_participant(body: dict[str, Any], session_id: UUID, user_id: UUID) -> None:
    """Remove a participant from your session, or more of its series, for good.

    They are told the reason, which is not kept here.
    """
    joining.remove(session_id, caller().id, user_id, **body)
