"""Everything held about a person, for the service that puts their export together."""

from typing import Any
from uuid import UUID

from chassis.access import internal
from chassis.rest import Blueprint
from user_service import export

blueprint = Blueprint("account-export", "Everything held about a person.")


@blueprint.get("/internal/export/<uuid:user_id>")
@internal
@blueprint.response(200)
def everything_about(user_id: UUID) -> dict[str, Any]:
    """Export everything held about a person."""
    return export.everything_about(user_id)
