"""RULES: how students and parents rate a tutor."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from tutoring_service.models import Review, SessionBooking, db
from tutoring_service.states import Role

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

# With so many more students of whom each gives this, a tutor with one good review comes after one with many.
SUPPOSED, SUPPOSED_RATING = 4, 3


@dataclass(frozen=True)
class Rating:
    """The mean of the ratings that count for the tutor, None if none does, and how many they are."""

    tutor_id: UUID
    average: float | None
    count: int

    @property
    def rank(self) -> int:
        """By what lists are ordered: in hundredths, with the students that are supposed."""
        total = (self.average or 0) * self.count + SUPPOSED_RATING * SUPPOSED
        return round(100 * total / (self.count + SUPPOSED))


def rating_of(tutor_id: UUID) -> Rating:
    """How students and parents rate the tutor: the one rule for all who are shown it."""
    mean, count = db.session.execute(RATING, {"tutor_id": tutor_id}).one()
    average = round(float(mean), 2) if count else None
    return Rating(tutor_id, average, count)
