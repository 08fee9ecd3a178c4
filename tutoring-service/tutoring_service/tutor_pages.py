"""RULES: the public page of a tutor: what they say about themselves, what they offer, when they are free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from chassis.pages import Page
from tutoring_service import availability, courses, listings, reviews
from tutoring_service.availability import Slot
from tutoring_service.models import Course, TutorProfile, apart, db
from tutoring_service.ratings import Rating, rating_of
from tutoring_service.states import CourseStatus

MOST_COURSES, MOST_REVIEWS, MOST_TIMES = 20, 10, 5
LESSON = 60  # minutes
TERM = timedelta(days=14)


@dataclass(frozen=True)
class TutorPage:
    """What anyone may see of a tutor."""

    tutor_id: UUID
    about: str | None
    languages: Sequence[str]
    subjects: Sequence[str]
    courses: Sequence[Any]
    rating: Rating
    reviews: Sequence[Any]
    next_free_times: Sequence[Slot]


def describe(caller: Caller, about: str | None, languages: Iterable[str]) -> TutorProfile:
    """Replace what the tutor says about themselves. A language that is named twice counts once."""
    said = {
        "tutor_id": caller.id,
        "about": about or None,
        "languages": list(dict.fromkeys(languages)),
    }
    insertion = insert(TutorProfile).values(**said, version=1)
    replaced = insertion.on_conflict_do_update(
        index_elements=["tutor_id"], set_={**said, "version": TutorProfile.version + 1}
    )
    profile = db.session.scalars(
        replaced.returning(TutorProfile), execution_options={"populate_existing": True}
    ).one()
    listings.refresh(caller.id)
    return profile


def page_of(tutor_id: UUID) -> TutorPage:
    """The public page of the tutor, by seven statements; `NotFound` if they offer and say nothing.

    Nor is there a page of a tutor whose account is suspended.

    What was of a deleted tutor is kept under an id of no one, which neither offers nor says anything.
    """
    if apart.is_apart(None, [tutor_id]):
        raise NotFound
    profile = db.session.get(TutorProfile, tutor_id)
    offered = courses.open_of(tutor_id)
    about = profile.about if profile else None
    languages = profile.languages if profile else []
    if not (offered or about or languages):
        raise NotFound
    return TutorPage(
        tutor_id,
        about,
        languages,
        listings.distinct(course.subject for course in offered if course.subject),
        offered[:MOST_COURSES],
        rating_of(tutor_id),
        reviews.shown_publicly(tutor_id, MOST_REVIEWS).items,
        availability.first_slots(tutor_id, now() + TERM, LESSON, MOST_TIMES),
    )


def reviews_of(tutor_id: UUID, limit: int, cursor: str | None) -> Page[Row[Any]]:
    """The reviews that a page may show, all of them; `NotFound` if the tutor has no page."""
    offers = exists().where(Course.tutor_id == tutor_id, Course.status == CourseStatus.OPEN)
    says = exists().where(
        TutorProfile.tutor_id == tutor_id,
        or_(TutorProfile.about.is_not(None), func.cardinality(TutorProfile.languages) > 0),
    )
    has_page = db.session.scalar(select(or_(offers, says)))
    if not has_page or apart.is_apart(None, [tutor_id]):
        raise NotFound
    return reviews.shown_publicly(tutor_id, limit, cursor)
