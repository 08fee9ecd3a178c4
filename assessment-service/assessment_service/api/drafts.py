"""What authors do: drafts, versions, statistics."""

from typing import Any

from marshmallow import fields

from assessment_service import drafts, statistics
from assessment_service.api.definitions import AssessmentDefinition, Slug
from assessment_service.api.percent import Percent
from assessment_service.drafts import (
    AssessmentLimitReached,
    DraftExists,
    DraftNotFound,
    SlugTaken,
    VersionLimitReached,
    Written,
)
from assessment_service.models import AssessmentVersion
from assessment_service.question_types import QuestionType
from assessment_service.statistics import Statistics
from chassis.auth.authorization import caller, role, signed_in
from chassis.data.reading import Reading
from chassis.pages import Page
from chassis.versions import ExpectedVersion
from chassis.web.conditional import etag, if_match
from chassis.web.fields import Answer, Body, Choice, Instant, Integer, Query
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds

blueprint = Blueprint("assessment-authors")

Versioned = tuple[AssessmentVersion, int, dict[str, str]]


class AssessmentDraftChange(Body):
    definition = fields.Nested(AssessmentDefinition, required=True)


class NewAssessment(AssessmentDraftChange):
    slug = Slug(required=True, metadata={"example": "study-habits"})


class OwnAssessment(Answer):
    slug = fields.String(required=True)
    is_default = fields.Boolean(required=True)
    created_at = Instant(required=True)
    title = fields.String(
        required=True, metadata={"description": "Of the newest version, draft or published."}
    )
    updated_at = Instant(required=True, metadata={"description": "Of the newest version."})
    has_draft = fields.Boolean(
        required=True, metadata={"description": "Whether the newest version is a draft."}
    )
    published_number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of the version that is started now.", "example": 1},
    )
    published_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the version that is started now was published."},
    )


class AssessmentVersionSummary(Answer):
    slug = fields.String(required=True, attribute="assessment.slug")
    number = fields.Integer(required=True)
    is_current = fields.Boolean(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    published_at = Instant(required=True, allow_none=True)


class AssessmentVersionDocument(AssessmentVersionSummary):
    """A version with everything in it, right answers too."""

    definition = fields.Nested(AssessmentDefinition, required=True)


class StatisticsQuery(Query):
    version = Integer(
        1, load_default=None, metadata={"description": "The current version without it."}
    )


class ChoiceStatistics(Answer):
    choice = fields.String(required=True)
    label = fields.String(required=True)
    times = fields.Integer(required=True)
    chosen_percent = Percent(
        required=True, metadata={"description": "Of those who answered the question."}
    )


class QuestionStatistics(Answer):
    question_id = fields.Integer(required=True)
    key = fields.String(required=True)
    type = Choice(QuestionType, required=True)
    text = fields.String(required=True)
    answered = fields.Integer(required=True)
    distribution = fields.List(fields.Nested(ChoiceStatistics), required=True)


class StatusCounts(Answer):
    active = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    user_abandoned_not_completed = fields.Integer(required=True)
    expired = fields.Integer(required=True)


class AssessmentStatistics(Answer):
    """Counts of a version; no names."""

    assessment = fields.String(required=True)
    version = fields.Integer(required=True)
    started = fields.Integer(required=True)
    sessions = fields.Nested(StatusCounts, required=True)
    completed_percent = Percent(
        required=True, allow_none=True, metadata={"description": "Of the sessions started."}
    )
    median_seconds = fields.Float(required=True, allow_none=True)
    questions = fields.List(fields.Nested(QuestionStatistics), required=True)


@blueprint.post("/api/v2/assessments", "create_assessment")
@role("author")
@idempotent
@blueprint.arguments(NewAssessment, bounds=BodyBounds(1024 * 1024, values=30_000))
@blueprint.response(201, AssessmentVersionDocument, versioned=True)
@blueprint.raises(SlugTaken, AssessmentLimitReached)
def create_assessment(body: dict[str, Any]) -> Versioned:
    """Create an assessment with a first draft."""
    return _created(drafts.begin(caller().id, body["slug"], body["definition"]))


@blueprint.get("/api/v2/assessments/mine", "list_own_assessments")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(OwnAssessment))
def list_own_assessments(query: dict[str, Any]) -> Page[Written]:
    """List the assessments you wrote, newest first."""
    return drafts.list_own(caller(), **query)


