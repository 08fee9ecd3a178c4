"""RULES: a student enrols in a course, and how that goes on and ends."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    any_,
    bindparam,
    select,
    union,
)
from sqlalchemy import delete as remove

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, InvalidTransition, NotFound
from chassis.pages import Page, cut
from tutoring_service import listings, sessions
from tutoring_service.models import (
    Course,
    Enrollment,
    SessionBooking,
    TutoringSession,
    apart,
    db,
)
from tutoring_service.notifications import Kind, everyone_in, tell_of_enrollment
from tutoring_service.roles import enrollment_of, lock_enrollment, require
from tutoring_service.scheduling import lifecycle
from tutoring_service.sessions import CALLER, FOLLOWED
from tutoring_service.states import CourseStatus, EnrollmentStatus, Role, SessionStatus

DELETED = "deleted"
CLOSED = (EnrollmentStatus.COMPLETED, EnrollmentStatus.CANCELLED)
FROM = {
    EnrollmentStatus.PAUSED: {EnrollmentStatus.ACTIVE},
    EnrollmentStatus.ACTIVE: {EnrollmentStatus.PAUSED},
    EnrollmentStatus.COMPLETED: {EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED},
    EnrollmentStatus.CANCELLED: {EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED},
}

OWN: Mapping[Role, ColumnElement[bool]] = {
    Role.TUTOR: Enrollment.tutor_id == CALLER,
    Role.STUDENT: Enrollment.student_id == CALLER,
    Role.PARENT: Enrollment.id.in_(FOLLOWED),
}
IN_LISTS = [
    *Enrollment.__table__.columns,
    Course.title.label("course_title"),
    Course.booking.label("course_booking"),
]
# An array, because SQLAlchemy writes an IN again for each list.
HAS_STATUS = Enrollment.status == any_(bindparam("statuses", type_=ARRAY(String)))


class AlreadyEnrolled(Conflict):
    """You are already enrolled in this course."""

    code = "already_enrolled"


class OwnCourse(Conflict):
    """You cannot enrol in your own course."""

    code = "own_course"


class CourseArchived(Conflict):
    """The course is archived and takes no more students."""

    code = "course_archived"


class HasCompletedSessions(Conflict):
    """The enrolment has completed sessions; close it instead."""

    code = "has_completed_sessions"


class EnrollmentLimitReached(LimitReached):
    """You are enrolled as often as one student may be, closed enrolments included; `most` is how often."""

    code = "enrollment_limit_reached"
    most = 500


def enroll(caller: Caller, course_id: int) -> Enrollment:
    """The caller becomes a student of the course. The database refuses a second open enrolment."""
    # Shared, so that many enrol at once; a transaction that archives the course waits for them, or they
    # find it archived.
    course = db.session.get(Course, course_id, with_for_update={"read": True})
    if course is None or apart.is_apart(caller.id, [course.tutor_id]):
        raise NotFound
    if course.tutor_id == caller.id:
        raise OwnCourse
    if course.status != CourseStatus.OPEN:
        raise CourseArchived
    own = select(Enrollment.id).filter_by(student_id=caller.id)
    require_room(db.session, EnrollmentLimitReached, own, of=caller.id)
    # The zone is copied: the sessions of those enrolled keep their hours when the tutor moves house.
    enrollment = Enrollment(
        tutor_id=course.tutor_id,
        student_id=caller.id,
        course=course,
        timezone=course.timezone,
    )
    db.session.add(enrollment)
    db.session.flush()
    # About the course: one unread notification tells of all who enrol.
    about = f"course:{course.id}"
    kind, tutor = Kind.STUDENT_ENROLLED, [course.tutor_id]
    tell_of_enrollment(kind, tutor, enrollment, caller.id, about, course_id=course.id)
    return enrollment


def get(caller: Caller, enrollment_id: int) -> Enrollment:
    """The enrolment, for its participants."""
    return enrollment_of(caller, enrollment_id)[0]


def find(
    caller: Caller,
    status: Collection[EnrollmentStatus],
    role: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Row[Any]]:
    """The caller's enrolments in this role, or in any; with one of these statuses, or with any."""
    query = _own(roles_of(role), has_status=bool(status), follows=bool(cursor))
    values = {"caller_id": caller.id, "statuses": sorted(status), "limit": limit + 1}
    rows = reads.rows(db.session, query, values | after_values(cursor, [int]))
    return cut(rows, limit, lambda row: (row.id,))


