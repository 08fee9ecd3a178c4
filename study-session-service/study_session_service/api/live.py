"""What is told live in the room of a session: the schema of the data, by the type of the event."""

from collections.abc import Mapping
from typing import ClassVar

from chassis.web.fields import Answer
from chassis.web.rooms import Abridged
from study_session_service.api.chat import Message
from study_session_service.api.sessions import SessionParticipant, StudySessionDetails
from study_session_service.models import ChatMessage, StudySession


class LiveStudySession(Abridged, StudySessionDetails):
    """A session as all its participants see it, without what is one participant's own."""

    long: ClassVar = ("description",)

    class Meta:
        # A room remembers its events for longer than a join code may be valid.
        exclude: ClassVar = (
            "join_code",
            "distance_m",
            "my_participation",
            "participants",
            "series",
        )

    def address(self, resource: StudySession) -> str:
        """Where the session is read."""
        return f"/api/study-sessions/{resource.id}"


class LiveMessage(Abridged, Message):
    """A message as the room shows it."""

    long: ClassVar = ("content",)

    def address(self, resource: ChatMessage) -> str:
        """The part of the history that begins and ends with this message."""
        messages = f"/api/study-sessions/{resource.session_id}/messages"
        return f"{messages}?after={resource.seq - 1}&limit=1"


EVENTS: Mapping[str, type[Answer]] = {
    "created": LiveStudySession,
    "updated": LiveStudySession,
    "host_changed": LiveStudySession,
    "live": LiveStudySession,
    "finished": LiveStudySession,
    "cancelled": LiveStudySession,
    "joined": SessionParticipant,
    "left": SessionParticipant,
    "removed": SessionParticipant,
    "message": LiveMessage,
    "message_edited": LiveMessage,
    "message_deleted": LiveMessage,
}
