"""Search on the wire, as JSON and as GeoJSON, and the clusters of a map."""

from typing import Any

from flask import Response, json, request
from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller_or_none, optional, public
from chassis.pages import Page
from chassis.web.fields import UUID, Answer, Boolean, Choice, Float, Instant, Integer, Query, Text
from chassis.web.pagination import PageQuery
from chassis.web.rest import Blueprint
from study_session_service import clusters, nearby
from study_session_service.api.examples import FEATURES
from study_session_service.api.fields import BoundingBox, Choices, Origin, point
from study_session_service.api.sessions import StudySession, StudySessionPage
from study_session_service.models import OPEN, Mode, SessionType, Status
from study_session_service.nearby import Search, Sort
from study_session_service.visibility import SeenSession

GEOJSON = "application/geo+json"
AREA = frozenset({"lat", "lng", "radius_km", "bbox", "status", "limit", "cursor"})

blueprint = Blueprint("search")


class SearchQuery(Origin, PageQuery):
    radius_km = Float(
        0.1, 100, metadata={"description": "Around `lat`, `lng`; 5 unless told. Not with `bbox`."}
    )
    bbox = BoundingBox()
    status = Choices(
        Status,
        load_default=OPEN,
        metadata={"description": "starting-soon,live unless told.", "example": "live"},
    )
    subject = Text(100, least=1, metadata={"description": "Exactly this, in any case."})
    session_type = Choice(SessionType)
    mode = Choice(Mode)
    q = Text(
        100, least=1, metadata={"description": "Part of the title, subject, description or venue."}
    )
    starts_after = Instant(metadata={"description": "At this time or later."})
    starts_before = Instant()
    has_space = Boolean()
    host_id = UUID()
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


class Cluster(Answer):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    count = fields.Integer(required=True)


class StudySessionMap(Answer):
    clusters = fields.List(fields.Nested(Cluster), required=True)
    sessions = fields.List(fields.Nested(StudySession), required=True)


@blueprint.get("/api/study-sessions", "search_study_sessions")
@optional
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, StudySessionPage)
@blueprint.alt_response(
    200, schema={"type": "object"}, content_type=GEOJSON, success=True, example=FEATURES
)
def search_study_sessions(query: dict[str, Any]) -> Page[SeenSession] | Response:
    """Search public sessions near a point or in a box; by default those that start soon or are live.

    `Accept: application/geo+json` gives an RFC 7946 FeatureCollection.
    """
    viewer = caller_or_none()
    page = nearby.search(
        viewer.id if viewer else None, _search(query), query["limit"], query["cursor"]
    )
    return _features(page) if request.accept_mimetypes.best == GEOJSON else page


@blueprint.get("/api/study-sessions/clusters", "cluster_study_sessions")
@public
@blueprint.arguments(MapQuery, location="query")
@blueprint.response(200, StudySessionMap)
def cluster_study_sessions(query: dict[str, Any]) -> clusters.Map:
    """Get the open public sessions of an area as GeoJSON: clusters where there are many, sessions
    where there are few.
    """
    return clusters.draw(query["bbox"], query["zoom"])


def _search(query: dict[str, Any]) -> Search:
    origin, boxes = point(query), query.get("bbox", ())
    radius = 1000 * query.get("radius_km", 5) if origin and not boxes else None
    rest = {name: value for name, value in query.items() if name not in AREA}
    return Search(origin=origin, radius=radius, boxes=boxes, statuses=query["status"], **rest)


def _features(page: Page[SeenSession]) -> Response:
    features = [
        {
            "type": "Feature",
            "id": properties["id"],
            # Longitude first: RFC 7946, section 3.1.1.
            "geometry": {
                "type": "Point",
                "coordinates": [properties["longitude"], properties["latitude"]],
            },
            "properties": properties,
        }
        for properties in StudySession(many=True).dump(page.items)
    ]
    collection = {"type": "FeatureCollection", "features": features, "next": page.next}
    return Response(json.dumps(collection), content_type=GEOJSON)