def roles_of(role: str | None) -> tuple[Role, ...]:
    """The role in which a person asks for what is theirs, or all roles."""
    return (Role(role),) if role else tuple(OWN)


@cache
def _own(roles: tuple[Role, ...], *, has_status: bool, follows: bool) -> Select[*tuple[Any, ...]]:
    """The statement for a page of a person's enrolments in these roles."""
    conditions = [HAS_STATUS] if has_status else []
    if follows:
        conditions.append(after_bound([Enrollment.id]))
    # Each role reads its own index in order; asked for all at once, PostgreSQL would read
    # the enrolments of all people.
    ids = [first_ids(select(Enrollment.id).where(OWN[role], *conditions)) for role in roles]
    page = page_of_ids(ids)
    shown = select(*IN_LISTS).join(Enrollment.course)
    return shown.join(page, page.c.id == Enrollment.id).order_by(page.c.id)


def page_of_ids(found: Sequence[Select[int]]) -> Subquery:
    """The page's worth of what these find, to be joined with the rows.

    By IN, PostgreSQL would go through the rows of all people in their order, and look each up among these: it
    may plan for any limit, and takes a page for a tenth of what there is.
    """
    each = union(*found).subquery("found")
    return first_ids(select(each.c.id)).subquery("page")


def first_ids(query: Select[int]) -> Select[int]:
    """A page's worth of the ids that it selects."""
    (row_id,) = query.selected_columns
    return query.order_by(row_id).limit(bindparam("limit", type_=Integer))


def move(caller: Caller, enrollment_id: int, to: EnrollmentStatus) -> Enrollment:
    """Pause, resume, complete or cancel it; the tutor alone completes. Closing it cancels what is
    scheduled.
    """
    enrollment, role = lock_enrollment(caller, enrollment_id)
    if to == EnrollmentStatus.COMPLETED:
        require(role, Role.TUTOR)
    else:
        require(role, Role.TUTOR, Role.STUDENT)
    # Asked for again it changes nothing, not even the time of closing.
    if enrollment.status == to:
        return enrollment
    if enrollment.status not in FROM[to]:
        raise InvalidTransition(enrollment.status, to)
    enrollment.status = to
    enrollment.version += 1
    if to in CLOSED:
        enrollment.closed_at = now()
        scheduled = _sessions(enrollment.id, TutoringSession.status == SessionStatus.SCHEDULED)
        lifecycle.cancel_all(scheduled, f"enrolment {to}", caller.id)
    db.session.flush()
    people = everyone_in(enrollment)
    tell_of_enrollment(Kind.ENROLLMENT_CHANGED, people, enrollment, caller.id, status=to)
    return enrollment


def delete(caller: Caller, enrollment_id: int, *, force: bool) -> None:
    """Delete it with all its sessions; if some are completed, only an admin who insists."""
    enrollment, role = lock_enrollment(caller, enrollment_id)
    require(role, Role.TUTOR, Role.ADMIN)
    # All of them are locked first: one that is just being completed must not go with the rest.
    rows = _sessions(enrollment_id)
    insists = force and Role.ADMIN in caller.roles
    if not insists and any(row.status == SessionStatus.COMPLETED for row in rows):
        raise HasCompletedSessions
    scheduled = [row for row in rows if row.status == SessionStatus.SCHEDULED]
    lifecycle.cancel_all(scheduled, "enrolment deleted", caller.id)
    db.session.flush()
    # Of one that was closed they have been told already.
    if enrollment.status not in CLOSED:
        tell_of_enrollment(
            Kind.ENROLLMENT_CHANGED,
            everyone_in(enrollment),
            enrollment,
            caller.id,
            status=DELETED,
            path="/api/enrollments",
        )
    tutor_id = enrollment.tutor_id
    db.session.execute(remove(Enrollment).where(Enrollment.id == enrollment_id))
    # The database has deleted rows that the ORM still has in mind, reviews among them.
    db.session.expire_all()
    listings.refresh(tutor_id)


def _sessions(enrollment_id: int, *conditions: ColumnElement[bool]) -> list[TutoringSession]:
    """The sessions of the enrolment that meet the conditions, locked, in order."""
    query = sessions.with_booking(lock=True).where(
        TutoringSession.enrolled_courses_id == enrollment_id, *conditions
    )
    return list(db.session.scalars(query.order_by(SessionBooking.starts_at)))
