"""Reminders of planned sessions on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import InvalidTransition
from chassis.messaging.reminders import LONGEST, MOST
from chassis.web.fields import Answer, Body, Integer, List
from chassis.web.rest import Blueprint
from havruta_service import reminders
from havruta_service.havrutas import HavrutaArchived
from havruta_service.reminders import Choice

PATH = "/api/havruta-sessions/<uuid:session_id>/reminders"
EXAMPLE = [60, 10]

blueprint = Blueprint("havruta-session-reminders")


class HavrutaSessionReminderChoice(Body):
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


class HavrutaSessionReminders(Answer):
    minutes_before = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"example": EXAMPLE, "description": "Your own choice; null for the default."},
    )
    default_minutes_before = fields.List(
        fields.Integer(), required=True, metadata={"example": [1440, 15]}
    )


@blueprint.get(PATH, "get_havruta_session_reminders")
@signed_in
@blueprint.response(200, HavrutaSessionReminders)
def get_havruta_session_reminders(session_id: UUID) -> Choice:
    """Get when you are reminded of a planned session of your havruta."""
    return reminders.of_person(session_id, caller().id)


@blueprint.put(PATH, "set_havruta_session_reminders")
@signed_in
@blueprint.arguments(HavrutaSessionReminderChoice)
@blueprint.response(200, HavrutaSessionReminders)
@blueprint.raises(HavrutaArchived, InvalidTransition)
def set_havruta_session_reminders(body: dict[str, Any], session_id: UUID) -> Choice:
    """Choose when you are reminded of a planned session; null restores the default."""
    return reminders.choose(session_id, caller().id, **body)
