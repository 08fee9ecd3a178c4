"""RULES: what tutors offer."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, exists, literal, literal_column, select
from sqlalchemy.orm import joinedload

from chassis.auth.tokens import Caller
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.data.search import count_of, says, values_of
from chassis.errors import NotFound
from chassis.normalization import search_key
from chassis.pages import Page, cut
from chassis.versions import ExpectedVersion
from tutoring_service import listings
from tutoring_service.models import (
    COURSE_WORDS,
    SUBJECT_KEY,
    Course,
    Enrollment,
    apart,
    db,
)
from tutoring_service.states import CourseStatus, Weekday


class CourseLimitReached(LimitReached):
    """You offer as many courses as one tutor may, archived ones included; `most` is how many."""

    code = "course_limit_reached"
    most = 200


def publish(caller: Caller, wanted: dict[str, Any]) -> Course:
    """A new course of the caller's, open to students."""
    own = select(Course.id).filter_by(tutor_id=caller.id)
    require_room(db.session, CourseLimitReached, own, of=caller.id)
    course = Course(tutor_id=caller.id, **wanted)
    db.session.add(course)
    db.session.flush()
    listings.refresh(caller.id)
    return course


def get(viewer_id: UUID | None, course_id: int) -> Course:
    """The course; `NotFound` if there is none, or its tutor and the viewer are kept apart.

    Who is enrolled in it goes on seeing it. Visitors, whose id is None, see those that are open.
    """
    course = db.session.get(Course, course_id)
    if course is None or (viewer_id is None and course.status != CourseStatus.OPEN):
        raise NotFound
    if apart.is_apart(viewer_id, [course.tutor_id]) and not _has_enrolled(viewer_id, course_id):
        raise NotFound
    return course


def open_of(tutor_id: UUID) -> Sequence[Any]:
    """All open courses of the tutor, newest first, without their descriptions."""
    offered = select(Course.id, Course.title, Course.subject, Course.timezone, Course.created_at)
    query = offered.where(Course.tutor_id == tutor_id, Course.status == CourseStatus.OPEN)
    return db.session.execute(query.order_by(Course.id.desc()).limit(CourseLimitReached.most)).all()


def find(
    viewer_id: UUID | None,
    tutor_id: UUID | None,
    status: Collection[CourseStatus],
    q: str | None,
    subject: str | None,
    language: str | None,
    weekday: Collection[Weekday],
    limit: int,
    cursor: str | None,
) -> Page[Course]:
    """Courses, newest first: open ones, or with one of these statuses; of all tutors or this one, or of
    those who teach in this language or on one of these days; about anything, this subject or `q`.

    Those of tutors who are kept apart from the viewer are left out. Visitors, whose id is None, see those
    that are open, whatever they ask for.
    """
    wanted = set(status) or {CourseStatus.OPEN}
    seen = wanted if viewer_id else wanted & {CourseStatus.OPEN}
    query = (
        select(Course)
        .options(joinedload(Course.listing))
        .where(
            Course.status.in_(seen),
            Course.tutor_id.not_in(apart.people_apart_from(literal(viewer_id, Uuid))),
        )
    )
    if tutor_id:
        query = query.filter_by(tutor_id=tutor_id)
    if q:
        query = query.where(says(literal_column(COURSE_WORDS, String), count_of(q)))
        query = query.params(values_of(q))
    if subject:
        query = query.where(literal_column(SUBJECT_KEY, String) == search_key(subject))
    if language or weekday:
        query = query.where(Course.tutor_id.in_(listings.teaching(language, weekday)))
    rows = db.session.scalars(ordered(query, (Course.id,), limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda course: (course.id,))


def change(
    caller: Caller, course_id: int, expected: ExpectedVersion, wanted: dict[str, Any]
) -> Course:
    """Change a course of the tutor's own. Enrolments keep the zone that they began with."""
    course = db.session.get(Course, course_id, with_for_update=True, populate_existing=True)
    # A tutor of another course learns no more than a stranger.
    if course is None or course.tutor_id != caller.id:
        raise NotFound
    expected.check(course.version)
    for name, value in wanted.items():
        setattr(course, name, value)
    course.version += 1
    db.session.flush()
    listings.refresh(caller.id)
    return course


def _has_enrolled(student_id: UUID | None, course_id: int) -> bool:
    enrolled = exists().where(
        Enrollment.course_id == course_id, Enrollment.student_id == student_id
    )
    return bool(db.session.scalar(select(enrolled)))
