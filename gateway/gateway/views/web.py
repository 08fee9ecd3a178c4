"""What the web client asks the gateway alone."""

from flask import current_app
from marshmallow import fields

from chassis.auth.authorization import public
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint

blueprint = Blueprint("web-client")


class MapTiles(Answer):
    """Pictures of the map from another server."""

    url = fields.String(required=True)
    attribution = fields.String(
        required=True, metadata={"description": "Whom to name at the map, as plain text."}
    )


class WebSettings(Answer):
    """What the web client knows of the platform before anyone signs in."""

    name = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    tiles = fields.Nested(
        MapTiles,
        required=True,
        allow_none=True,
        metadata={"description": "Null: the map has the outlines of the land alone."},
    )
    version = fields.String(
        required=True, metadata={"description": "Of the client's files: `/static/{version}/…`."}
    )


@blueprint.get("/web/settings.json", "get_web_settings")
@public
@blueprint.response(200, WebSettings)
def get_web_settings() -> dict[str, object]:
    """Get what the operator says of the platform: its name, languages, and pictures for the map."""
    found: dict[str, object] = current_app.extensions["web_settings"]()
    return found
