"""RULES: what other people and other services are told of a session."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.clock import rfc3339
from tutoring_service.models import Course, Enrollment, SessionBooking, db, messages
from tutoring_service.parties import parents_of


def tell(
    kind: str,
    people: Iterable[UUID],
    booking: SessionBooking,
    actor: UUID | None = None,
    **more: Any,
) -> None:
    """Notify these people of something about a session; never the one who did it."""
    told = [str(person) for person in dict.fromkeys(people) if person != actor]
    if not told:
        return
    data = {
        "title": title(booking.enrolled_courses_id),
        "session_id": booking.session_id,
        "starts_at": rfc3339(booking.starts_at),
        "path": f"/api/sessions/{booking.session_id}",
        **more,
    }
    notice = {"user_ids": told, "kind": kind, "data": data}
    messages.publish_event(
        "notification.requested",
        f"tutoring_session:{booking.session_id}",
        booking.version,
        notice,
        actor=actor,
    )


def everybody(booking: SessionBooking) -> list[UUID]:
    """The tutor, the student and the parents."""
    return [booking.tutor_id, booking.student_id, *parents_of({booking.enrolled_courses_id})]


def title(enrollment_id: int) -> str | None:
    """The title of the course."""
    query = (
        select(Course.title)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .where(Enrollment.id == enrollment_id)
    )
    return db.session.scalar(query)
