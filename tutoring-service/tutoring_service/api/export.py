"""Everything held about a person, for the gateway's export of all services."""

from flask import Response

from chassis.auth.authorization import caller, on_behalf
from chassis.data.reading import Reading
from chassis.spool import DocumentTooLarge
from chassis.web.answers import respond_with
from chassis.web.rest import Blueprint
from tutoring_service import export

blueprint = Blueprint("export")


@blueprint.get("/internal/export", reading=Reading.SNAPSHOT)
@on_behalf
@blueprint.response(200)
@blueprint.raises(DocumentTooLarge)
def everything() -> Response:
    """Everything this service holds about a person."""
    return respond_with(export.everything_about(caller().id))
