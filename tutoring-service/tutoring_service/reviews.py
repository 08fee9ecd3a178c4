"""RULES: what the participants thought of a completed session."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, and_, case, literal, select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.errors import Conflict, DeadlinePassed, NotFound
from chassis.pages import Page, cut
from tutoring_service import listings, sessions
from tutoring_service.models import (
    Course,
    Enrollment,
    Review,
    SessionBooking,
    TutoringSession,
    apart,
    db,
)
from tutoring_service.notifications import Kind, everyone, tell
from tutoring_service.roles import require
from tutoring_service.states import CourseStatus, Role, SessionStatus

EDITABLE = timedelta(days=14)


class AlreadyReviewed(Conflict):
    """You have already reviewed this session."""

    code = "already_reviewed"


class NotCompleted(Conflict):
    """The session is not completed yet."""

    code = "not_completed"


def write(
    caller: Caller,
    session_id: int,
    rating: int,
    text: str | None,
    *,
    public: bool,
    is_named: bool,
) -> Review:
    """The caller's one review of the session. The session refers to it; of several parents to the first.

    One that is `public` may stand on the tutor's page, unless the tutor wrote it; one that `is_named` too,
    with who wrote it.
    """
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT, Role.PARENT)
    if session.status != SessionStatus.COMPLETED:
        raise NotCompleted
    review = Review(
        session_id=session_id,
        # Repeated here, so that a tutor's rating is read from reviews alone.
        tutor_id=session.booking.tutor_id,
        author_id=caller.id,
        author_role=role,
        rating=rating,
        text=text,
        public=public,
        is_named=is_named,
        created_at=now(),
        updated_at=now(),
    )
    db.session.add(review)
    # The database refuses the author's second review, also one that is written at the same moment.
    db.session.flush()
    _refer(session, role, review.id)
    listings.refresh(session.booking.tutor_id)
    booking = session.booking
    # What the tutor wrote is about the student, and what the others wrote about the tutor.
    reviewed = everyone(booking)[1:] if role == Role.TUTOR else [booking.tutor_id]
    tell(
        Kind.REVIEW_RECEIVED,
        reviewed,
        booking,
        caller.id,
        path=f"/api/sessions/{session_id}/reviews",
        rating=rating,
    )
    return review


def rewrite(caller: Caller, session_id: int, review_id: int, wanted: dict[str, Any]) -> Review:
    """Change the caller's own review while that is allowed."""
    sessions.get(caller, session_id)
    query = (
        select(Review)
        .filter_by(id=review_id, session_id=session_id, author_id=caller.id)
        .with_for_update()
    )
    review = db.session.scalar(query)
    if review is None:
        raise NotFound
    deadline = review.created_at + EDITABLE
    if now() > deadline:
        raise DeadlinePassed(deadline, "A review can be changed for 14 days.")
    for name, value in wanted.items():
        setattr(review, name, value)
    review.updated_at = now()
    db.session.flush()
    listings.refresh(review.tutor_id)
    return review


def of_session(caller: Caller, session_id: int, limit: int, cursor: str | None) -> Page[Review]:
    """The reviews of the session, oldest first."""
    sessions.get(caller, session_id)
    rows = db.session.scalars(
        ordered(select(Review).filter_by(session_id=session_id), (Review.id,), limit, cursor)
    ).all()
    return cut(rows, limit, lambda row: (row.id,))


def shown_publicly(tutor_id: UUID, limit: int, cursor: str | None = None) -> Page[Row[Any]]:
    """The reviews of the tutor that anyone may read, newest first.

    Each without its author, unless they are named and not suspended; with its course while that is open.
    """
    suspended = apart.people_apart_from(literal(None, Uuid))
    is_named = and_(Review.is_named, Review.author_id.not_in(suspended))
    shown = (
        select(
            Review.id,
            Review.rating,
            Review.text,
            Review.created_at,
            case((is_named, Review.author_id)).label("author_id"),
            case((Course.status == CourseStatus.OPEN, Course.title)).label("course_title"),
        )
        .outerjoin(SessionBooking, SessionBooking.session_id == Review.session_id)
        .outerjoin(Enrollment, Enrollment.id == SessionBooking.enrolled_courses_id)
        .outerjoin(Course, Course.id == Enrollment.course_id)
        .where(Review.tutor_id == tutor_id, Review.author_role != Role.TUTOR, Review.public)
    )
    rows = db.session.execute(ordered(shown, (Review.id,), limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda row: (row.id,))


def _refer(session: TutoringSession, role: Role, review_id: int) -> None:
    # The older application's columns, one for each role.
    column = f"{role}_review_id"
    if getattr(session, column) is None:
        setattr(session, column, review_id)
        session.booking.version += 1
    db.session.flush()
