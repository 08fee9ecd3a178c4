"""Sessions as GeoJSON (RFC 7946)."""

from typing import Any

from marshmallow import fields, pre_dump, validate

from chassis.web.fields import Answer
from study_session_service import geometry
from study_session_service.api.sessions import StudySession
from study_session_service.visibility import SeenSession

MEDIA_TYPE = "application/geo+json"


def constant(value: str) -> fields.String:
    """A member that is always this."""
    return fields.String(required=True, validate=validate.OneOf([value]), dump_default=value)


class Point(Answer):
    type = constant("Point")
    coordinates = fields.List(
        fields.Float(),
        required=True,
        validate=validate.Length(equal=2),
        metadata={"description": "Longitude and latitude, in degrees."},
    )

    @pre_dump
    def _position(self, point: geometry.Point, **kwargs: Any) -> dict[str, Any]:
        # Longitude first: RFC 7946, section 3.1.1.
        return {"coordinates": [point.longitude, point.latitude]}


class StudySessionFeature(Answer):
    type = constant("Feature")
    id = fields.UUID(required=True)
    geometry = fields.Nested(Point, required=True)
    properties = fields.Nested(StudySession, required=True)

    @pre_dump
    def _members(self, seen: SeenSession, **kwargs: Any) -> dict[str, Any]:
        return {"id": seen.session.id, "geometry": seen.point, "properties": seen}


class StudySessionFeatures(Answer):
    """A page of sessions as a FeatureCollection."""

    type = constant("FeatureCollection")
    features = fields.List(fields.Nested(StudySessionFeature), required=True, attribute="items")
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cursor of the next page; null at the end."},
    )
