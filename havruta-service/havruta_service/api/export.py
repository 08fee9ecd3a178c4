"""Everything held about a person, for the document that the gateway puts together."""

from flask import Response

from chassis.auth.authorization import caller, on_behalf
from chassis.data.reading import Reading
from chassis.spool import DocumentTooLarge
from chassis.web.answers import respond_with
from chassis.web.rest import Blueprint
from havruta_service import export

blueprint = Blueprint("export")


@blueprint.get("/internal/export", reading=Reading.SNAPSHOT)
@on_behalf
@blueprint.response(200)
@blueprint.raises(DocumentTooLarge)
def everything() -> Response:
    """Get everything that this service holds about a person."""
    return respond_with(export.everything_about(caller()))
