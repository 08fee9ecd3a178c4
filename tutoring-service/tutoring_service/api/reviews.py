"""Reviews of sessions."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Choice, Instant, Integer, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import reviews
from tutoring_service.models import Review as ReviewRow
from tutoring_service.reviews import AlreadyReviewed, NotCompleted
from tutoring_service.states import AuthorRole

blueprint = Blueprint("reviews")
PATH = "/api/sessions/<int(max=2147483647):session_id>/reviews"

PUBLIC = "Whether anyone may read it on the tutor's page. What tutors wrote is never shown there."
IS_NAMED = "Whether it is shown there with who wrote it; without `public` this means nothing."


class NewReview(Body):
    rating = Integer(1, 5, required=True)
    text = Text(2000, paragraphs=True, load_default=None, allow_none=True)
    public = Boolean(load_default=True, metadata={"description": PUBLIC})
    is_named = Boolean(load_default=False, metadata={"description": IS_NAMED})


class ReviewChanges(Body):
    rating = Integer(1, 5)
    text = Text(2000, paragraphs=True, allow_none=True)
    public = Boolean(metadata={"description": PUBLIC})
    is_named = Boolean(metadata={"description": IS_NAMED})


class Review(Answer):
    id = fields.Integer(required=True)
    session_id = fields.Integer(required=True)
    author_id = fields.UUID(required=True)
    author_role = Choice(AuthorRole, required=True)
    rating = fields.Integer(required=True)
    text = fields.String(required=True, allow_none=True)
    public = fields.Boolean(required=True, metadata={"description": PUBLIC})
    is_named = fields.Boolean(required=True, metadata={"description": IS_NAMED})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


@blueprint.post(PATH, "create_review")
@signed_in
@idempotent
@blueprint.arguments(NewReview, bounds=BodyBounds(32 * 1024))
@blueprint.response(201, Review)
@blueprint.raises(NotCompleted, AlreadyReviewed)
def create_review(body: dict[str, Any], session_id: int) -> Any:
    """Review a completed session.

    The tutor's rating counts the last review of each student, by them or a parent, of sessions that took at
    least 15 minutes and half of the planned time.
    """
    review = reviews.write(caller(), session_id, **body)
    return review, {"Location": f"/api/sessions/{session_id}/reviews/{review.id}"}


@blueprint.get(PATH, "list_reviews")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Review))
def list_reviews(query: dict[str, Any], session_id: int) -> Page[ReviewRow]:
    """List the reviews of a session."""
    return reviews.of_session(caller(), session_id, **query)


@blueprint.patch(f"{PATH}/<int(max=2147483647):review_id>", "update_review")
@signed_in
@blueprint.arguments(ReviewChanges, bounds=BodyBounds(32 * 1024))
@blueprint.response(200, Review)
@blueprint.raises(DeadlinePassed)
def update_review(body: dict[str, Any], session_id: int, review_id: int) -> ReviewRow:
    """Update your review, within 14 days."""
    return reviews.rewrite(caller(), session_id, review_id, body)
