"""What is told live: a schema for each event, the shape of the resource it is about."""

from marshmallow import fields

from chassis.web.fields import Answer
from chassis.web.rooms import Room
from havruta_service import rooms
from havruta_service.api.havrutas import HavrutaMember, HavrutaSummary
from havruta_service.api.navigation import PresentMember
from havruta_service.api.sessions import HavrutaSession
from havruta_service.api.texts import Written


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


ROOMS = {
    rooms.HAVRUTA: Room(
        rooms.may_watch_havruta,
        {
            "renamed": HavrutaSummary,
            "archived": HavrutaSummary,
            "owner_changed": HavrutaSummary,
            "member_invited": InvitedMember,
            "member_joined": HavrutaMember,
            "member_left": DepartedMember,
            "session_planned": HavrutaSession,
            "session_changed": HavrutaSession,
            "session_cancelled": HavrutaSession,
            "session_started": HavrutaSession,
            "session_ended": HavrutaSession,
        },
    ),
    rooms.SESSION: Room(
        rooms.may_watch_session,
        {
            "moved": HavrutaPageTurn,
            "joined": PresentMember,
            "left": DepartedMember,
            "navigator_changed": HavrutaSession,
            "ended": HavrutaSession,
        },
    ),
}
