"""Enrolments, the parents who follow them, and how far they have come."""

from typing import Any
from uuid import UUID as Uuid

from marshmallow import fields, validate

from chassis.auth.authorization import caller, signed_in
from chassis.errors import InvalidTransition
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Choice, Choices, Instant, Integer, Query, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from tutoring_service import enrollments, parents, progress
from tutoring_service.enrollments import (
    AlreadyEnrolled,
    CourseArchived,
    EnrollmentLimitReached,
    HasCompletedSessions,
    OwnCourse,
)
from tutoring_service.models import Enrollment as EnrollmentRow
from tutoring_service.models import EnrollmentParent as EnrollmentParentRow
from tutoring_service.parents import IssuedCode, OwnEnrollment, ParentLimitReached, TooManyAttempts
from tutoring_service.progress import Progress as EnrollmentProgress
from tutoring_service.states import CourseBooking, EnrollmentStatus, Role

blueprint = Blueprint("enrollments")


class NewEnrollment(Body):
    course_id = Integer(1, required=True)


class Enrollment(Answer):
    id = fields.Integer(required=True)
    course_id = fields.Integer(required=True)
    course_title = fields.String(required=True, attribute="course.title")
    course_booking = Choice(
        CourseBooking,
        required=True,
        attribute="course.booking",
        metadata={"description": "Whether the student asks for sessions, or books them."},
    )
    tutor_id = fields.UUID(required=True)
    student_id = fields.UUID(required=True)
    status = Choice(EnrollmentStatus, required=True)
    timezone = fields.String(
        required=True, metadata={"description": "The zone of its sessions' wall times."}
    )
    created_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)

    def path_of(self, kind: type, name: str) -> str:
        # A list has rows, in which columns of the course stand next to its own.
        return name if issubclass(kind, EnrollmentRow) else name.replace(".", "_")


class EnrollmentQuery(PageQuery):
    status = Choices(
        EnrollmentStatus, load_default=frozenset, metadata={"example": "active,paused"}
    )
    role = fields.String(
        validate=validate.OneOf([Role.TUTOR, Role.STUDENT, Role.PARENT]),
        load_default=None,
    )


class DeletionQuery(Query):
    force = Boolean(
        load_default=False, metadata={"description": "An admin insists, whatever is lost."}
    )


class ParentCode(Answer):
    code = fields.String(required=True)
    expires_at = Instant(required=True)


class EnrollmentParent(Answer):
    parent_id = fields.UUID(required=True)
    joined_at = Instant(required=True)


class ParentJoining(Body):
    code = Text(20, least=1, required=True)


class ParentRemoval(Body):
    reason = Text(500, least=1, load_default=None, allow_none=True)


class AttendanceCount(Answer):
    present = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    late = fields.Integer(required=True)
    attended_percent = fields.Float(required=True, allow_none=True)


class MeanRatings(Answer):
    tutor = fields.Float(required=True, allow_none=True)
    student = fields.Float(required=True, allow_none=True)
    parent = fields.Float(required=True, allow_none=True)


class Progress(Answer):
    enrolled_courses_id = fields.Integer(required=True)
    planned_topics = fields.List(fields.String(), required=True)
    covered_topics = fields.List(fields.String(), required=True)
    coverage_percent = fields.Float(required=True, allow_none=True)
    completed_sessions = fields.Integer(required=True)
    completed_minutes = fields.Integer(required=True)
    tutor_attendance = fields.Nested(AttendanceCount, required=True)
    student_attendance = fields.Nested(AttendanceCount, required=True)
    ratings = fields.Nested(MeanRatings, required=True)


@blueprint.post("/api/enrollments", "create_enrollment")
@signed_in
@idempotent
@blueprint.arguments(NewEnrollment)
@blueprint.response(201, Enrollment)
@blueprint.raises(AlreadyEnrolled, OwnCourse, CourseArchived, EnrollmentLimitReached)
def create_enrollment(body: dict[str, Any]) -> Any:
    """Enrol in a course."""
    enrollment = enrollments.enroll(caller(), body["course_id"])
    return enrollment, {"Location": f"/api/enrollments/{enrollment.id}"}


