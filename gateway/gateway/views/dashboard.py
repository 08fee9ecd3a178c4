"""What is next for the caller, on one page."""

from flask import Response
from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.clock import now, rfc3339
from chassis.web.rest import Blueprint
from gateway.aggregation import Part, aggregator, answer
from gateway.routes import ASSESSMENT, HAVRUTA, STUDY_SESSION, TUTORING, USER
from gateway.shapes import Shape, View, first_page, text, whole

DEADLINE = 1.0  # seconds for all parts together

blueprint = Blueprint("dashboard")


class NextStudySession(Shape):
    id = text("uuid")
    title = text()
    subject = text()
    status = text()
    mode = text()
    start_time = text("date-time")
    starts_at = text("date-time")
    ends_at = text("date-time")
    host_id = text("uuid")
    current_participants = whole()
    max_participants = whole()


class WaitlistPosition(Shape):
    waitlist_position = whole()


class AwaitedStudySession(NextStudySession):
    my_participation = fields.Nested(WaitlistPosition, required=True)


class NextTutoringSession(Shape):
    id = whole()
    enrolled_courses_id = whole(allow_none=True)
    status = text(allow_none=True)
    starts_at = text("date-time")
    ends_at = text("date-time")
    timezone = text()
    session_mode = text(allow_none=True)
    tutor_id = text("uuid")
    student_id = text("uuid")


class OwnHavruta(Shape):
    id = text("uuid")
    name = text()
    book = text()
    last_place = text(allow_none=True)
    owner_id = text("uuid", allow_none=True)
    member_count = whole()
    active_session_id = text("uuid", allow_none=True)
    next_session_at = text("date-time", allow_none=True)


class ProgressSoFar(Shape):
    questions_answered = whole()
    questions_total = whole()


class OpenAssessment(Shape):
    session_id = text()
    assessment = text()
    title = text()
    starts_at = text("date-time")
    ends_at = text("date-time", allow_none=True)
    last_activity = text("date-time")
    expires_at = text("date-time", allow_none=True)
    progress = fields.Nested(ProgressSoFar, required=True)


class OpenInvitation(Shape):
    id = text("uuid")
    havruta_id = text("uuid")
    havruta_name = text()
    book = text()
    inviter_name = text()
    expires_at = text("date-time")


class UnreadNotification(Shape):
    id = text("uuid")
    kind = text()
    data = fields.Dict(required=True)
    created_at = text("date-time")


NextStudySessions = first_page(NextStudySession)
AwaitedStudySessions = first_page(AwaitedStudySession)
NextTutoringSessions = first_page(NextTutoringSession)
OwnHavrutas = first_page(OwnHavruta)
OpenAssessments = first_page(OpenAssessment)
OpenInvitations = first_page(OpenInvitation)
UnreadNotifications = first_page(UnreadNotification)


class Dashboard(View):
    """The first items of each list; null where a service did not answer."""

    study_sessions = fields.Nested(NextStudySessions, required=True, allow_none=True)
    waitlist = fields.Nested(
        AwaitedStudySessions,
        required=True,
        allow_none=True,
        metadata={"description": "The study sessions in which you wait for a seat."},
    )
    tutoring_sessions = fields.Nested(NextTutoringSessions, required=True, allow_none=True)
    havrutas = fields.Nested(OwnHavrutas, required=True, allow_none=True)
    assessments = fields.Nested(OpenAssessments, required=True, allow_none=True)
    invitations = fields.Nested(OpenInvitations, required=True, allow_none=True)
    notifications = fields.Nested(UnreadNotifications, required=True, allow_none=True)


PARTS = (
    Part(
        name="study_sessions",
        service=STUDY_SESSION,
        target="/api/study-sessions/mine?when=upcoming&limit=5",
        shape=NextStudySessions(),
    ),
    Part(
        name="waitlist",
        service=STUDY_SESSION,
        target="/api/study-sessions/mine?role=waiting&limit=5",
        shape=AwaitedStudySessions(),
    ),
    Part(
        name="tutoring_sessions",
        service=TUTORING,
        target="/api/sessions?mine=true&status=scheduled&from={minute}&limit=5",
        shape=NextTutoringSessions(),
    ),
    Part(name="havrutas", service=HAVRUTA, target="/api/havrutas?limit=5", shape=OwnHavrutas()),
    Part(
        name="assessments",
        service=ASSESSMENT,
        target="/api/v2/session?status=active&limit=5",
        shape=OpenAssessments(),
    ),
    Part(
        name="invitations",
        service=HAVRUTA,
        target="/api/invitations/mine?limit=5",
        shape=OpenInvitations(),
    ),
    Part(
        name="notifications",
        service=USER,
        target="/api/notifications?unread=true&limit=5",
        shape=UnreadNotifications(),
    ),
)


@blueprint.get("/api/dashboard", "get_dashboard")
@signed_in
@blueprint.response(200, Dashboard)
def get_dashboard() -> Response:
    """Get what is next: sessions, havrutas, open assessments, invitations, unread notifications."""
    # A service remembers a query that came before.
    values = {"minute": rfc3339(now().replace(second=0, microsecond=0))}
    found = aggregator().gather(PARTS, values, deadline=DEADLINE, token=caller().token)
    return answer(aggregator().name_people(found.document()))
