"""Where in the tables of this service a person is."""

from uuid import UUID

from sqlalchemy import ColumnElement

from study_session_service.models import ChatMessage, Participant, StudySession, Waiting, apart


def about(user_id: UUID) -> dict[str, ColumnElement[bool]]:
    """For each table with people in it, the condition that finds this person's rows."""
    return {
        "study_sessions": StudySession.host_id == user_id,
        "session_participants": Participant.user_id == user_id,
        "session_waitlist": Waiting.user_id == user_id,
        "chat_messages": ChatMessage.user_id == user_id,
        **apart.about(user_id),
    }
