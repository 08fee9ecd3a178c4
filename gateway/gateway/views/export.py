"""Everything that the services hold about a person, in one document: complete, or not at all."""

from flask import Response, current_app, request
from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.spool import DocumentTooLarge
from chassis.web.fields import Answer, Instant
from chassis.web.rest import Blueprint
from gateway.edge.views import ORDER
from gateway.errors import TooManyAtOnce
from gateway.exports import Exports
from gateway.routes import ASSESSMENT, HAVRUTA, STUDY_SESSION, TUTORING, USER

blueprint = Blueprint("personal-data")


class PersonalDataExport(Answer):
    """All that the services hold about you, each part in the form in which its service keeps it."""

    user_id = fields.UUID(required=True)
    exported_at = Instant(required=True)
    account = fields.Dict(required=True)
    study_sessions = fields.Dict(required=True)
    tutoring = fields.Dict(required=True)
    havrutas = fields.Dict(required=True)
    assessments = fields.Dict(required=True)


PARTS = {
    "account": USER,
    "study_sessions": STUDY_SESSION,
    "tutoring": TUTORING,
    "havrutas": HAVRUTA,
    "assessments": ASSESSMENT,
}


@blueprint.get("/api/me/export", "export_personal_data")
@signed_in
@blueprint.response(200, PersonalDataExport)
@blueprint.raises(TooManyAtOnce, DocumentTooLarge)
def export_personal_data() -> Response:
    """Export everything that is held about you: all of it, or 503. One export at a time."""
    exports: Exports = current_app.extensions["exports"]
    response = Response(mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="lyceum-export.json"'
    response.vary.add("Accept-Encoding")
    zipped = bool(request.accept_encodings["gzip"])
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    request.environ[ORDER] = exports.write(caller(), PARTS, zipped=zipped)
    return response
