"""What a person reports, for the gateway, which keeps it with the report."""

from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, on_behalf
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from havruta_service import moderation

blueprint = Blueprint("reported")


class Reported(Answer):
    author_id = fields.UUID(required=True)
    words = fields.Dict(required=True)


@blueprint.get("/internal/reported/havruta/<uuid:havruta_id>")
@on_behalf
@blueprint.response(200, Reported)
def reported_havruta(havruta_id: UUID) -> moderation.Reported:
    """Get who leads a havruta, and what it is called."""
    return moderation.reported_havruta(havruta_id, caller())


@blueprint.get("/internal/reported/havruta_message/<uuid:message_id>")
@on_behalf
@blueprint.response(200, Reported)
def reported_message(message_id: UUID) -> moderation.Reported:
    """Get who wrote a message, and what it says."""
    return moderation.reported_message(message_id, caller().id)


@blueprint.get("/internal/reported/note/<uuid:note_id>")
@on_behalf
@blueprint.response(200, Reported)
def reported_note(note_id: UUID) -> moderation.Reported:
    """Get who wrote a note, and what it says."""
    return moderation.reported_note(note_id, caller().id)
