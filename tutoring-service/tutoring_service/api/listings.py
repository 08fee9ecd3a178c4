"""The catalogue of tutors, for anyone."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller_or_none, optional, public
from chassis.pages import Page
from chassis.web.fields import Answer, Choice, Choices, Words
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from tutoring_service import listings, tutor_pages
from tutoring_service.api.tutor_pages import (
    CACHE,
    LanguageTag,
    PublicReview,
    StudentsRating,
)
from tutoring_service.listings import ListedTutor as ListedTutorRow
from tutoring_service.listings import TutorOrder
from tutoring_service.states import Weekday

blueprint = Blueprint("listings")

ANY_OF = (
    "Of tutors whose weekly hours have time on one of these days, in the tutor's own time zone; "
    "days off and what is booked are not looked at."
)


class CatalogueQuery(PageQuery):
    q = Words(
        100, least=1, load_default=None, metadata={"description": "Words of the title or subject."}
    )
    subject = Words(
        100,
        least=1,
        load_default=None,
        metadata={"description": "The whole subject, whatever its case, accents or points."},
    )
    language = LanguageTag(
        load_default=None,
        description="In which the tutor teaches; `en` finds `en-GB` as well.",
    )
    weekday = Choices(
        Weekday, load_default=frozenset, metadata={"description": ANY_OF, "example": "Sunday"}
    )


class TutorQuery(CatalogueQuery):
    q = Words(
        100,
        least=1,
        load_default=None,
        metadata={"description": "Words of the title or subject of a course, or of `about`."},
    )
    sort = Choice(
        TutorOrder,
        load_default=TutorOrder.RATING,
        metadata={
            "description": "`rating`: the best rated first, as if four more students had given each "
            "tutor a 3; `newest`: by their newest course.",
            "example": "rating",
        },
    )


class ListedTutor(Answer):
    """A tutor who offers an open course."""

    tutor_id = fields.UUID(required=True)
    about = fields.String(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    subjects = fields.List(
        fields.String(), required=True, metadata={"description": "Of all open courses."}
    )
    weekdays = fields.List(
        Choice(Weekday),
        required=True,
        metadata={"description": "On which their weekly hours have time, in their time zone."},
    )
    rating = fields.Nested(StudentsRating, required=True)


@blueprint.get("/api/tutors", "list_tutors")
@optional
@blueprint.arguments(TutorQuery, location="query")
@blueprint.response(200, page_of(ListedTutor))
def list_tutors(query: dict[str, Any]) -> Page[ListedTutorRow]:
    """List the tutors who offer an open course, the best rated first."""
    viewer = caller_or_none()
    return listings.find(viewer.id if viewer else None, **query)


@blueprint.get("/api/tutors/<uuid:tutor_id>/reviews", "list_tutor_reviews")
@public
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(PublicReview))
def list_tutor_reviews(query: dict[str, Any], tutor_id: UUID) -> Any:
    """List what students and parents let anyone read about a tutor, newest first."""
    return tutor_pages.reviews_of(tutor_id, **query), CACHE
