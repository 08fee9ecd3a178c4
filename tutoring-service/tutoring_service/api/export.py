"""Everything held about a person, for the service that puts his export together."""

from uuid import UUID

from flask import Response, jsonify

from chassis.access import internal
from chassis.rest import Blueprint
from tutoring_service import export

blueprint = Blueprint("export", "Everything held about a person.")


@blueprint.get("/internal/export/<uuid:user_id>")
@internal
def everything(user_id: UUID) -> Response:
    """Everything this service holds about a person."""
    return jsonify(export.everything_about(user_id))
