"""The public pages of tutors."""

import re
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from chassis.auth.authorization import caller, public, role
from chassis.web.conditional import etag
from chassis.web.fields import Answer, Body, Instant, List, Text
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import tutor_pages
from tutoring_service.api.tutors import Slot

blueprint = Blueprint("tutor_pages")
# By anyone, for a minute.
CACHE = {"Cache-Control": "public, max-age=60"}
# RFC 5646, section 2.1: language, script, region, variants. Extensions say nothing about what people speak.
LANGUAGE_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(-(?P<script>[A-Za-z]{4}))?(-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)
GROUP = re.compile(r"\?P<\w+>")


class LanguageTag(Text):
    """A language tag (BCP 47), in the case that RFC 5646, section 2.1.1, recommends."""

    def __init__(self, *, description: str | None = None, **kwargs: Any) -> None:
        document = {"pattern": f"^{GROUP.sub('', LANGUAGE_TAG.pattern)}$", "example": "en-GB"}
        if description:
            document["description"] = description
        super().__init__(35, metadata=document, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        tag = LANGUAGE_TAG.fullmatch(text)
        if tag is None:
            raise ValidationError("Not a language tag like `he` or `en-GB`.")
        script, region = tag["script"] or "", tag["region"] or ""
        parts = [tag["language"].lower(), script.title(), region.upper()]
        return "-".join(part for part in parts if part) + tag["variants"].lower()


class NewTutorProfile(Body):
    about = Text(2000, paragraphs=True, load_default=None, allow_none=True)
    languages = List(
        LanguageTag(),
        20,
        load_default=list,
        metadata={"description": "In which you teach, the one you prefer first."},
    )


class TutorProfile(Answer):
    """What a tutor says about themselves."""

    tutor_id = fields.UUID(required=True)
    about = fields.String(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class TaughtCourse(Answer):
    """An open course on the page of its tutor."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    created_at = Instant(required=True, allow_none=True)


class StudentsRating(Answer):
    """How students and parents rate a tutor; each student counts once."""

    average = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True, metadata={"description": "Of students."})


class PublicReview(Answer):
    """A review that anyone may read."""

    id = fields.Integer(required=True)
    author_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Null unless they let it be shown."},
    )
    course_title = fields.String(
        required=True, allow_none=True, metadata={"description": "Null unless the course is open."}
    )
    rating = fields.Integer(required=True)
    text = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)


class TutorPage(Answer):
    """What anyone may see of a tutor."""

    tutor_id = fields.UUID(required=True)
    about = fields.String(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    subjects = fields.List(
        fields.String(), required=True, metadata={"description": "Of all open courses."}
    )
    courses = fields.List(
        fields.Nested(TaughtCourse),
        required=True,
        metadata={"description": "Open ones, the newest 20, newest first."},
    )
    rating = fields.Nested(StudentsRating, required=True)
    reviews = fields.List(
        fields.Nested(PublicReview),
        required=True,
        metadata={"description": "The last 10 that their authors let the page show."},
    )
    next_free_times = fields.List(
        fields.Nested(Slot),
        required=True,
        metadata={"description": "The first 5 free hours in the coming fortnight."},
    )


@blueprint.put("/api/tutors/me/profile", "set_tutor_profile")
@role("tutor")
@blueprint.arguments(NewTutorProfile, bounds=BodyBounds(64 * 1024))
@blueprint.response(200, TutorProfile, versioned=True)
def set_tutor_profile(body: dict[str, Any]) -> Any:
    """Set what you say about yourself on your public page; what is left out is empty then."""
    profile = tutor_pages.describe(caller(), **body)
    return profile, etag(profile.version)


@blueprint.get("/api/tutors/<uuid:tutor_id>", "get_tutor_page")
@public
@blueprint.response(200, TutorPage)
def get_tutor_page(tutor_id: UUID) -> Any:
    """Get the public page of a tutor who offers an open course, or says something there."""
    page = tutor_pages.page_of(tutor_id)
    return page, CACHE
