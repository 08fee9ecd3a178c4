"""What people are notified of, and what an e-mail about it says."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from chassis.letters.languages import marked


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


class Sentence(NamedTuple):
    """What happened, if its reader may know who did it, and if no one did it or they may not."""

    by: str | None
    otherwise: str


class Email(NamedTuple):
    """The e-mail about a notification of one kind.

    A variant says it where a field of the data has a value: `(field, value, sentence)`.
    """

    usual: Sentence
    action: str
    by_default: bool = False
    variants: Sequence[tuple[str, object, Sentence]] = ()

    def sentence(self, data: Mapping[str, Any]) -> Sentence:
        """What happened, as the data have it."""
        for field, value, sentence in self.variants:
            if data.get(field) == value:
                return sentence
        return self.usual


SESSION = marked("See the session")
REQUEST = marked("See the request")
HAVRUTA = marked("See the havruta")
COURSE = marked("See the course")
INVITATION = marked("See the invitation")
INBOX = marked("See your notifications")
THING = marked("See more about it")

EMAILS: Mapping[NotificationKind, Email] = {
    NotificationKind.INVITATION: Email(
        Sentence(
            marked("%(name)s invites you to %(title)s"), marked("You are invited to %(title)s")
        ),
        INVITATION,
        by_default=True,
    ),
    NotificationKind.REMINDER: Email(
        Sentence(None, marked("%(title)s begins soon")), SESSION, by_default=True
    ),
    NotificationKind.SESSION_BOOKED: Email(
        Sentence(marked("%(name)s booked %(title)s"), marked("%(title)s was booked")), SESSION
    ),
    NotificationKind.SESSION_REQUESTED: Email(
        Sentence(
            marked("%(name)s asks for a session: %(title)s"),
            marked("A session is asked for: %(title)s"),
        ),
        REQUEST,
    ),
    NotificationKind.SESSION_REQUEST_DECLINED: Email(
        Sentence(
            marked("%(name)s declined your request for %(title)s"),
            marked("Your request for %(title)s was declined"),
        ),
        REQUEST,
    ),
    NotificationKind.SESSION_MOVED: Email(
        Sentence(
            marked("%(name)s moved %(title)s to another time"),
            marked("%(title)s was moved to another time"),
        ),
        SESSION,
    ),
    NotificationKind.SESSION_CANCELLED: Email(
        Sentence(marked("%(name)s cancelled %(title)s"), marked("%(title)s was cancelled")),
        SESSION,
        variants=[
            (
                "end_reason",
                "missed",
                Sentence(None, marked("Nobody began the session of %(title)s")),
            ),
        ],
    ),
    NotificationKind.WAITLIST_PROMOTION: Email(
        Sentence(None, marked("You have a seat in %(title)s")), SESSION
    ),
    NotificationKind.HAVRUTA_SESSION_STARTED: Email(
        Sentence(
            marked("%(name)s has begun to study in %(title)s"),
            marked("A session of %(title)s has begun"),
        ),
        SESSION,
    ),
    # By default no: what became of it is a notice too, with the reason.
    NotificationKind.APPLICATION_DECIDED: Email(
        Sentence(None, marked("Your application was decided")),
        INBOX,
        variants=[
            ("status", "accepted", Sentence(None, marked("Your application was accepted"))),
            ("status", "declined", Sentence(None, marked("Your application was declined"))),
        ],
    ),
    NotificationKind.REPORT_DECIDED: Email(
        Sentence(None, marked("Your report was decided")),
        INBOX,
        variants=[
            (
                "decision",
                "dismiss",
                Sentence(None, marked("Your report was looked at, and nothing was changed")),
            ),
            ("decision", "hide", Sentence(None, marked("What you reported was hidden"))),
            (
                "decision",
                "suspend",
                Sentence(None, marked("What you reported was hidden, and its author is suspended")),
            ),
        ],
    ),
    NotificationKind.CONTENT_HIDDEN: Email(
        Sentence(None, marked("An admin has hidden what you wrote")), INBOX, by_default=True
    ),
    NotificationKind.INVITATION_ACCEPTED: Email(
        Sentence(
            marked("%(name)s accepted the invitation to %(title)s"),
            marked("Your invitation to %(title)s was accepted"),
        ),
        HAVRUTA,
    ),
    NotificationKind.INVITATION_DECLINED: Email(
        Sentence(None, marked("Your invitation to %(title)s was declined")), HAVRUTA
    ),
    NotificationKind.PERSON_JOINED: Email(
        Sentence(marked("%(name)s joined %(title)s"), marked("Somebody joined %(title)s")), THING
    ),
    NotificationKind.PERSON_LEFT: Email(
        Sentence(marked("%(name)s left %(title)s"), marked("Somebody left %(title)s")),
        THING,
        variants=[
            (
                "removed",
                True,
                Sentence(
                    marked("%(name)s removed somebody from %(title)s"),
                    marked("Somebody was removed from %(title)s"),
                ),
            ),
        ],
    ),
    NotificationKind.REMOVED: Email(
        Sentence(
            marked("%(name)s removed you from %(title)s"), marked("You were removed from %(title)s")
        ),
        THING,
    ),
    NotificationKind.MADE_HOST: Email(
        Sentence(
            marked("%(name)s made you the host of %(title)s"),
            marked("You are the host of %(title)s now"),
        ),
        SESSION,
    ),
    NotificationKind.MADE_OWNER: Email(
        Sentence(
            marked("%(name)s made you the owner of %(title)s"),
            marked("You are the owner of %(title)s now"),
        ),
        HAVRUTA,
    ),
    NotificationKind.SESSION_PLANNED: Email(
        Sentence(
            marked("%(name)s planned a session of %(title)s"),
            marked("A session of %(title)s was planned"),
        ),
        SESSION,
    ),
    NotificationKind.HAVRUTA_ARCHIVED: Email(
        Sentence(marked("%(name)s archived %(title)s"), marked("%(title)s was archived")), HAVRUTA
    ),
    NotificationKind.HAVRUTA_MESSAGE: Email(
        Sentence(marked("%(name)s wrote to %(title)s"), marked("There is a message in %(title)s")),
        HAVRUTA,
    ),
    NotificationKind.STUDENT_ENROLLED: Email(
        Sentence(
            marked("%(name)s enrolled in %(title)s"), marked("A student enrolled in %(title)s")
        ),
        COURSE,
    ),
    NotificationKind.ENROLLMENT_CHANGED: Email(
        Sentence(
            marked("%(name)s changed the enrolment in %(title)s"),
            marked("The enrolment in %(title)s was changed"),
        ),
        COURSE,
        variants=[
            (
                "status",
                "paused",
                Sentence(
                    marked("%(name)s paused the enrolment in %(title)s"),
                    marked("The enrolment in %(title)s was paused"),
                ),
            ),
            (
                "status",
                "active",
                Sentence(
                    marked("%(name)s resumed the enrolment in %(title)s"),
                    marked("The enrolment in %(title)s was resumed"),
                ),
            ),
            (
                "status",
                "completed",
                Sentence(
                    marked("%(name)s completed the enrolment in %(title)s"),
                    marked("The enrolment in %(title)s was completed"),
                ),
            ),
            (
                "status",
                "cancelled",
                Sentence(
                    marked("%(name)s ended the enrolment in %(title)s"),
                    marked("The enrolment in %(title)s has ended"),
                ),
            ),
            (
                "status",
                "deleted",
                Sentence(
                    marked("%(name)s deleted the enrolment in %(title)s"),
                    marked("The enrolment in %(title)s was deleted"),
                ),
            ),
        ],
    ),
    NotificationKind.PARENT_JOINED: Email(
        Sentence(
            marked("%(name)s follows %(title)s as a parent"), marked("A parent follows %(title)s")
        ),
        COURSE,
    ),
    NotificationKind.PARENT_LEFT: Email(
        Sentence(
            marked("%(name)s follows %(title)s as a parent no longer"),
            marked("A parent follows %(title)s no longer"),
        ),
        COURSE,
        variants=[
            (
                "removed",
                True,
                Sentence(
                    marked("%(name)s removed a parent who followed %(title)s"),
                    marked("A parent who followed %(title)s was removed"),
                ),
            ),
        ],
    ),
    NotificationKind.SESSION_REQUEST_WITHDRAWN: Email(
        Sentence(
            marked("%(name)s withdrew the request for %(title)s"),
            marked("The request for %(title)s was withdrawn"),
        ),
        REQUEST,
    ),
    NotificationKind.REVIEW_RECEIVED: Email(
        Sentence(marked("%(name)s reviewed %(title)s"), marked("%(title)s was reviewed")), SESSION
    ),
}
