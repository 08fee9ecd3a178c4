"""Everything that the services hold about a person, in one document: complete, or not at all."""

from flask import Response
from marshmallow import INCLUDE, fields

from chassis.auth.authorization import caller, signed_in
from chassis.clock import now, rfc3339
from chassis.web.fields import Answer, Instant
from chassis.web.rest import Blueprint
from gateway.aggregation import Part, aggregator, answer
from gateway.routes import ASSESSMENT, HAVRUTA, STUDY_SESSION, TUTORING, USER
from gateway.shapes import Shape

DEADLINE = 30.0  # seconds: years of messages take longer to read than a page
MOST = 32 * 1024 * 1024  # bytes from one service

blueprint = Blueprint("personal-data")


class Everything(Shape):
    """All that a service holds, in the service's own form."""

    class Meta:
        unknown = INCLUDE


class PersonalDataExport(Answer):
    """All that the services hold about you, each part in the form in which its service keeps it."""

    user_id = fields.UUID(required=True)
    exported_at = Instant(required=True)
    account = fields.Dict(required=True)
    study_sessions = fields.Dict(required=True)
    tutoring = fields.Dict(required=True)
    havrutas = fields.Dict(required=True)
    assessments = fields.Dict(required=True)


PARTS = tuple(
    Part(
        name=name,
        service=service,
        target="/internal/export",
        shape=Everything(),
        required=True,
        most=MOST,
    )
    for name, service in {
        "account": USER,
        "study_sessions": STUDY_SESSION,
        "tutoring": TUTORING,
        "havrutas": HAVRUTA,
        "assessments": ASSESSMENT,
    }.items()
)


@blueprint.get("/api/me/export", "export_personal_data")
@signed_in
@blueprint.response(200, PersonalDataExport)
def export_personal_data() -> Response:
    """Export everything that is held about you: all of it, or 503."""
    found = aggregator().gather(PARTS, {}, deadline=DEADLINE, token=caller().token)
    response = answer(found.document(user_id=str(caller().id), exported_at=rfc3339(now())))
    response.headers["Content-Disposition"] = 'attachment; filename="lyceum-export.json"'
    return response
