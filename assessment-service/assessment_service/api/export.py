"""What this service holds about a person, for the gateway's export."""

from typing import Any
from uuid import UUID

from assessment_service import export
from chassis.access import internal
from chassis.rest import Blueprint

blueprint = Blueprint("assessment-export", "Everything about a person.")


@blueprint.get("/internal/export/<uuid:user_id>")
@internal
@blueprint.response(200)
def everything_about(user_id: UUID) -> dict[str, Any]:
    """Export everything held about a person."""
    return export.everything_about(user_id)
