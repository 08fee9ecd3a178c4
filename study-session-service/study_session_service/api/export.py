"""Everything held about a person, for the service that puts their export together."""

from typing import Any

from chassis.auth.authorization import caller, on_behalf
from chassis.data.reading import Reading
from chassis.web.rest import Blueprint
from study_session_service import export

blueprint = Blueprint("export")


@blueprint.get("/internal/export", reading=Reading.SNAPSHOT)
@on_behalf
@blueprint.response(200)
def everything_about() -> dict[str, Any]:
    """Export everything held about a person."""
    return export.everything_about(caller().id)
