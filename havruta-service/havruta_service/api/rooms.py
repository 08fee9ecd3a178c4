"""What is told live: a schema for each event, the shape of the resource it is about."""

from typing import ClassVar

from marshmallow import fields

from chassis.web.fields import Answer
from chassis.web.rooms import Abridged, Room
from havruta_service import models, rooms
from havruta_service.api.havrutas import HavrutaMember, HavrutaSummary
from havruta_service.api.navigation import PresentMember
from havruta_service.api.notes import Note
from havruta_service.api.sessions import HavrutaSession
from havruta_service.api.talk import HavrutaMessage
from havruta_service.api.texts import Written


class LiveHavrutaSession(Abridged, HavrutaSession):
    """A session as the rooms show it."""

    long: ClassVar = ("sections_studied",)

    sections_studied = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"deprecated": True, "description": "Use `coverage_range`."},
    )

    def address(self, resource: models.HavrutaSession) -> str:
        """Where the session is read."""
        return f"/api/havruta-sessions/{resource.id}"


class DepartedMember(Answer):
    """A member who left."""

    user_id = fields.UUID(required=True)


class InvitedMember(Answer):
    """An invitation, without its address, which not every member may see."""

    invitation_id = fields.UUID(required=True, attribute="id")


class HavrutaPageTurn(Answer):
    """The passage that was turned to, and the member who did it."""

    ref = Written(required=True)
    hebrew_ref = fields.String(required=True, attribute="ref.hebrew")
    user_id = fields.UUID(required=True)


class LiveHavrutaMessage(Abridged, HavrutaMessage):
    """A message as the room shows it."""

    long: ClassVar = ("content",)

    def address(self, resource: models.HavrutaMessage) -> str:
        """The part of the history that begins and ends with this message."""
        messages = f"/api/havrutas/{resource.havruta_id}/messages"
        return f"{messages}?after={resource.seq - 1}&limit=1"


class LiveNote(Abridged, Note):
    """A shared note as the room shows it."""

    long: ClassVar = ("text",)

    def address(self, resource: models.PassageNote) -> str:
        """Where the note is read."""
        return f"/api/notes/{resource.id}"


class RemovedNote(Answer):
    """A note that is not shared any more."""

    id = fields.UUID(required=True)


ROOMS = {
    rooms.HAVRUTA: Room(
        rooms.may_watch_havruta,
        {
            "renamed": HavrutaSummary,
            "changed": HavrutaSummary,
            "archived": HavrutaSummary,
            "owner_changed": HavrutaSummary,
            "member_invited": InvitedMember,
            "member_joined": HavrutaMember,
            "member_left": DepartedMember,
            "session_planned": LiveHavrutaSession,
            "session_changed": LiveHavrutaSession,
            "session_cancelled": LiveHavrutaSession,
            "session_started": LiveHavrutaSession,
            "session_ended": LiveHavrutaSession,
            "message": LiveHavrutaMessage,
            "message_edited": LiveHavrutaMessage,
            "message_deleted": LiveHavrutaMessage,
            "note_added": LiveNote,
            "note_changed": LiveNote,
            "note_removed": RemovedNote,
        },
        rooms.may_watch_havrutas,
        rooms.havrutas_of,
        rooms.blocked_by,
    ),
    rooms.SESSION: Room(
        rooms.may_watch_session,
        {
            "moved": HavrutaPageTurn,
            "joined": PresentMember,
            "left": DepartedMember,
            "navigator_changed": LiveHavrutaSession,
            "ended": LiveHavrutaSession,
        },
        rooms.may_watch_sessions,
        rooms.sessions_of,
    ),
}
