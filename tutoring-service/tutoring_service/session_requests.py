"""RULES: a student asks for a session; the tutor accepts or declines."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.limits import LimitReached, require_room
from chassis.errors import DeadlinePassed, InvalidTransition, NotFound, invalid
from recurrence import instant
from tutoring_service import availability, notifications
from tutoring_service.models import Enrollment, SessionRequest, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.scheduling import booking, conflicts
from tutoring_service.scheduling.details import NOT_ASKED_FOR, check_length
from tutoring_service.scheduling.wall_time import Occurrence, local_date, occurrence
from tutoring_service.states import RequestStatus, Role

DAY = timedelta(days=1)
WANTED = ("session_date", "start_time", "end_time", "topics")


class SessionRequestLimitReached(LimitReached):
    """There are as many open requests, and requests of the last day, as may be; `most` is how many."""

    code = "session_request_limit_reached"
    most = 50


def ask(caller: Caller, enrollment_id: int, wanted: dict[str, Any]) -> SessionRequest:
    """Ask for a time to come that is free now; it is booked only when the tutor accepts."""
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.STUDENT)
    booking.check_open(enrollment)
    # Those that were withdrawn are counted for a day: each has told the tutor.
    recent = select(SessionRequest.id).where(
        SessionRequest.enrolled_courses_id == enrollment_id,
        (SessionRequest.status == RequestStatus.PENDING)
        | (SessionRequest.created_at > now() - DAY),
    )
    require_room(db.session, SessionRequestLimitReached, recent, of=enrollment_id)
    # Without the calendars' locks, because nothing is booked: it is looked at again on acceptance.
    when = _occurrence(enrollment, wanted)
    _check_ahead(when, enrollment.timezone)
    _check_free(enrollment, when, caller)
    request = SessionRequest(enrollment=enrollment, created_at=now(), **wanted)
    db.session.add(request)
    db.session.flush()
    starts_at = _starts_at(enrollment, request)
    kind, tutor = Kind.SESSION_REQUESTED, enrollment.tutor_id
    notifications.tell_of_request(kind, tutor, request, starts_at, caller.id)
    return request


def accept(caller: Caller, enrollment_id: int, request_id: int) -> SessionRequest:
    """Book the session, if the time is still free; `DeadlinePassed` once it would have begun."""
    enrollment, request = _of_tutor(caller, enrollment_id, request_id)
    if request.status == RequestStatus.ACCEPTED:
        return request
    _check_pending(request, RequestStatus.ACCEPTED)
    booking.check_open(enrollment)
    wanted = {name: getattr(request, name) for name in WANTED}
    when = _occurrence(enrollment, wanted)
    if when.starts_at < now():
        raise DeadlinePassed(when.starts_at, "The time that the student asked for has begun.")
    # It was free when the student asked, but that was days ago. From here on no other transaction
    # books these two.
    conflicts.lock_calendars(enrollment.tutor_id, enrollment.student_id)
    _check_free(enrollment, when, caller)
    (session,) = booking.book(enrollment, {**NOT_ASKED_FOR, **wanted}, [when])
    request.session_id = session.id
    _answer(request, RequestStatus.ACCEPTED)
    booking.tell_booked([session], caller)
    return request


def decline(
    caller: Caller, enrollment_id: int, request_id: int, reason: str | None
) -> SessionRequest:
    """The tutor does not want it, and may tell the student why."""
    enrollment, request = _of_tutor(caller, enrollment_id, request_id)
    if request.status == RequestStatus.DECLINED:
        return request
    _check_pending(request, RequestStatus.DECLINED)
    _answer(request, RequestStatus.DECLINED)
    starts_at = _starts_at(enrollment, request)
    kind, student = Kind.SESSION_REQUEST_DECLINED, enrollment.student_id
    notifications.tell_of_request(kind, student, request, starts_at, caller.id, reason=reason)
    return request


def withdraw(caller: Caller, enrollment_id: int, request_id: int) -> SessionRequest:
    """The student no longer wants it."""
    enrollment, role = enrollment_of(caller, enrollment_id)
    require(role, Role.STUDENT)
    request = _locked(enrollment, request_id)
    if request.status == RequestStatus.WITHDRAWN:
        return request
    _check_pending(request, RequestStatus.WITHDRAWN)
    _answer(request, RequestStatus.WITHDRAWN)
    starts_at = _starts_at(enrollment, request)
    kind, tutor = Kind.SESSION_REQUEST_WITHDRAWN, enrollment.tutor_id
    notifications.tell_of_request(kind, tutor, request, starts_at, caller.id)
    return request


def _occurrence(enrollment: Enrollment, wanted: dict[str, Any]) -> Occurrence:
    duration = check_length(wanted["start_time"], wanted["end_time"])
    return occurrence(wanted["session_date"], wanted["start_time"], duration, enrollment.timezone)


def _starts_at(enrollment: Enrollment, request: SessionRequest) -> datetime:
    return instant(request.session_date, request.start_time, enrollment.timezone)


def _check_ahead(when: Occurrence, timezone: str) -> None:
    if when.starts_at < now():
        past_day = when.session_date < local_date(now(), timezone)
        raise invalid("session_date" if past_day else "start_time", "Lies in the past.")


def _check_free(enrollment: Enrollment, when: Occurrence, caller: Caller) -> None:
    availability.check_hours(enrollment.tutor_id, [when])
    people = enrollment.tutor_id, enrollment.student_id
    conflicts.check_free(*people, [when], caller_id=caller.id)


def _of_tutor(
    caller: Caller, enrollment_id: int, request_id: int
) -> tuple[Enrollment, SessionRequest]:
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.TUTOR)
    return enrollment, _locked(enrollment, request_id)


def _locked(enrollment: Enrollment, request_id: int) -> SessionRequest:
    query = (
        select(SessionRequest)
        .filter_by(id=request_id, enrolled_courses_id=enrollment.id)
        .with_for_update()
    )
    # As it is now: the lock may have waited for another answer.
    request = db.session.scalar(query.execution_options(populate_existing=True))
    if request is None:
        raise NotFound
    # It is shown with its enrolment, which is here already.
    set_committed_value(request, "enrollment", enrollment)
    return request


def _check_pending(request: SessionRequest, to: RequestStatus) -> None:
    if request.status != RequestStatus.PENDING:
        raise InvalidTransition(request.status, to)


def _answer(request: SessionRequest, status: RequestStatus) -> None:
    request.status, request.answered_at = status, now()
    db.session.flush()
