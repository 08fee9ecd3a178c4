"""Courses."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import caller, caller_or_none, optional, role, signed_in
from chassis.pages import Page
from chassis.versions import ExpectedVersion
from chassis.web.conditional import etag, if_match
from chassis.web.fields import (
    UUID,
    Answer,
    Body,
    Choice,
    Choices,
    Instant,
    Integer,
    Name,
    Text,
    TimeZone,
)
from chassis.web.idempotency import idempotent
from chassis.web.pagination import page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import courses
from tutoring_service.api.listings import CatalogueQuery
from tutoring_service.api.tutor_pages import StudentsRating
from tutoring_service.courses import CourseLimitReached
from tutoring_service.models import Course as CourseRow
from tutoring_service.states import CourseBooking, CourseStatus

blueprint = Blueprint("courses")
BOOKING = {
    "description": "`ask`: students ask, and the tutor accepts; `book`: they book free times themselves."
}
SESSION_MINUTES = {"description": "How long a session is that a student books."}
MINIMUM_NOTICE = {
    "description": "How long ahead of its start a student books a session at the least."
}
BUFFER = {"description": "Of the tutor between this session and another, where students book."}
MOST_PER_WEEK = {
    "description": "Sessions of one enrolment from Monday to Sunday, beyond which its student books none; "
    "null: no limit."
}


class NewCourse(Body):
    title = Name(200, least=1, required=True, metadata={"example": "Mishnah for beginners"})
    subject = Name(100, load_default=None, allow_none=True, metadata={"example": "Mishnah"})
    description = Text(5000, paragraphs=True, load_default=None, allow_none=True)
    timezone = TimeZone(load_default="UTC", metadata={"example": "Asia/Jerusalem"})
    cancel_notice_hours = Integer(
        0,
        720,
        load_default=24,
        metadata={"description": "Cancelling later than this before a session is late."},
    )
    booking = Choice(CourseBooking, load_default=CourseBooking.ASK, metadata=BOOKING)
    session_minutes = Integer(5, 720, load_default=60, metadata=SESSION_MINUTES)
    minimum_notice_minutes = Integer(0, 43200, load_default=1440, metadata=MINIMUM_NOTICE)
    buffer_before_minutes = Integer(0, 240, load_default=0, metadata=BUFFER)
    buffer_after_minutes = Integer(0, 240, load_default=0, metadata=BUFFER)
    most_per_week = Integer(1, 50, load_default=None, allow_none=True, metadata=MOST_PER_WEEK)


class CourseChanges(Body):
    title = Name(200, least=1)
    subject = Name(100, allow_none=True)
    description = Text(5000, paragraphs=True, allow_none=True)
    timezone = TimeZone()
    cancel_notice_hours = Integer(0, 720)
    booking = Choice(CourseBooking, metadata=BOOKING)
    session_minutes = Integer(5, 720, metadata=SESSION_MINUTES)
    minimum_notice_minutes = Integer(0, 43200, metadata=MINIMUM_NOTICE)
    buffer_before_minutes = Integer(0, 240, metadata=BUFFER)
    buffer_after_minutes = Integer(0, 240, metadata=BUFFER)
    most_per_week = Integer(1, 50, allow_none=True, metadata=MOST_PER_WEEK)
    status = Choice(CourseStatus)


class Course(Answer):
    id = fields.Integer(required=True)
    tutor_id = fields.UUID(required=True)
    title = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    cancel_notice_hours = fields.Integer(required=True)
    booking = Choice(CourseBooking, required=True, metadata=BOOKING)
    session_minutes = fields.Integer(required=True, metadata=SESSION_MINUTES)
    minimum_notice_minutes = fields.Integer(required=True, metadata=MINIMUM_NOTICE)
    buffer_before_minutes = fields.Integer(required=True, metadata=BUFFER)
    buffer_after_minutes = fields.Integer(required=True, metadata=BUFFER)
    most_per_week = fields.Integer(required=True, allow_none=True, metadata=MOST_PER_WEEK)
    status = Choice(CourseStatus, required=True)
    created_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ListedCourse(Course):
    """A course in a list."""

    tutor_rating = fields.Nested(
        StudentsRating,
        required=True,
        allow_none=True,
        attribute="listing.rating",
        metadata={"description": "Null until it is known."},
    )


class CourseQuery(CatalogueQuery):
    tutor_id = UUID(load_default=None)
    status = Choices(
        CourseStatus,
        load_default=frozenset,
        metadata={
            "description": "By default open ones. Visitors are shown no others.",
            "example": "open",
        },
    )


@blueprint.post("/api/courses", "create_course")
@role("tutor")
@idempotent
@blueprint.arguments(NewCourse, bounds=BodyBounds(64 * 1024))
@blueprint.response(201, Course, versioned=True)
@blueprint.raises(CourseLimitReached)
def create_course(body: dict[str, Any]) -> Any:
    """Create a course that students can enrol in."""
    course = courses.publish(caller(), body)
    return course, {**etag(course.version), "Location": f"/api/courses/{course.id}"}


@blueprint.get("/api/courses", "list_courses")
@optional
@blueprint.arguments(CourseQuery, location="query")
@blueprint.response(200, page_of(ListedCourse))
def list_courses(query: dict[str, Any]) -> Page[CourseRow]:
    """List courses, newest first."""
    viewer = caller_or_none()
    return courses.find(viewer.id if viewer else None, **query)


@blueprint.get("/api/courses/<int(max=2147483647):course_id>", "get_course")
@optional
@blueprint.response(200, Course, versioned=True)
def get_course(course_id: int) -> Any:
    """Get a course; visitors, one that is open."""
    viewer = caller_or_none()
    course = courses.get(viewer.id if viewer else None, course_id)
    return course, etag(course.version)


@blueprint.patch("/api/courses/<int(max=2147483647):course_id>", "update_course")
@signed_in
@if_match
@blueprint.arguments(CourseChanges, bounds=BodyBounds(64 * 1024))
@blueprint.response(200, Course, versioned=True)
def update_course(body: dict[str, Any], course_id: int, expected: ExpectedVersion) -> Any:
    """Update your course."""
    course = courses.change(caller(), course_id, expected, body)
    return course, etag(course.version)
