"""What this service tells the others."""

from enum import StrEnum


class EventType(StrEnum):
    """The events of this service; docs/events.md says what is in each."""

    USER_UPDATED = "user.updated"
    USER_DELETED = "user.deleted"
    ROLES_CHANGED = "user.roles_changed"
    ACCESS_ENDED = "user.access_ended"
    SIGN_IN_ENDED = "sign_in.ended"
    EMAIL_PROVED = "user.email_proved"
    INVITATION_EMAILS_CHANGED = "user.invitation_emails_changed"
    BLOCKED = "user.blocked"
    UNBLOCKED = "user.unblocked"
    CONTENT_HIDDEN = "content.hidden"
    SUSPENDED = "user.suspended"
    SUSPENSION_LIFTED = "user.suspension_lifted"
