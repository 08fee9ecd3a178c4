"""What this service holds about a person, for the gateway's export."""

from flask import Response

from assessment_service import export
from chassis.auth.authorization import caller, on_behalf
from chassis.data.reading import Reading
from chassis.spool import DocumentTooLarge
from chassis.web.answers import respond_with
from chassis.web.rest import Blueprint

blueprint = Blueprint("assessment-export")


@blueprint.get("/internal/export", reading=Reading.SNAPSHOT)
@on_behalf
@blueprint.response(200)
@blueprint.raises(DocumentTooLarge)
def everything_about() -> Response:
    """Export everything held about the person."""
    return respond_with(export.everything_about(caller().id))
