"""Reminders of sessions."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.web.fields import Answer, Body, Boolean, Instant, Integer
from chassis.web.rest import Blueprint
from tutoring_service import reminders
from tutoring_service.api.sessions import PATH
from tutoring_service.reminders import Shown

blueprint = Blueprint("reminders")


class ReminderChoice(Body):
    notification_enabled = Boolean(load_default=None, allow_none=True)
    alarm_enabled = Boolean(load_default=None, allow_none=True)
    alarm_before_minutes = Integer(0, 10080, load_default=None, allow_none=True)


class EffectiveReminder(Answer):
    notification_enabled = fields.Boolean(required=True)
    alarm_enabled = fields.Boolean(required=True)
    alarm_before_minutes = fields.Integer(required=True)


class Reminder(Answer):
    notification_enabled = fields.Boolean(required=True, allow_none=True)
    alarm_enabled = fields.Boolean(required=True, allow_none=True)
    alarm_before_minutes = fields.Integer(required=True, allow_none=True)
    effective = fields.Nested(EffectiveReminder, required=True)
    due_at = Instant(required=True, allow_none=True)
    sent_at = Instant(required=True, allow_none=True)


@blueprint.get(f"{PATH}/reminder", "get_reminder")
@signed_in
@blueprint.response(200, Reminder)
def get_reminder(session_id: int) -> Shown:
    """Get your reminder of a session."""
    return reminders.of_caller(caller(), session_id)


@blueprint.put(f"{PATH}/reminder", "set_reminder")
@signed_in
@blueprint.arguments(ReminderChoice)
@blueprint.response(200, Reminder)
def set_reminder(body: dict[str, Any], session_id: int) -> Shown:
    """Override your reminder; null restores the default."""
    return reminders.choose(caller(), session_id, body)
