"""RULES: a student asks for a session; the tutor accepts or declines."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.errors import InvalidTransition, NotFound
from chassis.pages import Page, cut
from recurrence import instant
from tutoring_service import availability, notifications
from tutoring_service.models import Enrollment, SessionRequest, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.scheduling import booking, conflicts
from tutoring_service.scheduling.details import check_length
from tutoring_service.scheduling.wall_time import Occurrence, occurrence
from tutoring_service.states import Priority, RequestStatus, Role, SessionMode

DEFAULTS = {
    "session_mode": SessionMode.ONLINE,
    "location": None,
    "whiteboard_id": None,
    "priority_level": Priority.MEDIUM,
    "notification_enabled": False,
    "alarm_enabled": False,
    "alarm_before_minutes": 15,
    "is_featured": False,
}


def ask(caller: Caller, enrollment_id: int, wanted: dict[str, Any]) -> SessionRequest:
    """Ask for a time that is free now; it is booked only when the tutor accepts."""
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.STUDENT)
    booking.check_active(enrollment)
    _check_free(enrollment, [_occurrence(enrollment, wanted)], caller)
    request = SessionRequest(enrolled_courses_id=enrollment.id, created_at=now(), **wanted)
    db.session.add(request)
    db.session.flush()
    _tell(caller, enrollment, request, Kind.SESSION_REQUESTED)
    return request


def of_enrollment(
    caller: Caller,
    enrollment_id: int,
    status: Collection[RequestStatus],
    limit: int,
    cursor: str | None,
) -> Page[SessionRequest]:
    """The requests in the enrolment, oldest first; with one of these statuses, or with any."""
    enrollment_of(caller, enrollment_id)
    query = select(SessionRequest).filter_by(enrolled_courses_id=enrollment_id)
    if status:
        query = query.where(SessionRequest.status.in_(status))
    rows = db.session.scalars(ordered(query, (SessionRequest.id,), limit, cursor)).all()
    return cut(rows, limit, lambda row: (row.id,))


def accept(caller: Caller, enrollment_id: int, request_id: int) -> SessionRequest:
    """Book the session, if the time is still free."""
    enrollment, request = _of_tutor(caller, enrollment_id, request_id)
    if request.status == RequestStatus.ACCEPTED:
        return request
    _check_pending(request, RequestStatus.ACCEPTED)
    booking.check_active(enrollment)
    wanted = {
        name: getattr(request, name)
        for name in ("session_date", "start_time", "end_time", "topics")
    }
    when = _occurrence(enrollment, wanted)
    # Free when it was asked for, but that was days ago; and no other transaction books from here on.
    conflicts.lock_calendars(enrollment.tutor_id, enrollment.student_id)
    _check_free(enrollment, [when], caller)
    (session,) = booking.book(enrollment, {**DEFAULTS, **wanted}, [when])
    request.status, request.session_id, request.answered_at = (
        RequestStatus.ACCEPTED,
        session.id,
        now(),
    )
    db.session.flush()
    booking.tell_booked([session], caller)
    return request


def decline(caller: Caller, enrollment_id: int, request_id: int) -> SessionRequest:
    """Say no."""
    enrollment, request = _of_tutor(caller, enrollment_id, request_id)
    if request.status == RequestStatus.DECLINED:
        return request
    _check_pending(request, RequestStatus.DECLINED)
    request.status, request.answered_at = RequestStatus.DECLINED, now()
    db.session.flush()
    _tell(caller, enrollment, request, Kind.SESSION_REQUEST_DECLINED)
    return request


def withdraw(caller: Caller, enrollment_id: int, request_id: int) -> SessionRequest:
    """The student no longer wants it."""
    _, role = enrollment_of(caller, enrollment_id)
    require(role, Role.STUDENT)
    request = _locked(enrollment_id, request_id)
    if request.status == RequestStatus.WITHDRAWN:
        return request
    _check_pending(request, RequestStatus.WITHDRAWN)
    request.status, request.answered_at = RequestStatus.WITHDRAWN, now()
    db.session.flush()
    return request


def _occurrence(enrollment: Enrollment, wanted: dict[str, Any]) -> Occurrence:
    duration = check_length(wanted["start_time"], wanted["end_time"])
    return occurrence(wanted["session_date"], wanted["start_time"], duration, enrollment.timezone)


def _check_free(enrollment: Enrollment, occurrences: list[Occurrence], caller: Caller) -> None:
    availability.check_hours(enrollment.tutor_id, occurrences)
    conflicts.check_free(
        enrollment.tutor_id, enrollment.student_id, occurrences, visible_to=caller.id
    )


def _of_tutor(
    caller: Caller, enrollment_id: int, request_id: int
) -> tuple[Enrollment, SessionRequest]:
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.TUTOR)
    return enrollment, _locked(enrollment_id, request_id)


def _locked(enrollment_id: int, request_id: int) -> SessionRequest:
    query = (
        select(SessionRequest)
        .filter_by(id=request_id, enrolled_courses_id=enrollment_id)
        .with_for_update()
    )
    request = db.session.scalar(query.execution_options(populate_existing=True))
    if request is None:
        raise NotFound
    return request


def _check_pending(request: SessionRequest, to: RequestStatus) -> None:
    if request.status != RequestStatus.PENDING:
        raise InvalidTransition(request.status, to)


def _tell(caller: Caller, enrollment: Enrollment, request: SessionRequest, kind: Kind) -> None:
    """Tell the other of the two."""
    other = enrollment.student_id
    if caller.id == enrollment.student_id:
        other = enrollment.tutor_id
    starts_at = instant(request.session_date, request.start_time, enrollment.timezone)
    notifications.tell_of_request(kind, other, request, starts_at, caller.id)
