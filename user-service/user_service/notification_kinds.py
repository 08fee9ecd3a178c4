"""What people are notified of, and what an e-mail about it says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class NotificationKind(StrEnum):
    """A kind of notification that the preferences know."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    SESSION_BOOKED = "session_booked"
    SESSION_REQUESTED = "session_requested"
    SESSION_REQUEST_DECLINED = "session_request_declined"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    WAITLIST_PROMOTION = "waitlist_promotion"
    HAVRUTA_SESSION_STARTED = "havruta_session_started"
    APPLICATION_DECIDED = "application_decided"
    REPORT_DECIDED = "report_decided"
    CONTENT_HIDDEN = "content_hidden"


class Email(NamedTuple):
    """The e-mail about a notification of one kind."""

    subject: str
    text: str
    by_default: bool = False


EMAILS: Mapping[NotificationKind, Email] = {
    NotificationKind.INVITATION: Email(
        "You are invited", "An invitation waits for your answer.", by_default=True
    ),
    NotificationKind.REMINDER: Email(
        "Your session begins soon", "One of your sessions is about to begin.", by_default=True
    ),
    NotificationKind.SESSION_BOOKED: Email(
        "A session was booked", "A tutoring session was booked."
    ),
    NotificationKind.SESSION_REQUESTED: Email(
        "A session was requested", "The request for a tutoring session waits for your answer."
    ),
    NotificationKind.SESSION_REQUEST_DECLINED: Email(
        "A session request was declined", "The tutoring session will not take place."
    ),
    NotificationKind.SESSION_MOVED: Email(
        "A session was moved", "One of your sessions takes place at another time."
    ),
    NotificationKind.SESSION_CANCELLED: Email(
        "A session was cancelled", "One of your sessions will not take place."
    ),
    NotificationKind.WAITLIST_PROMOTION: Email(
        "You have a seat", "A seat in a session for which you were on the waitlist is yours now."
    ),
    NotificationKind.HAVRUTA_SESSION_STARTED: Email(
        "Your havruta is studying", "A session of your havruta has begun."
    ),
    NotificationKind.REPORT_DECIDED: Email(
        "Your report was decided", "An admin has looked at what you reported."
    ),
    NotificationKind.CONTENT_HIDDEN: Email(
        "An admin has hidden what you wrote",
        "Something that you wrote is not shown any more. The notification says why.",
        by_default=True,
    ),
    # By default no: what became of it is a notice too, with the reason.
    NotificationKind.APPLICATION_DECIDED: Email(
        "Your application was decided", "An admin has accepted or declined your application."
    ),
}
