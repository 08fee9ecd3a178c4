"""Where in the tables of this service a person is."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from study_session_service.models import (
    ChatMessage,
    Participant,
    Series,
    SessionReminder,
    StudySession,
    Waiting,
    apart,
)


def about(user_id: UUID) -> dict[str, ColumnElement[bool]]:
    """For each table with people in it, the condition that finds this person's rows."""
    hosted = select(StudySession.series_id).where(StudySession.host_id == user_id)
    return {
        "study_sessions": StudySession.host_id == user_id,
        "study_session_series": Series.id.in_(hosted),
        "session_participants": Participant.user_id == user_id,
        "session_waitlist": Waiting.user_id == user_id,
        "session_reminders": SessionReminder.user_id == user_id,
        "chat_messages": ChatMessage.user_id == user_id,
        **apart.about(user_id),
    }
