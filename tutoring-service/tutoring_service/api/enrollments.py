"""Enrolments, the parents who follow them, and how far they have come."""

from typing import Any
from uuid import UUID as Uuid

from marshmallow import fields, validate

from chassis.access import caller, role, signed_in
from chassis.fields import Answer, Body, Boolean, Choice, Instant, Integer, Query, Text
from chassis.idempotency import idempotent
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from tutoring_service import enrollments, parents, progress
from tutoring_service.enrollments import (
    AlreadyEnrolled,
    CourseArchived,
    HasCompletedSessions,
    IllegalEnrollmentTransition,
    OwnCourse,
)
from tutoring_service.models import Enrollment as EnrollmentRow
from tutoring_service.parents import IssuedCode, OwnEnrollment
from tutoring_service.states import EnrollmentStatus, Role

blueprint = Blueprint("enrollments", "Students in courses.")


class NewEnrollment(Body):
    course_id = Integer(1, required=True)


class Enrollment(Answer):
    id = fields.Integer(required=True)
    course_id = fields.Integer(required=True)
    tutor_id = fields.UUID(required=True)
    student_id = fields.UUID(required=True)
    status = fields.String(required=True)
    timezone = fields.String(
        required=True, metadata={"description": "The zone of its sessions' wall times."}
    )
    created_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class EnrollmentQuery(PageQuery):
    status = Choice(EnrollmentStatus, load_default=None)
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


class ParentJoining(Body):
    code = Text(20, least=1, required=True)


class AttendanceCount(Answer):
    present = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    late = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)


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


@blueprint.post("/api/enrollments")
@signed_in
@idempotent
@blueprint.arguments(NewEnrollment)
@blueprint.response(201, Enrollment)
@blueprint.raises(AlreadyEnrolled, OwnCourse, CourseArchived)
def enroll(body: dict[str, Any]) -> EnrollmentRow:
    """Enrol oneself in a course."""
    return enrollments.enroll(caller(), body["course_id"])


@blueprint.get("/api/enrollments")
@signed_in
@blueprint.arguments(EnrollmentQuery, location="query")
@blueprint.response(200, page_of(Enrollment))
def find(query: dict[str, Any]) -> Page[EnrollmentRow]:
    """List one's enrolments as tutor, student or parent."""
    return enrollments.find(caller(), **query)


@blueprint.get("/api/enrollments/<int(max=2147483647):enrollment_id>")
@signed_in
@blueprint.response(200, Enrollment)
def read(enrollment_id: int) -> EnrollmentRow:
    """Read an enrolment."""
    return enrollments.get(caller(), enrollment_id)


@blueprint.delete("/api/enrollments/<int(max=2147483647):enrollment_id>")
@signed_in
@blueprint.arguments(DeletionQuery, location="query")
@blueprint.response(204)
@blueprint.raises(HasCompletedSessions)
def delete(query: dict[str, Any], enrollment_id: int) -> None:
    """Delete an enrolment and its sessions."""
    enrollments.delete(caller(), enrollment_id, force=query["force"])


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/pause")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(IllegalEnrollmentTransition)
def pause(enrollment_id: int) -> EnrollmentRow:
    """Pause an enrolment."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.PAUSED)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/resume")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(IllegalEnrollmentTransition)
def resume(enrollment_id: int) -> EnrollmentRow:
    """Resume a paused enrolment."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.ACTIVE)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/complete")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(IllegalEnrollmentTransition)
def complete(enrollment_id: int) -> EnrollmentRow:
    """Close an enrolment as completed; what is scheduled is called off."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.COMPLETED)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/cancel")
@signed_in
@blueprint.response(200, Enrollment)
@blueprint.raises(IllegalEnrollmentTransition)
def cancel(enrollment_id: int) -> EnrollmentRow:
    """Close an enrolment as cancelled; what is scheduled is called off."""
    return enrollments.move(caller(), enrollment_id, EnrollmentStatus.CANCELLED)


@blueprint.post("/api/enrollments/<int(max=2147483647):enrollment_id>/parent-codes")
@signed_in
@blueprint.response(201, ParentCode)
def issue_parent_code(enrollment_id: int) -> IssuedCode:
    """Issue a code with which one parent may join within a week; the code before is void."""
    return parents.issue(caller(), enrollment_id)


@blueprint.post("/api/enrollments/join")
@role("parent")
@blueprint.arguments(ParentJoining)
@blueprint.response(200, Enrollment)
@blueprint.raises(OwnEnrollment)
def join(body: dict[str, Any]) -> EnrollmentRow:
    """Follow an enrolment as a parent."""
    return parents.join(caller(), body["code"])


@blueprint.delete("/api/enrollments/<int(max=2147483647):enrollment_id>/parents/<uuid:parent_id>")
@signed_in
@blueprint.response(204)
def leave(enrollment_id: int, parent_id: Uuid) -> None:
    """Stop a parent's following."""
    parents.leave(caller(), enrollment_id, parent_id)


@blueprint.get("/api/enrollments/<int(max=2147483647):enrollment_id>/progress")
@signed_in
@blueprint.response(200, Progress)
def read_progress(enrollment_id: int) -> dict[str, Any]:
    """Read how far an enrolment has come."""
    return progress.of_enrollment(caller(), enrollment_id)
