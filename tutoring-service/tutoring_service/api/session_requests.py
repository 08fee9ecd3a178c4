"""Students' requests for sessions."""

from typing import Any

from marshmallow import fields, validate

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed, InvalidTransition
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Choice, Choices, Instant, LocalDate, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import request_lists, session_requests
from tutoring_service.api.scheduling import Topics
from tutoring_service.api.wall_time import LocalTime
from tutoring_service.availability import OutsideWorkingHours
from tutoring_service.checked_times import TooManyTimesChecked
from tutoring_service.models import SessionRequest as RequestRow
from tutoring_service.scheduling.booking import EnrollmentNotActive, KeptApart, SessionLimitReached
from tutoring_service.scheduling.conflicts import TimeConflict
from tutoring_service.session_requests import SessionRequestLimitReached
from tutoring_service.states import EnrollmentStatus, RequestStatus, Role

blueprint = Blueprint("session-requests")
PATH = "/api/enrollments/<int(max=2147483647):enrollment_id>/requests"


class NewSessionRequest(Body):
    session_date = LocalDate(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    topics = Topics(load_default=list)
    message = Text(1000, paragraphs=True, load_default=None, allow_none=True)


class SessionRequest(Answer):
    id = fields.Integer(required=True)
    enrolled_courses_id = fields.Integer(required=True)
    enrollment_status = Choice(EnrollmentStatus, required=True, attribute="enrollment.status")
    course_title = fields.String(required=True, attribute="enrollment.course.title")
    tutor_id = fields.UUID(required=True, attribute="enrollment.tutor_id")
    student_id = fields.UUID(required=True, attribute="enrollment.student_id")
    timezone = fields.String(
        required=True,
        attribute="enrollment.timezone",
        metadata={"description": "The zone of its wall times."},
    )
    session_date = fields.Date(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    topics = fields.List(fields.String(), required=True)
    message = fields.String(required=True, allow_none=True)
    status = Choice(RequestStatus, required=True)
    session_id = fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)

    def path_of(self, kind: type, name: str) -> str:
        # A list has rows, in which the columns of the enrolment and of its course stand next to its own.
        return name if issubclass(kind, RequestRow) else name.replace(".", "_")


class RequestRefusal(Body):
    reason = Text(500, least=1, load_default=None, allow_none=True)


class SessionRequestQuery(PageQuery):
    status = Choices(RequestStatus, load_default=frozenset, metadata={"example": "pending"})


class OwnSessionRequestQuery(SessionRequestQuery):
    role = fields.String(
        validate=validate.OneOf([Role.TUTOR, Role.STUDENT, Role.PARENT]),
        load_default=None,
    )


SessionRequestPage = page_of(SessionRequest)


@blueprint.post(PATH, "create_session_request")
@signed_in
@idempotent
@blueprint.arguments(NewSessionRequest, bounds=BodyBounds(256 * 1024))
@blueprint.response(201, SessionRequest, addressed=False)
@blueprint.raises(
    TimeConflict,
    OutsideWorkingHours,
    EnrollmentNotActive,
    KeptApart,
    SessionRequestLimitReached,
    TooManyTimesChecked,
)
def create_session_request(body: dict[str, Any], enrollment_id: int) -> Any:
    """Ask the tutor for a session at a time to come."""
    return session_requests.ask(caller(), enrollment_id, body)


@blueprint.get(PATH, "list_session_requests")
@signed_in
@blueprint.arguments(SessionRequestQuery, location="query")
@blueprint.response(200, SessionRequestPage)
def list_session_requests(query: dict[str, Any], enrollment_id: int) -> Page[Any]:
    """List the requests in an enrolment."""
    return request_lists.of_enrollment(caller(), enrollment_id, **query)


@blueprint.get("/api/session-requests", "list_own_session_requests")
@signed_in
@blueprint.arguments(OwnSessionRequestQuery, location="query")
@blueprint.response(200, SessionRequestPage)
def list_own_session_requests(query: dict[str, Any]) -> Page[Any]:
    """List the requests in all your enrolments as tutor, student or parent, oldest first."""
    return request_lists.find(caller(), **query)


@blueprint.post(f"{PATH}/<int(max=2147483647):request_id>/accept", "accept_session_request")
@signed_in
@blueprint.response(200, SessionRequest)
@blueprint.raises(
    TimeConflict,
    OutsideWorkingHours,
    EnrollmentNotActive,
    KeptApart,
    InvalidTransition,
    DeadlinePassed,
    SessionLimitReached,
    TooManyTimesChecked,
)
def accept_session_request(enrollment_id: int, request_id: int) -> RequestRow:
    """Accept a request: the session is booked if the time is still to come, and free."""
    return session_requests.accept(caller(), enrollment_id, request_id)


@blueprint.post(f"{PATH}/<int(max=2147483647):request_id>/decline", "decline_session_request")
@signed_in
@blueprint.arguments(RequestRefusal, required=False)
@blueprint.response(200, SessionRequest)
@blueprint.raises(InvalidTransition)
def decline_session_request(
    body: dict[str, Any], enrollment_id: int, request_id: int
) -> RequestRow:
    """Decline a request. The student is told the reason, which is not kept here."""
    return session_requests.decline(caller(), enrollment_id, request_id, body["reason"])


@blueprint.post(f"{PATH}/<int(max=2147483647):request_id>/withdraw", "withdraw_session_request")
@signed_in
@blueprint.response(200, SessionRequest)
@blueprint.raises(InvalidTransition)
def withdraw_session_request(enrollment_id: int, request_id: int) -> RequestRow:
    """Withdraw your request."""
    return session_requests.withdraw(caller(), enrollment_id, request_id)
