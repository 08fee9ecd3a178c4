"""Whiteboards."""

from typing import Any, ClassVar

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Instant, Integer, JsonLength, List, Name, Query, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import MOST, PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.rooms import Abridged
from chassis.web.strict_requests import BodyBounds
from tutoring_service import whiteboards
from tutoring_service.models import WhiteboardSession as WhiteboardRow
from tutoring_service.models import WhiteboardStroke as StrokeRow
from tutoring_service.whiteboards import WhiteboardClosed, WhiteboardFull, WhiteboardLimitReached

blueprint = Blueprint("whiteboards")
PATH = "/api/whiteboards/<int(max=2147483647):whiteboard_id>"
MOST_CHARACTERS = 20_000


class NewWhiteboard(Body):
    enrolled_courses_id = Integer(1, required=True)
    session_name = Name(255, load_default=None, allow_none=True)


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
    operation = fields.Dict(required=True, validate=JsonLength(MOST_CHARACTERS))


class NewStrokes(Body):
    strokes = List(fields.Nested(NewStroke), 100, least=1, required=True)


class Stroke(Answer):
    seq = fields.Integer(required=True)
    author_id = fields.UUID(required=True)
    client_id = fields.String(required=True)
    operation = fields.Dict(required=True)
    created_at = Instant(required=True)


class LiveStroke(Abridged, Stroke):
    """A stroke as the room shows it."""

    long: ClassVar = ("operation",)

    operation = fields.Dict(
        required=True, allow_none=True, metadata={"description": "Null if it is read at `path`."}
    )

    def address(self, resource: StrokeRow) -> str:
        """The list of strokes that begins and ends with this one."""
        return f"/api/whiteboards/{resource.whiteboard_id}/strokes?after={resource.seq - 1}&limit=1"


class DeletedWhiteboard(Answer):
    """A whiteboard of which nothing is left."""

    id = fields.Integer(required=True)


class FormerParent(Answer):
    """A parent who follows the enrolment no longer."""

    parent_id = fields.UUID(required=True)


LIVE_EVENTS = {
    "stroke": LiveStroke,
    "closed": Whiteboard,
    "deleted": DeletedWhiteboard,
    "parent_left": FormerParent,
}
"""What the room of a whiteboard is told."""


class DrawnStrokes(Answer):
    items = fields.List(fields.Nested(Stroke), required=True)


class WhiteboardQuery(PageQuery):
    enrolled_courses_id = Integer(1, required=True)


class ReplayQuery(Query):
    after = Integer(
        0, load_default=0, metadata={"description": "The number of the last stroke that you have."}
    )
    limit = Integer(1, MOST, load_default=MOST)


@blueprint.post("/api/whiteboards", "create_whiteboard")
@signed_in
@idempotent
@blueprint.arguments(NewWhiteboard)
@blueprint.response(201, Whiteboard)
@blueprint.raises(WhiteboardLimitReached)
def create_whiteboard(body: dict[str, Any]) -> Any:
    """Create a whiteboard for an enrolment."""
    board = whiteboards.create(caller(), body["enrolled_courses_id"], body["session_name"])
    return board, {"Location": f"/api/whiteboards/{board.id}"}


@blueprint.get("/api/whiteboards", "list_whiteboards")
@signed_in
@blueprint.arguments(WhiteboardQuery, location="query")
@blueprint.response(200, page_of(Whiteboard))
def list_whiteboards(query: dict[str, Any]) -> Page[WhiteboardRow]:
    """List the whiteboards of an enrolment."""
    return whiteboards.of_enrollment(
        caller(), query["enrolled_courses_id"], query["limit"], query["cursor"]
    )


@blueprint.get(PATH, "get_whiteboard")
@signed_in
@blueprint.response(200, Whiteboard)
def get_whiteboard(whiteboard_id: int) -> WhiteboardRow:
    """Get a whiteboard."""
    return whiteboards.get(caller(), whiteboard_id)[0]


@blueprint.delete(PATH, "delete_whiteboard")
@signed_in
@blueprint.response(204)
def delete_whiteboard(whiteboard_id: int) -> None:
    """Delete a whiteboard; sessions that used it stay."""
    whiteboards.erase(caller(), whiteboard_id)


@blueprint.post(f"{PATH}/close", "close_whiteboard")
@signed_in
@blueprint.response(200, Whiteboard)
def close_whiteboard(whiteboard_id: int) -> WhiteboardRow:
    """Close a whiteboard: it can be read, not drawn on."""
    return whiteboards.close(caller(), whiteboard_id)


@blueprint.post(f"{PATH}/strokes", "draw_strokes")
@signed_in
@blueprint.arguments(NewStrokes, bounds=BodyBounds(256 * 1024, values=50_000))
@blueprint.response(201, DrawnStrokes)
@blueprint.raises(WhiteboardClosed, WhiteboardFull)
def draw_strokes(body: dict[str, Any], whiteboard_id: int) -> Any:
    """Append strokes; each is drawn once, however often it is sent."""
    drawn = whiteboards.draw(caller(), whiteboard_id, body["strokes"])
    before = min(stroke.seq for stroke in drawn) - 1
    path = f"/api/whiteboards/{whiteboard_id}/strokes?after={before}"
    return {"items": drawn}, {"Location": path}


@blueprint.get(f"{PATH}/strokes", "list_strokes")
@signed_in
@blueprint.arguments(ReplayQuery, location="query")
@blueprint.response(200, DrawnStrokes)
def list_strokes(query: dict[str, Any], whiteboard_id: int) -> dict[str, Any]:
    """List the strokes after a given one, in order; fewer than `limit` is all there is."""
    return {"items": whiteboards.replay(caller(), whiteboard_id, **query)}
