"""Taking part on the wire: join, leave, remove, list."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.access import caller, signed_in
from chassis.fields import Answer, Body, Boolean, Instant, Text
from chassis.idempotency import idempotent
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from study_session_service import participation
from study_session_service.api.examples import WAITING
from study_session_service.api.sessions import SessionParticipant
from study_session_service.lifecycle import SessionCancelled, SessionFinished
from study_session_service.models import Participant
from study_session_service.participation import HostMustTransfer, Joining, RemovedByHost
from study_session_service.seats import SessionFull
from study_session_service.visibility import HostOnly, ParticipantsOnly

blueprint = Blueprint("participation", "Join, leave and wait for study sessions.")


class JoinRequest(Body):
    waitlist = Boolean(
        load_default=False, metadata={"description": "Wait for a place if there is none."}
    )
    join_code = Text(
        20, load_default=None, allow_none=True, metadata={"description": "Opens a private session."}
    )


class Overlap(Answer):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    start_time = Instant(required=True)
    ends_at = Instant(required=True)


class JoinAnswer(Answer):
    session_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    id = fields.UUID(required=True, allow_none=True, attribute="participant.id", dump_default=None)
    role = fields.String(
        required=True, allow_none=True, attribute="participant.role", dump_default=None
    )
    joined_at = Instant(
        required=True, allow_none=True, attribute="participant.joined_at", dump_default=None
    )
    is_active = fields.Boolean(required=True, attribute="participant.is_active", dump_default=False)
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "In the waitlist, counted from 1; null with a place."},
    )
    overlaps = fields.List(
        fields.Nested(Overlap),
        required=True,
        metadata={"description": "Your other sessions at the same time."},
    )


@blueprint.post("/api/study-sessions/<uuid:session_id>/join")
@signed_in
@idempotent
@blueprint.arguments(JoinRequest, required=False)
@blueprint.response(201, JoinAnswer)
@blueprint.alt_response(
    200, schema=JoinAnswer, description="You have a place already.", success=True
)
@blueprint.alt_response(
    202, schema=JoinAnswer, description="You wait for a place.", success=True, example=WAITING
)
@blueprint.raises(SessionFull, SessionFinished, SessionCancelled, RemovedByHost)
def join(body: dict[str, Any], session_id: UUID) -> tuple[Joining, int]:
    """Take a place in a session, or wait for one."""
    joining = participation.join(session_id, caller().id, **body)
    return joining, joining.status_code


@blueprint.post("/api/study-sessions/<uuid:session_id>/leave")
@signed_in
@blueprint.response(204)
@blueprint.raises(HostMustTransfer)
def leave(session_id: UUID) -> None:
    """Give up your place, or stop waiting for one."""
    participation.leave(session_id, caller().id)


@blueprint.get("/api/study-sessions/<uuid:session_id>/participants")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(SessionParticipant))
@blueprint.raises(ParticipantsOnly)
def participants(query: dict[str, Any], session_id: UUID) -> Page[Participant]:
    """List who is in a session that you are in."""
    return participation.participants(session_id, caller().id, **query)


@blueprint.delete("/api/study-sessions/<uuid:session_id>/participants/<uuid:user_id>")
@signed_in
@blueprint.response(204)
@blueprint.raises(HostOnly, HostMustTransfer)
def remove(session_id: UUID, user_id: UUID) -> None:
    """Remove a participant from your session, for good."""
    participation.remove(session_id, caller().id, user_id)
