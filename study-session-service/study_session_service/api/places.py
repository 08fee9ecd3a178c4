"""Names of places."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import optional
from chassis.web.fields import Answer, Integer, Words
from chassis.web.rest import Blueprint
from study_session_service import places
from study_session_service.api.fields import Origin, point

blueprint = Blueprint("places")
# The data change with a release.
CACHE = {"Cache-Control": "public, max-age=86400"}


class PlaceQuery(Origin):
    q = Words(
        100,
        least=2,
        metadata={
            "description": "The beginning of a name in English or Hebrew, as people write it, or words"
            " of it. Without it, the nearest places are found, or without a point the largest.",
            "example": "jerus",
        },
    )
    limit = Integer(1, 20, load_default=5)


class Place(Answer):
    """A city of at least 15,000 people."""

    name = fields.String(required=True)
    hebrew_name = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, metadata={"description": "ISO 3166-1 alpha-2."})
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    population = fields.Integer(required=True)


class Places(Answer):
    items = fields.List(fields.Nested(Place), required=True)
    attribution = fields.String(
        required=True, metadata={"description": "What shows the places says where they are from."}
    )


@blueprint.get("/api/places", "search_places")
@optional
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, Places)
def search_places(query: dict[str, Any]) -> Any:
    """Search places by name, the largest first, or near a point, the nearest first.

    Places whose name begins with `q` come first, then those of which a later word does, then those that have
    another name that does. With `q` and a point, the nearest of each come first. The data are those of
    [GeoNames](https://www.geonames.org), CC BY 4.0.
    """
    found = places.find(query.get("q"), point(query), query["limit"])
    return {"items": found, "attribution": places.ATTRIBUTION}, CACHE
