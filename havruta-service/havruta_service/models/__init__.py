"""The tables of this service."""

from havruta_service.models.base import Base, apart, db, idempotency_keys, messages
from havruta_service.models.havrutas import MOST_MEMBERS, Havruta, Member
from havruta_service.models.invitations import (
    Invitation,
    InvitationEmail,
    InvitationFacts,
    InvitationOptOut,
    InvitationRefusal,
    InvitationSend,
    InvitationStatus,
    Mailbox,
)
from havruta_service.models.sessions import (
    ABSENT_AFTER,
    MISSED_AFTER,
    EndReason,
    HavrutaSession,
    Move,
    NavigationMode,
    Presence,
    Rsvp,
    Series,
    SessionReminder,
    SessionRsvp,
    SessionStatus,
    SessionType,
)
from havruta_service.models.talk import LONGEST_NOTE, HavrutaMessage, PassageNote
from havruta_service.models.texts import LONGEST_PASSAGE, TextPassage, TextVersion

__all__ = [
    "ABSENT_AFTER",
    "LONGEST_NOTE",
    "LONGEST_PASSAGE",
    "MISSED_AFTER",
    "MOST_MEMBERS",
    "Base",
    "EndReason",
    "Havruta",
    "HavrutaMessage",
    "HavrutaSession",
    "Invitation",
    "InvitationEmail",
    "InvitationFacts",
    "InvitationOptOut",
    "InvitationRefusal",
    "InvitationSend",
    "InvitationStatus",
    "Mailbox",
    "Member",
    "Move",
    "NavigationMode",
    "PassageNote",
    "Presence",
    "Rsvp",
    "Series",
    "SessionReminder",
    "SessionRsvp",
    "SessionStatus",
    "SessionType",
    "TextPassage",
    "TextVersion",
    "apart",
    "db",
    "idempotency_keys",
    "messages",
]