@blueprint.get("/api/v2/assessments/<slug>/draft", "get_assessment_draft")
@signed_in
@blueprint.response(200, AssessmentVersionDocument, versioned=True)
@blueprint.raises(DraftNotFound)
def get_assessment_draft(slug: str) -> Versioned:
    """Get the draft of your assessment; its `ETag` is what changes need."""
    return _with_etag(drafts.draft(caller(), slug))


@blueprint.post("/api/v2/assessments/<slug>/draft", "create_assessment_draft")
@signed_in
@idempotent
@blueprint.response(201, AssessmentVersionDocument, versioned=True)
@blueprint.raises(DraftExists, VersionLimitReached)
def create_assessment_draft(slug: str) -> Versioned:
    """Create a new draft from the newest version of your assessment."""
    return _created(drafts.redraft(caller(), slug))


@blueprint.put("/api/v2/assessments/<slug>/draft", "replace_assessment_draft")
@signed_in
@if_match
@blueprint.arguments(AssessmentDraftChange, bounds=BodyBounds(1024 * 1024, values=30_000))
@blueprint.response(200, AssessmentVersionDocument, versioned=True)
@blueprint.raises(DraftNotFound)
def replace_assessment_draft(
    body: dict[str, Any], slug: str, expected: ExpectedVersion
) -> Versioned:
    """Replace the draft of your assessment."""
    return _with_etag(drafts.rewrite(caller(), slug, body["definition"], expected))


@blueprint.delete("/api/v2/assessments/<slug>/draft", "delete_assessment_draft")
@signed_in
@if_match
@blueprint.response(204)
@blueprint.raises(DraftNotFound)
def delete_assessment_draft(slug: str, expected: ExpectedVersion) -> None:
    """Delete the draft of your assessment."""
    drafts.discard(caller(), slug, expected)


@blueprint.post("/api/v2/assessments/<slug>/publish", "publish_assessment")
@signed_in
@if_match
@blueprint.response(200, AssessmentVersionDocument, versioned=True)
@blueprint.raises(DraftNotFound, drafts.Incomplete)
def publish_assessment(slug: str, expected: ExpectedVersion) -> Versioned:
    """Publish the draft: it never changes again, and new sessions are of this version."""
    return _with_etag(drafts.publish(caller(), slug, expected))


@blueprint.get("/api/v2/assessments/<slug>/versions", "list_assessment_versions")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(AssessmentVersionSummary))
def list_assessment_versions(query: dict[str, Any], slug: str) -> Page[AssessmentVersion]:
    """List the versions of your assessment, newest first."""
    return drafts.versions(caller(), slug, **query)


@blueprint.get(
    "/api/v2/assessments/<slug>/versions/<int(max=2147483647):number>", "get_assessment_version"
)
@signed_in
@blueprint.response(200, AssessmentVersionDocument)
def get_assessment_version(slug: str, number: int) -> AssessmentVersion:
    """Get a version of your assessment with everything in it."""
    return drafts.version(caller(), slug, number)


@blueprint.get(
    "/api/v2/assessments/<slug>/statistics", "get_assessment_statistics", reading=Reading.SNAPSHOT
)
@signed_in
@blueprint.arguments(StatisticsQuery, location="query")
@blueprint.response(200, AssessmentStatistics)
def get_assessment_statistics(query: dict[str, Any], slug: str) -> Statistics:
    """Get how your assessment is doing: counts, never names."""
    return statistics.of_version(caller(), slug, query["version"])


def _with_etag(found: AssessmentVersion) -> Versioned:
    return found, 200, etag(found.revision)


def _created(draft: AssessmentVersion) -> Versioned:
    location = f"/api/v2/assessments/{draft.assessment.slug}/draft"
    return draft, 201, {**etag(draft.revision), "Location": location}
