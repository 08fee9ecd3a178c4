"""One search through study sessions, courses, texts and people."""

from typing import Any

from flask import Response
from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.web.fields import Integer, Query, Words
from chassis.web.rest import Blueprint
from gateway.aggregation import Part, aggregator, answer
from gateway.routes import HAVRUTA, STUDY_SESSION, TUTORING, USER
from gateway.shapes import Shape, View, first_page, text, whole

DEADLINE = 1.0  # seconds for all parts together

blueprint = Blueprint("search")


class SearchWords(Query):
    q = Words(
        50,
        least=1,
        required=True,
        metadata={"description": "What to look for.", "example": "berakhot"},
    )
    limit = Integer(
        1, 20, load_default=5, metadata={"description": "How many of each kind at most."}
    )


class FoundStudySession(Shape):
    id = text("uuid")
    title = text()
    subject = text()
    status = text()
    mode = text()
    start_time = text("date-time")
    starts_at = text("date-time")
    ends_at = text("date-time")
    host_id = text("uuid")
    seats_left = whole()


class FoundCourse(Shape):
    id = whole()
    title = text()
    subject = text(allow_none=True)
    tutor_id = text("uuid")


class FoundText(Shape):
    slug = text()
    name = text()
    hebrew_name = text()
    collection = text()
    division = text()


class FoundPerson(Shape):
    id = text("uuid")
    username = text()
    display_name = text()
    avatar_url = text(allow_none=True)


FoundStudySessions = first_page(FoundStudySession)
FoundCourses = first_page(FoundCourse)
FoundTexts = first_page(FoundText)
FoundPeople = first_page(FoundPerson)


class SearchResults(View):
    """The first results of each kind; null where a service did not answer.

    `next` is the cursor with which the kind's own list goes on.
    """

    study_sessions = fields.Nested(FoundStudySessions, required=True, allow_none=True)
    courses = fields.Nested(FoundCourses, required=True, allow_none=True)
    texts = fields.Nested(FoundTexts, required=True, allow_none=True)
    people = fields.Nested(FoundPeople, required=True, allow_none=True)


PARTS = (
    Part(
        name="study_sessions",
        service=STUDY_SESSION,
        target="/api/study-sessions?q={q}&series=next&limit={limit}",
        shape=FoundStudySessions(),
    ),
    Part(
        name="courses",
        service=TUTORING,
        target="/api/courses?q={q}&limit={limit}",
        shape=FoundCourses(),
    ),
    Part(
        name="texts", service=HAVRUTA, target="/api/texts?q={q}&limit={limit}", shape=FoundTexts()
    ),
    Part(
        name="people",
        service=USER,
        target="/api/users/search?q={q}&limit={limit}",
        shape=FoundPeople(),
    ),
)


@blueprint.get("/api/search", "search_everything")
@signed_in
@blueprint.arguments(SearchWords, location="query")
@blueprint.response(200, SearchResults)
def search_everything(query: dict[str, Any]) -> Response:
    """Search open study sessions and courses by subject, texts by name, people by username."""
    values = {"q": query["q"], "limit": str(query["limit"])}
    found = aggregator().gather(PARTS, values, deadline=DEADLINE, token=caller().token)
    return answer(aggregator().name_people(found.document()))
