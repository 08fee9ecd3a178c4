"""RULES: what the participants thought of a completed session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.errors import Conflict, DeadlinePassed, NotFound
from chassis.pages import Page, cut
from tutoring_service import sessions
from tutoring_service.models import Review, SessionBooking, TutoringSession, db
from tutoring_service.notifications import Kind, everyone, tell
from tutoring_service.roles import require
from tutoring_service.states import Role, SessionStatus

EDITABLE = timedelta(days=14)
SHORTEST = timedelta(minutes=15)

PLANNED = SessionBooking.ends_at - SessionBooking.starts_at
# How long sessions of the older application took is not known: as long as planned.
ACTUAL = func.coalesce(SessionBooking.completed_at - SessionBooking.started_at, PLANNED)
# A session of a few minutes costs nothing but a review.
LASTED = and_(ACTUAL + ACTUAL >= PLANNED, ACTUAL >= SHORTEST)
# Of each student one, which is the last that they or their parents wrote: neither many sessions nor many
# parents make a student count more than once. What the tutor wrote is about the student.
COUNTED = (
    select(Review.rating)
    .join(SessionBooking, SessionBooking.session_id == Review.session_id)
    .where(Review.tutor_id == bindparam("tutor_id"), Review.author_role != Role.TUTOR, LASTED)
    .ext(distinct_on(SessionBooking.student_id))
    .order_by(SessionBooking.student_id, Review.id.desc())
    .subquery()
)
RATING = select(func.avg(COUNTED.c.rating), func.count()).select_from(COUNTED)


class AlreadyReviewed(Conflict):
    """You have already reviewed this session."""

    code = "already_reviewed"


class NotCompleted(Conflict):
    """The session is not completed yet."""

    code = "not_completed"


@dataclass(frozen=True)
class Rating:
    """The mean of the ratings that count for the tutor, None if none does, and how many they are."""

    tutor_id: UUID
    average: float | None
    count: int


def write(
    caller: Caller, session_id: int, rating: int, text: str | None, *, public: bool
) -> Review:
    """The caller's one review of the session. The session refers to it; of several parents to the first.

    One that is `public` may stand on the tutor's page, unless the tutor wrote it.
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
        created_at=now(),
        updated_at=now(),
    )
    db.session.add(review)
    # The database refuses the author's second review, also one that is written at the same moment.
    db.session.flush()
    _refer(session, role, review.id)
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
    return review


def of_session(caller: Caller, session_id: int, limit: int, cursor: str | None) -> Page[Review]:
    """The reviews of the session, oldest first."""
    sessions.get(caller, session_id)
    rows = db.session.scalars(
        ordered(select(Review).filter_by(session_id=session_id), (Review.id,), limit, cursor)
    ).all()
    return cut(rows, limit, lambda row: (row.id,))


def shown_publicly(tutor_id: UUID, most: int) -> Sequence[Any]:
    """The last reviews of the tutor that their page may show: rating, text and time, and not by whom."""
    shown = select(Review.rating, Review.text, Review.created_at).where(
        Review.tutor_id == tutor_id, Review.author_role != Role.TUTOR, Review.public
    )
    return db.session.execute(shown.order_by(Review.id.desc()).limit(most)).all()


def rating_of(tutor_id: UUID) -> Rating:
    """How students and parents rate the tutor: the one rule for all who are shown it."""
    mean, count = db.session.execute(RATING, {"tutor_id": tutor_id}).one()
    average = round(float(mean), 2) if count else None
    return Rating(tutor_id, average, count)


def _refer(session: TutoringSession, role: Role, review_id: int) -> None:
    # The older application's columns, one for each role.
    column = f"{role}_review_id"
    if getattr(session, column) is None:
        setattr(session, column, review_id)
        session.booking.version += 1
    db.session.flush()
