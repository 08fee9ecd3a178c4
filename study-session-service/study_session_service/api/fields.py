"""Wire fields and queries that only this service has."""

import re
from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from chassis.web.fields import Float, Query, Text, TimeZone
from study_session_service.geometry import Box, Point, split
from study_session_service.repetition import LONGEST_RULE

# Neither `inf` nor `nan`, which `float` would take. JavaScript writes small numbers with an exponent: 1e-7.
NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,19})?([eE]-?[0-9]{1,3})?")


RRULE = Text(
    LONGEST_RULE,
    least=1,
    metadata={
        "description": "RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, BYDAY, BYMONTHDAY, "
        "BYMONTH, and COUNT or UNTIL.",
        "example": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5",
    },
)
TIME_ZONE = TimeZone(
    metadata={
        "description": "Sessions of a series keep their hour in this zone.",
        "example": "Asia/Jerusalem",
    }
)


class BoundingBox(fields.Field[Sequence[Box]]):
    """`minlng,minlat,maxlng,maxlat`; across 180° with minlng > maxlng."""

    def __init__(self, **kwargs: Any) -> None:
        number = NUMBER.pattern
        document = {
            "type": "string",
            "pattern": f"^{number}(,{number}){{3}}$",
            "description": "minlng,minlat,maxlng,maxlat; minlng > maxlng crosses the antimeridian.",
            "example": "35.1,31.7,35.3,31.9",
        }
        super().__init__(metadata=document, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Sequence[Box]:
        parts = str(value).split(",")
        if len(parts) != 4 or not all(NUMBER.fullmatch(part) for part in parts):
            raise ValidationError("Must be minlng,minlat,maxlng,maxlat.")
        west, south, east, north = map(float, parts)
        if not -180 <= west <= 180 or not -180 <= east <= 180 or not -90 <= south <= north <= 90:
            raise ValidationError(
                "Longitudes lie in -180..180, latitudes in -90..90 with minlat <= maxlat."
            )
        return split(south, west, north, east)


class Origin(Query):
    """Where distances are measured from."""

    lat = Float(
        -90,
        90,
        metadata={
            "description": "Measure distances from here; together with `lng`.",
            "example": 31.778,
        },
    )
    lng = Float(-180, 180, metadata={"description": "Together with `lat`.", "example": 35.235})

    @validates_schema
    def _both_or_none(self, data: dict[str, Any], **kwargs: Any) -> None:
        for one, other in (("lat", "lng"), ("lng", "lat")):
            if one in data and other not in data:
                raise ValidationError({other: ["Needed together with " + one + "."]})


def require_zone(data: dict[str, Any]) -> None:
    """A rule and a time zone are given together, or neither."""
    if "rrule" in data and "timezone" not in data:
        raise ValidationError(
            "Needed to repeat a session: it keeps its hour in this zone.", "timezone"
        )
    if "timezone" in data and "rrule" not in data:
        raise ValidationError("Goes with an rrule alone.", "timezone")


def point(query: dict[str, Any]) -> Point | None:
    """The point that an `Origin` names."""
    return Point(query["lat"], query["lng"]) if "lat" in query else None
