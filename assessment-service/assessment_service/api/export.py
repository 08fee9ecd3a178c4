"""What this service holds about a person, for the gateway's export."""

from typing import Any

from assessment_service import export
from chassis.auth.authorization import caller, on_behalf
from chassis.data.reading import Reading
from chassis.web.rest import Blueprint

blueprint = Blueprint("assessment-export")


@blueprint.get("/internal/export", reading=Reading.SNAPSHOT)
@on_behalf
@blueprint.response(200)
def everything_about() -> dict[str, Any]:
    """Export everything held about the person."""
    return export.everything_about(caller().id)
