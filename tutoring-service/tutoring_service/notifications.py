"""RULES: which people are notified of what. The user-service puts it into their inboxes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.clock import rfc3339
from tutoring_service.models import (
    Course,
    Enrollment,
    SessionBooking,
    SessionRequest,
    TutoringSession,
    db,
    messages,
)
from tutoring_service.roles import parents_of
from tutoring_service.states import RequestStatus


class Kind(StrEnum):
    """What this service notifies people of."""

    SESSION_BOOKED = "session_booked"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    REMINDER = "reminder"
    SESSION_REQUESTED = "session_requested"
    SESSION_REQUEST_DECLINED = "session_request_declined"
    SESSION_REQUEST_WITHDRAWN = "session_request_withdrawn"
    STUDENT_ENROLLED = "student_enrolled"
    ENROLLMENT_CHANGED = "enrollment_changed"
    PARENT_JOINED = "parent_joined"
    PARENT_LEFT = "parent_left"
    REMOVED = "removed"
    REVIEW_RECEIVED = "review_received"


# For what is cancelled, no one comes to a place.
WITH_PLACE = {Kind.SESSION_BOOKED, Kind.SESSION_MOVED, Kind.REMINDER}


def tell(
    kind: Kind,
    people: Iterable[UUID],
    booking: SessionBooking,
    actor: UUID | None = None,
    titles: Mapping[int, str | None] | None = None,
    locations: Mapping[int, str | None] | None = None,
    calendar: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> None:
    """Notify these people of something about a session; never the person who did it.

    `titles` are those of courses, by the enrolment, and `locations` those of sessions, where they were read
    for several sessions at once.
    `calendar` is what e-mails about it tell calendars.
    """
    if titles is None:
        titles = titles_of({booking.enrolled_courses_id})
    if kind in WITH_PLACE:
        more |= _place(booking, locations)
    data = {
        "title": titles.get(booking.enrolled_courses_id),
        "session_id": booking.session_id,
        "starts_at": rfc3339(booking.starts_at),
        "path": f"/api/sessions/{booking.session_id}",
        **more,
    }
    about = f"tutoring_session:{booking.session_id}"
    wanted: dict[str, Any] = {"data": data}
    if "location" in data:
        # It may be the home of either.
        either = {"author": str(booking.tutor_id), "coauthor": str(booking.student_id)}
        wanted |= {**either, "words": ["location"]}
    _request(about, booking.version, kind, people, wanted, actor, calendar)


def tell_of_enrollment(
    kind: Kind,
    people: Iterable[UUID],
    enrollment: Enrollment,
    actor: UUID,
    about: str | None = None,
    calendar: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> None:
    """Notify these people of something about an enrolment; never the person who did it.

    `calendar` is what e-mails about it tell calendars.
    """
    data = {
        "title": titles_of({enrollment.id}).get(enrollment.id),
        "enrollment_id": enrollment.id,
        "path": f"/api/enrollments/{enrollment.id}",
        **more,
    }
    about = about or f"enrollment:{enrollment.id}"
    _request(about, enrollment.version, kind, people, {"data": data}, actor, calendar)


def tell_of_request(
    kind: Kind,
    person: UUID,
    request: SessionRequest,
    starts_at: datetime,
    actor: UUID,
    **more: Any,
) -> None:
    """Notify the person of a request for a session, or of its answer."""
    data = {
        "title": titles_of({request.enrolled_courses_id}).get(request.enrolled_courses_id),
        "request_id": request.id,
        "starts_at": rfc3339(starts_at),
        "path": f"/api/enrollments/{request.enrolled_courses_id}/requests",
        **more,
    }
    # A request is asked, and answered once.
    version = 1 if request.status == RequestStatus.PENDING else 2
    _request(f"session_request:{request.id}", version, kind, [person], {"data": data}, actor)


def everyone(booking: SessionBooking) -> list[UUID]:
    """The tutor, the student and the parents."""
    return [booking.tutor_id, booking.student_id, *parents_of({booking.enrolled_courses_id})]


def everyone_in(enrollment: Enrollment) -> list[UUID]:
    """The tutor, the student and the parents."""
    return [enrollment.tutor_id, enrollment.student_id, *parents_of({enrollment.id})]


def titles_of(enrollment_ids: Collection[int]) -> dict[int, str | None]:
    """The titles of the courses, by the enrolment."""
    query = (
        select(Enrollment.id, Course.title)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.id.in_(enrollment_ids))
    )
    return {row.id: row.title for row in db.session.execute(query)}


def locations_of(session_ids: Collection[int]) -> dict[int, str | None]:
    """Where the sessions take place, by their ids."""
    query = select(TutoringSession.id, TutoringSession.location).where(
        TutoringSession.id.in_(session_ids)
    )
    return {row.id: row.location for row in db.session.execute(query)}


def _place(booking: SessionBooking, locations: Mapping[int, str | None] | None) -> dict[str, str]:
    if locations is None:
        locations = locations_of({booking.session_id})
    location = locations.get(booking.session_id)
    return {"location": location} if location else {}


def _request(
    about: str,
    version: int,
    kind: Kind,
    people: Iterable[UUID],
    wanted: Mapping[str, Any],
    actor: UUID | None,
    calendar: Sequence[Mapping[str, Any]] = (),
) -> None:
    told = [str(person) for person in dict.fromkeys(people) if person != actor]
    if not told:
        return
    of_actor = {"author": str(actor), "words": ["reason"]} if actor else {}
    request = {"user_ids": told, "kind": kind, **of_actor, **wanted}
    if calendar:
        request["calendar"] = list(calendar)
    messages.publish_event("notification.requested", about, version, request, actor=actor)
