"""RULES: a student books a free time of the tutor themselves, and moves what is booked to another."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, DeadlinePassed, NotFound
from chassis.versions import ExpectedVersion
from tutoring_service import history, sessions
from tutoring_service.availability import Slot
from tutoring_service.models import Course, Enrollment, SessionBooking, TutoringSession, db
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.scheduling import bookable_times, booking, changes, conflicts, notice
from tutoring_service.scheduling.bookable_times import Wanted
from tutoring_service.scheduling.booking import EnrollmentNotActive, KeptApart
from tutoring_service.scheduling.changes import NotChangeable
from tutoring_service.scheduling.details import NOT_ASKED_FOR
from tutoring_service.states import CourseBooking, Role

DAY = timedelta(days=1)


class OnlyOnRequest(Conflict):
    """In this course one asks for sessions, and the tutor accepts."""

    code = "only_on_request"


class BookingLimitReached(LimitReached):
    """You have booked or cancelled as many sessions of the course as one may for now; `most` is how many."""

    code = "booking_limit_reached"
    most = 100


def times(
    caller: Caller, enrollment_id: int, since: datetime, until: datetime, session_id: int | None
) -> list[Slot]:
    """The times that the student may book now, or to which they may move this session of theirs.

    None while nothing can be booked at all.
    """
    enrollment, role = enrollment_of(caller, enrollment_id)
    require(role, Role.STUDENT)
    moved = None if session_id is None else _own(caller, enrollment, session_id)
    try:
        _check_open(enrollment)
        _check_movable(moved)
    except (OnlyOnRequest, EnrollmentNotActive, KeptApart, NotChangeable, DeadlinePassed):
        return []
    return bookable_times.offered(Wanted(enrollment, moved), since, until)


def book(caller: Caller, enrollment_id: int, wanted: Mapping[str, Any]) -> TutoringSession:
    """Book one of these times. All is decided while no other transaction books either of the two."""
    enrollment = _keep(caller, enrollment_id)
    when = bookable_times.check(Wanted(enrollment), wanted["starts_at"])
    require_room(db.session, BookingLimitReached, _recent(enrollment), of=enrollment_id)
    details = {**NOT_ASKED_FOR, "topics": wanted["topics"]}
    (session,) = booking.book(enrollment, details, [when])
    session.booking.note = wanted["note"]
    db.session.flush()
    booking.tell_booked([session], caller)
    return session


def move(
    caller: Caller, session_id: int, expected: ExpectedVersion, starts_at: datetime
) -> TutoringSession:
    """Move the session, of a series this occurrence alone, to another of these times."""
    session, role = sessions.get(caller, session_id, expected=expected)
    require(role, Role.STUDENT)
    read = ExpectedVersion.one(session.booking.version)
    enrollment = _keep(caller, session.booking.enrolled_courses_id)
    session, _ = sessions.get(caller, session_id, lock=True, expected=read)
    if session.booking.starts_at == starts_at:
        return session
    _check_movable(session)
    history.require_room_for_change(session)
    when = bookable_times.check(Wanted(enrollment, session), starts_at)
    changes.move_alone(session, when, caller.id)
    return session


def _keep(caller: Caller, enrollment_id: int) -> Enrollment:
    """The caller's enrolment, in which they may book: it, its course and both calendars stay as they are."""
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.STUDENT)
    conflicts.lock_calendars(enrollment.tutor_id, enrollment.student_id)
    # Of a joined row the state is that of before a wait. Shared, so that many book at once.
    db.session.get_one(
        Course, enrollment.course_id, with_for_update={"read": True}, populate_existing=True
    )
    _check_open(enrollment)
    return enrollment


def _check_open(enrollment: Enrollment) -> None:
    booking.check_open(enrollment)
    if enrollment.course.booking != CourseBooking.BOOK:
        raise OnlyOnRequest


def _check_movable(session: TutoringSession | None) -> None:
    if session is None:
        return
    changes.check_changeable(session, {}, moved=True)
    notice.check([session])


def _own(caller: Caller, enrollment: Enrollment, session_id: int) -> TutoringSession:
    session, _ = sessions.get(caller, session_id)
    if session.booking.enrolled_courses_id != enrollment.id:
        raise NotFound
    return session


def _recent(enrollment: Enrollment) -> Any:
    """The single sessions to come, and those that the student cancelled within a day, of which the tutor was
    told twice.
    """
    held = SessionBooking
    is_coming = and_(held.held, held.starts_at > now())
    cancelled = and_(held.cancelled_by == enrollment.student_id, held.cancelled_at > now() - DAY)
    return select(held.session_id).where(
        held.enrolled_courses_id == enrollment.id,
        held.series_id.is_(None),
        or_(is_coming, cancelled),
    )
