"""Whiteboards."""

import json
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.access import caller, signed_in
from chassis.fields import Answer, Body, Instant, Integer, Query, Text
from chassis.idempotency import idempotent
from chassis.pages import MOST, Page, PageQuery, page_of
from chassis.rest import Blueprint
from tutoring_service import whiteboards
from tutoring_service.models import WhiteboardSession as WhiteboardRow
from tutoring_service.whiteboards import WhiteboardClosed

blueprint = Blueprint(
    "whiteboards", "Whiteboards of enrolments. What happens on one is live at `.../events`."
)
PATH = "/api/whiteboards/<int(max=2147483647):whiteboard_id>"
MOST_CHARACTERS = 20_000


def check_size(operation: dict[str, Any]) -> None:
    if len(json.dumps(operation)) > MOST_CHARACTERS:
        raise ValidationError(f"Longer than {MOST_CHARACTERS} characters as JSON.")


class NewWhiteboard(Body):
    enrolled_courses_id = Integer(1, required=True)
    session_name = Text(255, load_default=None, allow_none=True)


class Whiteboard(Answer):
    id = fields.Integer(required=True)
    enrolled_courses_id = fields.Integer(required=True)
    session_name = fields.String(required=True, allow_none=True)
    tutor_id = fields.UUID(required=True, allow_none=True)
    student_id = fields.UUID(required=True, allow_none=True)
    seq = fields.Integer(required=True, metadata={"description": "The number of the last event."})
    created_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)


class NewStroke(Body):
    client_id = Text(
        64, least=1, required=True, metadata={"description": "Of the client's choice; drawn once."}
    )
    operation = fields.Dict(required=True, validate=check_size)


class NewStrokes(Body):
    strokes = fields.List(fields.Nested(NewStroke), required=True, validate=validate.Length(1, 100))


class Stroke(Answer):
    seq = fields.Integer(required=True)
    author_id = fields.UUID(required=True)
    client_id = fields.String(required=True)
    operation = fields.Dict(required=True)
    created_at = Instant(required=True)


class DrawnStrokes(Answer):
    items = fields.List(fields.Nested(Stroke), required=True)


class WhiteboardQuery(PageQuery):
    enrolled_courses_id = Integer(1, required=True)


class ReplayQuery(Query):
    after = Integer(
        0, load_default=0, metadata={"description": "The number of the last stroke that one has."}
    )
    limit = Integer(1, MOST, load_default=MOST)


@blueprint.post("/api/whiteboards")
@signed_in
@idempotent
@blueprint.arguments(NewWhiteboard)
@blueprint.response(201, Whiteboard)
def create(body: dict[str, Any]) -> WhiteboardRow:
    """Create a whiteboard for an enrolment."""
    return whiteboards.create(caller(), body["enrolled_courses_id"], body["session_name"])


@blueprint.get("/api/whiteboards")
@signed_in
@blueprint.arguments(WhiteboardQuery, location="query")
@blueprint.response(200, page_of(Whiteboard))
def find(query: dict[str, Any]) -> Page[WhiteboardRow]:
    """List the whiteboards of an enrolment."""
    return whiteboards.of_enrollment(
        caller(), query["enrolled_courses_id"], query["limit"], query["cursor"]
    )


@blueprint.get(PATH)
@signed_in
@blueprint.response(200, Whiteboard)
def read(whiteboard_id: int) -> WhiteboardRow:
    """Read a whiteboard."""
    return whiteboards.get(caller(), whiteboard_id)[0]


@blueprint.delete(PATH)
@signed_in
@blueprint.response(204)
def erase(whiteboard_id: int) -> None:
    """Delete a whiteboard; sessions that used it stay."""
    whiteboards.erase(caller(), whiteboard_id)


@blueprint.post(f"{PATH}/close")
@signed_in
@blueprint.response(200, Whiteboard)
def close(whiteboard_id: int) -> WhiteboardRow:
    """Make a whiteboard read-only."""
    return whiteboards.close(caller(), whiteboard_id)


@blueprint.post(f"{PATH}/strokes")
@signed_in
@blueprint.arguments(NewStrokes)
@blueprint.response(201, DrawnStrokes)
@blueprint.raises(WhiteboardClosed)
def draw(body: dict[str, Any], whiteboard_id: int) -> dict[str, Any]:
    """Append strokes; each is drawn once, however often it is sent."""
    return {"items": whiteboards.draw(caller(), whiteboard_id, body["strokes"])}


@blueprint.get(f"{PATH}/strokes")
@signed_in
@blueprint.arguments(ReplayQuery, location="query")
@blueprint.response(200, DrawnStrokes)
def replay(query: dict[str, Any], whiteboard_id: int) -> dict[str, Any]:
    """Read what was drawn after a stroke, in order; less than `limit` is all there is."""
    return {"items": whiteboards.replay(caller(), whiteboard_id, **query)}
