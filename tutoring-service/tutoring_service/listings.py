"""RULES: the catalogue of tutors, and what it is read from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, cast, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.search import count_of, says, values_of
from chassis.normalization import search_key
from chassis.pages import Page, cut
from tutoring_service.models import (
    Course,
    TutorAvailability,
    TutorListing,
    TutorProfile,
    apart,
    db,
)
from tutoring_service.ratings import rating_of
from tutoring_service.states import CourseStatus, Weekday

# What the code before wrote beside them while it was replaced is found after so long.
REFRESHED_WITHIN = timedelta(days=1)
BATCH = 100
FEW = 100
EMPTY = {
    "subjects": [],
    "subject_keys": [],
    "languages": [],
    "weekdays": [],
    "words": "",
    "rating_count": 0,
    "rank": 0,
}


class TutorOrder(StrEnum):
    RATING = "rating"
    NEWEST = "newest"


ORDERS = {
    TutorOrder.RATING: (TutorListing.rank, TutorListing.newest_course_id),
    TutorOrder.NEWEST: (TutorListing.newest_course_id,),
}


@dataclass(frozen=True)
class ListedTutor:
    """A tutor in the catalogue."""

    tutor_id: UUID
    about: str | None
    languages: Sequence[str]
    subjects: Sequence[str]
    weekdays: Sequence[str]
    rating: Mapping[str, float | int | None]


def find(
    viewer_id: UUID | None,
    q: str | None,
    subject: str | None,
    language: str | None,
    weekday: Collection[Weekday],
    sort: TutorOrder,
    limit: int,
    cursor: str | None,
) -> Page[ListedTutor]:
    """Tutors who offer an open course, by one statement; those kept apart from the viewer are left out."""
    listing = TutorListing
    columns = ORDERS[sort]
    query = (
        select(listing, TutorProfile.about, TutorProfile.languages)
        .outerjoin(TutorProfile, TutorProfile.tutor_id == listing.tutor_id)
        .where(
            listing.newest_course_id.is_not(None),
            listing.tutor_id.not_in(apart.people_apart_from(literal(viewer_id, Uuid))),
            *_teaching(language, weekday),
        )
    )
    if q:
        query = query.where(says(listing.words.expression, count_of(q))).params(values_of(q))
    if subject:
        query = query.where(listing.subject_keys.contains(_texts([search_key(subject)])))
    rows = db.session.execute(ordered(query, columns, limit, cursor, descending=True)).all()
    names = [column.key for column in columns]
    page = cut(rows, limit, lambda row: [getattr(row[0], name) for name in names])
    return Page([_listed(*row) for row in page.items], page.next)


def teaching(language: str | None, weekday: Collection[Weekday]) -> Sequence[UUID] | Select[UUID]:
    """The tutors who teach in this language, or one that it begins, and on one of these days.

    If they are few, their ids, by which their courses are found; of many, the newest courses are soon met.
    """
    tutors = select(TutorListing.tutor_id).where(*_teaching(language, weekday))
    ids = db.session.scalars(tutors.limit(FEW + 1)).all()
    return tutors if len(ids) > FEW else ids


def refresh(tutor_id: UUID) -> None:
    """Write the tutor's listing again. What changes it is written before, in the same transaction."""
    # Locked before anything is read: what writes it at the same moment waits, and sees this change.
    row = {"tutor_id": tutor_id, **EMPTY, "refreshed_at": now()}
    db.session.execute(insert(TutorListing).values(row).on_conflict_do_nothing())
    listing = db.session.get_one(
        TutorListing, tutor_id, with_for_update=True, populate_existing=True
    )
    profile = db.session.get(TutorProfile, tutor_id)
    declared = db.session.get(TutorAvailability, tutor_id)
    offered = db.session.execute(
        select(Course.id, Course.title, Course.subject)
        .where(Course.tutor_id == tutor_id, Course.status == CourseStatus.OPEN)
        .order_by(Course.id.desc())
    ).all()
    rating = rating_of(tutor_id)
    listing.newest_course_id = offered[0].id if offered else None
    listing.subjects = distinct(course.subject for course in offered if course.subject)
    listing.subject_keys = [search_key(subject) for subject in listing.subjects]
    listing.languages = ranges(profile.languages if profile else [])
    listing.weekdays = _weekdays(declared.weekly if declared else [])
    listing.words = _words(offered, profile.about if profile else None)
    listing.rating_average, listing.rating_count = rating.average, rating.count
    listing.rank = rating.rank
    listing.refreshed_at = now()
    db.session.flush()


def refresh_some() -> int:
    """Write some listings that are missing or old; how many."""
    listed = exists().where(TutorListing.tutor_id == Course.tutor_id)
    is_open = Course.status == CourseStatus.OPEN
    missing = select(Course.tutor_id).where(is_open, ~listed).distinct().limit(BATCH)
    tutors = db.session.scalars(missing).all()
    if not tutors:
        is_old = TutorListing.refreshed_at < now() - REFRESHED_WITHIN
        old = select(TutorListing.tutor_id).where(is_old)
        tutors = db.session.scalars(old.order_by(TutorListing.refreshed_at).limit(BATCH)).all()
    for tutor_id in sorted(tutors):
        refresh(tutor_id)
    return len(tutors)


def distinct(subjects: Iterable[str]) -> list[str]:
    """Each subject once, however it is written, in alphabetical order; the first spelling stays."""
    found: dict[str, str] = {}
    for subject in subjects:
        found.setdefault(search_key(subject).strip(), subject)
    return [found[key] for key in sorted(found)]


def ranges(languages: Iterable[str]) -> list[str]:
    """The tags and what they begin with (RFC 4647, section 3.3.1), in small letters."""
    found: dict[str, None] = {}
    for language in languages:
        parts = language.lower().split("-")
        found |= dict.fromkeys("-".join(parts[:count]) for count in range(1, len(parts) + 1))
    return list(found)


def _teaching(language: str | None, weekday: Collection[Weekday]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if language:
        conditions.append(TutorListing.languages.contains(_texts([language.lower()])))
    if weekday:
        conditions.append(TutorListing.weekdays.overlap(_texts(sorted(weekday))))
    return conditions


def _weekdays(weekly: Iterable[dict[str, Any]]) -> list[str]:
    worked = {hours["weekday"] for hours in weekly}
    return [day for day in Weekday if day in worked]


def _words(offered: Iterable[Any], about: str | None) -> str:
    lines = [text for course in offered for text in (course.title, course.subject) if text]
    lines += (about or "").splitlines()
    return "\n".join(f" {search_key(line)}" for line in lines)


def _listed(listing: TutorListing, about: str | None, languages: list[str] | None) -> ListedTutor:
    return ListedTutor(
        listing.tutor_id,
        about,
        languages or [],
        listing.subjects,
        listing.weekdays,
        listing.rating,
    )


def _texts(values: Sequence[str]) -> ColumnElement[Any]:
    return cast(literal(list(values), ARRAY(Text)), ARRAY(Text))
