"""What a person reports, for the gateway, which keeps it with the report."""

from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, on_behalf
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from study_session_service import moderation

blueprint = Blueprint("reported")


class Reported(Answer):
    author_id = fields.UUID(required=True)
    words = fields.Dict(required=True)


@blueprint.get("/internal/reported/study_session/<uuid:session_id>")
@on_behalf
@blueprint.response(200, Reported)
def reported_session(session_id: UUID) -> moderation.Reported:
    """Get who hosts a session, and what they wrote about it."""
    return moderation.reported_session(session_id, caller().id)


@blueprint.get("/internal/reported/message/<uuid:message_id>")
@on_behalf
@blueprint.response(200, Reported)
def reported_message(message_id: UUID) -> moderation.Reported:
    """Get who wrote a message, and what it says."""
    return moderation.reported_message(message_id, caller().id)