@blueprint.get("/api/enrollments", "list_enrollments")
@signed_in
@blueprint.arguments(EnrollmentQuery, location="query")
@blueprint.response(200, page_of(Enrollment))
def list_enrollments(query: dict[str, Any]) -> Page[Any]:
    """List your enrolments as tutor, student or parent."""
    return enrollments.find(caller(), **query)


@blueprint.get("/api/enrollments/<int(max=2147483647):enrollment_id>", "get_enrollment")
@signed_in
@blueprint.response(200, Enrollment)
def get_enrollment(enrollment_id: int) -> EnrollmentRow:
    """Get an enrolment."""
    return enrollments.get(caller(), enrollment_id)


@blueprint.delete("/api/enrollments/<int(max=2147483647):enrollment_id>", "delete_enrollment")
@signed_in
@blueprint.arguments(DeletionQuery, location="query")
@blueprint.response(204)
@blueprint.raises(HasCompletedSessions)
def delete_enrollment(query: dict[str, Any], enrollment_id: int) -> None:
    """Delete an enrolment and its sessions."""
    enrollments.delete(caller(), enrollment_id, force=query["force"])


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/pause", "pause_enrollment")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(InvalidTransition)
def pause_enrollment(enrollment_id: int) -> EnrollmentRow:
    """Pause an enrolment."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.PAUSED)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/resume", "resume_enrollment")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(InvalidTransition)
def resume_enrollment(enrollment_id: int) -> EnrollmentRow:
    """Resume a paused enrolment."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.ACTIVE)


@blueprint.post(
    "/api/enrollments/<int(max=2147483647):enrollment_id>/complete", "complete_enrollment"
)
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(InvalidTransition)
def complete_enrollment(enrollment_id: int) -> EnrollmentRow:
    """Close an enrolment as completed; its scheduled sessions are cancelled."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.COMPLETED)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/cancel", "cancel_enrollment")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(InvalidTransition)
def cancel_enrollment(enrollment_id: int) -> EnrollmentRow:
    """Close an enrolment as cancelled; its scheduled sessions are cancelled."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.CANCELLED)


@blueprint.post(
    "/api/enrollments/<int(max=2147483647):enrollment_id>/parent-codes", "create_parent_code"
)
@signed_in
@blueprint.response(201, ParentCode, addressed=False)
def create_parent_code(enrollment_id: int) -> IssuedCode:
    """Create a code with which one parent can join within a week; the former one is revoked."""
    return parents.issue(caller(), enrollment_id)


@blueprint.post("/api/enrollments/join", "join_enrollment")
@signed_in
@blueprint.arguments(ParentJoining)
@blueprint.response(200, Enrollment)
@blueprint.raises(OwnEnrollment, ParentLimitReached, TooManyAttempts)
def join_enrollment(body: dict[str, Any]) -> EnrollmentRow:
    """Follow an enrolment as a parent, with the code that its student has given you."""
    return parents.join(caller(), body["code"])


@blueprint.get("/api/enrollments/<int(max=2147483647):enrollment_id>/parents", "list_parents")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(EnrollmentParent))
def list_parents(query: dict[str, Any], enrollment_id: int) -> Page[EnrollmentParentRow]:
    """List the parents who follow an enrolment of yours, in the order in which they joined."""
    return parents.of_enrollment(caller(), enrollment_id, **query)


@blueprint.delete(
    "/api/enrollments/<int(max=2147483647):enrollment_id>/parents/<uuid:parent_id>", "remove_parent"
)
@signed_in
@blueprint.arguments(ParentRemoval, required=False)
@blueprint.response(204)
def remove_parent(body: dict[str, Any], enrollment_id: int, parent_id: Uuid) -> None:
    """Remove a parent from an enrolment. They are told the reason, which is not kept here."""
    parents.leave(caller(), enrollment_id, parent_id, body["reason"])


@blueprint.get(
    "/api/enrollments/<int(max=2147483647):enrollment_id>/progress", "get_enrollment_progress"
)
@signed_in
@blueprint.response(200, Progress)
def get_enrollment_progress(enrollment_id: int) -> EnrollmentProgress:
    """Get how far an enrolment has come."""
    return progress.of_enrollment(caller(), enrollment_id)
