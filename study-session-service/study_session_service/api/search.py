"""Search on the wire, as JSON and as GeoJSON, and the clusters of a map."""

from typing import Any
from uuid import UUID as UUIDValue

from flask import Response, request
from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller_or_none, optional
from chassis.pages import Page
from chassis.web.fields import (
    UUID,
    Answer,
    Boolean,
    Choice,
    Choices,
    Float,
    Integer,
    Query,
    Text,
    Words,
)
from chassis.web.pagination import PageQuery
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint, link_to_next
from study_session_service import clusters
from study_session_service.api import geojson
from study_session_service.api.fields import BoundingBox, Origin, point
from study_session_service.api.geojson import StudySessionFeatures
from study_session_service.api.sessions import StudySession, StudySessionPage
from study_session_service.models import OPEN, Mode, SessionType, Status
from study_session_service.nearby import pages
from study_session_service.nearby.wanted import Search, Shown, Sort
from study_session_service.visibility import SeenSession

# The first is answered to a client that takes both alike.
MEDIA_TYPES = ("application/json", geojson.MEDIA_TYPE)
NOT_FILTERS = frozenset({"lat", "lng", "radius_km", "bbox", "status", "tz", "limit", "cursor"})

blueprint = Blueprint("search")


def series_shown() -> Choice:
    return Choice(
        Shown,
        load_default=Shown.ALL,
        metadata={
            "description": "next: of each series only the first that is not over, or not at `from` if that is"
            " later, whether or not it meets the other filters."
        },
    )


class SearchQuery(Origin, PageQuery, PeriodQuery):
    radius_km = Float(
        0.1, 100, metadata={"description": "Around `lat`, `lng`; 5 by default. Not with `bbox`."}
    )
    bbox = BoundingBox()
    status = Choices(
        Status,
        load_default=OPEN,
        metadata={"description": "starting-soon,live by default.", "example": "live"},
    )
    subject = Text(100, least=1, metadata={"description": "Exactly this, in any case."})
    session_type = Choice(SessionType)
    mode = Choice(Mode)
    q = Words(
        100,
        least=1,
        metadata={
            "description": "Words of the title, subject, description, or of a venue that you see, in any"
            " order. Fewer than three letters or digits in a row are looked for where words begin, mere"
            " punctuation in the thousand open sessions that start first."
        },
    )
    has_space = Boolean()
    host_id = UUID()
    series = series_shown()
    sort = Choice(
        Sort,
        load_default=Sort.START_TIME,
        metadata={"description": "`distance` needs `lat` and `lng`."},
    )

    @validates_schema
    def _fit_together(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "radius_km" in data and "lat" not in data:
            raise ValidationError({"lat": ["Needed together with radius_km."]})
        if "radius_km" in data and "bbox" in data:
            raise ValidationError({"radius_km": ["Not together with bbox."]})
        if data["sort"] == Sort.DISTANCE and "lat" not in data:
            raise ValidationError({"lat": ["Needed to sort by distance."]})


class MapQuery(Query):
    bbox = BoundingBox(required=True)
    zoom = Integer(
        0,
        22,
        required=True,
        metadata={"description": "As of web maps: 0 shows the Earth in one tile."},
    )

    series = series_shown()

    @validates_schema
    def _bounded(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not clusters.can_draw(data["bbox"], data["zoom"]):
            raise ValidationError("Too close for an area of this size.", "zoom")


class Cluster(Answer):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    count = fields.Integer(required=True)
    more = fields.Boolean(
        required=True, metadata={"description": "Whether there are more than were counted."}
    )


class StudySessionMap(Answer):
    clusters = fields.List(fields.Nested(Cluster), required=True)
    sessions = fields.List(fields.Nested(StudySession), required=True)


@blueprint.get("/api/study-sessions", "search_study_sessions")
@optional
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, StudySessionPage)
@blueprint.alt_response(
    200, schema=StudySessionFeatures, content_type=geojson.MEDIA_TYPE, success=True
)
def search_study_sessions(query: dict[str, Any]) -> Page[SeenSession] | Response:
    """Search public sessions near a point or in a box; by default those that start soon or are live.

    `Accept: application/geo+json` gives an RFC 7946 FeatureCollection.
    """
    page = pages.search(_viewer_id(), _search(query), query["limit"], query["cursor"])
    if request.accept_mimetypes.best_match(MEDIA_TYPES) != geojson.MEDIA_TYPE:
        return page
    content = StudySessionFeatures().dumps(page)
    return Response(content, headers=link_to_next(page), content_type=geojson.MEDIA_TYPE)


@blueprint.get("/api/study-sessions/clusters", "cluster_study_sessions")
@optional
@blueprint.arguments(MapQuery, location="query")
@blueprint.response(200, StudySessionMap)
def cluster_study_sessions(query: dict[str, Any]) -> clusters.Map:
    """Get what a map of an area shows: open public sessions, as clusters where there are many."""
    return clusters.draw(query["bbox"], query["zoom"], _viewer_id(), query["series"])


def _viewer_id() -> UUIDValue | None:
    viewer = caller_or_none()
    return viewer.id if viewer else None


def _search(query: dict[str, Any]) -> Search:
    origin, boxes = point(query), query.get("bbox", ())
    radius = 1000 * query.get("radius_km", 5) if origin and not boxes else None
    rest = {name: value for name, value in query.items() if name not in NOT_FILTERS}
    return Search(origin=origin, radius=radius, boxes=boxes, statuses=query["status"], **rest)
