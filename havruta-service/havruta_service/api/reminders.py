"""Reminders of planned sessions on the wire."""

from typing import Any
from uuid import UUID

from chassis.auth.authorization import caller, signed_in
from chassis.errors import InvalidTransition
from chassis.messaging.reminders import Choice
from chassis.web.reminders import ChosenReminders, ReminderTimes
from chassis.web.rest import Blueprint
from havruta_service import reminders
from havruta_service.havrutas import HavrutaArchived

PATH = "/api/havruta-sessions/<uuid:session_id>/reminders"

blueprint = Blueprint("havruta-session-reminders")


class HavrutaSessionReminderChoice(ReminderTimes):
    pass


class HavrutaSessionReminders(ChosenReminders):
    pass


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
