"""What is told live in the room of a session: the schema of the data, by the type of the event."""

from collections.abc import Mapping
from typing import ClassVar

from chassis.web.fields import Answer
from study_session_service.api.chat import Message
from study_session_service.api.sessions import SessionParticipant, StudySessionDetails


class LiveStudySession(StudySessionDetails):
    """A session as all its participants see it, without what is one participant's own."""

    class Meta:
        # A room remembers its events for longer than a join code may be valid.
        exclude: ClassVar = ("join_code", "distance_m", "my_participation", "participants")


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
    "message": Message,
    "message_edited": Message,
    "message_deleted": Message,
}
