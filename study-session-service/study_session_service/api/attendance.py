"""Who came to a session, on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed, TooEarly
from chassis.web.fields import Answer, Body, Boolean
from chassis.web.rest import Blueprint
from study_session_service import attendance
from study_session_service.attendance import Figures
from study_session_service.lifecycle import SessionCancelled
from study_session_service.models import Participant

BASE = "/api/study-sessions"

blueprint = Blueprint("study-session-attendance")


class AttendanceMark(Body):
    attended = Boolean(
        required=True, allow_none=True, metadata={"description": "Null takes a mark back."}
    )


class ParticipantAttendance(Answer):
    user_id = fields.UUID(required=True)
    attended = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"example": True, "description": "Null while the host has marked nothing."},
    )


class SessionAttendance(Answer):
    """The marks of all who have a seat."""

    items = fields.List(fields.Nested(ParticipantAttendance), required=True)


class OwnAttendance(Answer):
    """To how many sessions you came, and how many you missed, as their hosts marked."""

    attended = fields.Integer(required=True, metadata={"example": 12})
    missed = fields.Integer(required=True, metadata={"example": 1})


@blueprint.put(
    f"{BASE}/<uuid:session_id>/participants/<uuid:user_id>/attendance", "mark_participant"
)
@signed_in
@blueprint.arguments(AttendanceMark)
@blueprint.response(200, ParticipantAttendance)
@blueprint.raises(SessionCancelled, TooEarly, DeadlinePassed)
def mark_participant(body: dict[str, Any], session_id: UUID, user_id: UUID) -> Participant:
    """Mark whether a participant came to your session, from its beginning to 14 days after its end."""
    return attendance.mark(session_id, caller().id, user_id, **body)


@blueprint.get(f"{BASE}/<uuid:session_id>/attendance", "list_attendance")
@signed_in
@blueprint.response(200, SessionAttendance)
def list_attendance(session_id: UUID) -> dict[str, Any]:
    """List which participants came to your session, as you marked it."""
    return {"items": attendance.of_session(session_id, caller().id)}


@blueprint.get(f"{BASE}/mine/attendance", "get_own_attendance")
@signed_in
@blueprint.response(200, OwnAttendance)
def get_own_attendance() -> Figures:
    """Count the sessions to which you came, and those you missed; no one else is shown this."""
    return attendance.of_person(caller().id)
