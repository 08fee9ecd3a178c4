"""What can be taken."""

from typing import Any

from marshmallow import fields

from assessment_service import versions
from assessment_service.versions import AssessmentNotFound, Pinned
from chassis.auth.authorization import public
from chassis.pages import Page
from chassis.web.fields import Answer
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint

blueprint = Blueprint("assessments")


class Assessment(Answer):
    """An assessment in the version that is started now."""

    slug = fields.String(required=True)
    version = fields.Integer(required=True, attribute="number")
    title = fields.String(required=True, attribute="definition.title")
    description = fields.String(required=True, attribute="definition.description")
    needs_account = fields.Boolean(required=True)
    pages = fields.Integer(required=True, attribute="pages_total")
    questions = fields.Integer(required=True, attribute="questions_total")
    time_limit_minutes = fields.Integer(
        required=True, allow_none=True, attribute="definition.time_limit_minutes"
    )
    max_attempts = fields.Integer(
        required=True, allow_none=True, attribute="definition.max_attempts"
    )
    hours_between_attempts = fields.Integer(
        required=True, allow_none=True, attribute="definition.hours_between_attempts"
    )


@blueprint.get("/api/v2/assessments", "list_assessments")
@public
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Assessment))
def list_assessments(query: dict[str, Any]) -> Page[Pinned]:
    """List the published assessments."""
    return versions.published(**query)


@blueprint.get("/api/v2/assessments/<slug>", "get_assessment")
@public
@blueprint.response(200, Assessment)
@blueprint.raises(AssessmentNotFound)
def get_assessment(slug: str) -> Pinned:
    """Get what an assessment is about."""
    return versions.current(slug)
