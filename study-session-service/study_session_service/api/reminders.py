"""Reminders of sessions on the wire."""

from typing import Any
from uuid import UUID

from chassis.auth.authorization import caller, signed_in
from chassis.messaging.reminders import Choice
from chassis.web.reminders import ChosenReminders, ReminderTimes
from chassis.web.rest import Blueprint
from study_session_service import reminders
from study_session_service.lifecycle import SessionCancelled, SessionEnded

PATH = "/api/study-sessions/<uuid:session_id>/reminders"

blueprint = Blueprint("study-session-reminders")


class StudySessionReminderChoice(ReminderTimes):
    pass


class StudySessionReminders(ChosenReminders):
    pass


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
