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
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_DECLINED = "invitation_declined"
    PERSON_JOINED = "person_joined"
    PERSON_LEFT = "person_left"
    REMOVED = "removed"
    MADE_HOST = "made_host"
    MADE_OWNER = "made_owner"
    SESSION_PLANNED = "session_planned"
    HAVRUTA_ARCHIVED = "havruta_archived"
    STUDENT_ENROLLED = "student_enrolled"
    ENROLLMENT_CHANGED = "enrollment_changed"
    PARENT_JOINED = "parent_joined"
    PARENT_LEFT = "parent_left"
    SESSION_REQUEST_WITHDRAWN = "session_request_withdrawn"
    REVIEW_RECEIVED = "review_received"
    HAVRUTA_MESSAGE = "havruta_message"


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
    NotificationKind.INVITATION_ACCEPTED: Email(
        "Your invitation was accepted", "A person whom you invited is a member of your havruta."
    ),
    NotificationKind.INVITATION_DECLINED: Email(
        "Your invitation was declined", "An invitation to your havruta was declined."
    ),
    NotificationKind.PERSON_JOINED: Email(
        "Somebody joined", "There is somebody new in your session or havruta."
    ),
    NotificationKind.PERSON_LEFT: Email(
        "Somebody left", "Somebody is not in your session or havruta any more."
    ),
    NotificationKind.REMOVED: Email(
        "You were removed", "You do not take part in a session, havruta or course any more."
    ),
    NotificationKind.MADE_HOST: Email("You are the host", "A study session is yours to host now."),
    NotificationKind.MADE_OWNER: Email("You are the owner", "A havruta is yours to lead now."),
    NotificationKind.SESSION_PLANNED: Email(
        "A session was planned", "A session of your havruta was planned."
    ),
    NotificationKind.HAVRUTA_ARCHIVED: Email(
        "Your havruta was archived", "One of your havrutas is closed and can only be read."
    ),
    NotificationKind.HAVRUTA_MESSAGE: Email(
        "Your havruta is talking", "Somebody has written to your havruta."
    ),
    NotificationKind.STUDENT_ENROLLED: Email(
        "A student enrolled", "There is a new student in one of your courses."
    ),
    NotificationKind.ENROLLMENT_CHANGED: Email(
        "An enrolment changed", "An enrolment was paused, resumed or closed."
    ),
    NotificationKind.PARENT_JOINED: Email(
        "A parent joined", "A parent follows one of your enrolments."
    ),
    NotificationKind.PARENT_LEFT: Email(
        "A parent left", "A parent follows one of your enrolments no longer."
    ),
    NotificationKind.SESSION_REQUEST_WITHDRAWN: Email(
        "A session request was withdrawn", "A student no longer asks for a tutoring session."
    ),
    NotificationKind.REVIEW_RECEIVED: Email(
        "You were reviewed", "There is a review of one of your tutoring sessions."
    ),
}
