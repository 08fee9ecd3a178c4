"""Reminders of sessions on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.messaging.reminders import LONGEST, MOST
from chassis.web.fields import Answer, Body, Integer, List
from chassis.web.rest import Blueprint
from study_session_service import reminders
from study_session_service.lifecycle import SessionCancelled, SessionEnded
from study_session_service.reminders import Choice

PATH = "/api/study-sessions/<uuid:session_id>/reminders"
EXAMPLE = [60, 10]

blueprint = Blueprint("study-session-reminders")


class StudySessionReminderChoice(Body):
    minutes_before = List(
        Integer(0, LONGEST),
        MOST,
        required=True,
        allow_none=True,
        metadata={
            "example": EXAMPLE,
            "description": "An empty list for no reminder; null for the default.",
        },
    )


class StudySessionReminders(Answer):
    minutes_before = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"example": EXAMPLE, "description": "Your own choice; null for the default."},
    )
    default_minutes_before = fields.List(
        fields.Integer(), required=True, metadata={"example": [1440, 15]}
    )


@blueprint.get(PATH, "get_study_session_reminders")
@signed_in
@blueprint.response(200, StudySessionReminders)
def get_study_session_reminders(session_id: UUID) -> Choice:
    """Get when you are reminded of a session that you are in."""
    return reminders.of_person(session_id, caller().id)


@blueprint.put(PATH, "set_study_session_reminders")
@signed_in
@blueprint.arguments(StudySessionReminderChoice)
@blueprint.response(200, StudySessionReminders)
@blueprint.raises(SessionEnded, SessionCancelled)
def set_study_session_reminders(body: dict[str, Any], session_id: UUID) -> Choice:
    """Choose when you are reminded of a session that you are in; null restores the default."""
    return reminders.choose(session_id, caller().id, **body)
