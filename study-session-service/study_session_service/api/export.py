"""What is kept about a person, for the document that the gateway puts together."""

from marshmallow import fields

from chassis.auth.authorization import caller, on_behalf
from chassis.web.fields import Answer, Instant
from chassis.web.rest import Blueprint
from study_session_service import export
from study_session_service.api.chat import Message
from study_session_service.api.sessions import SessionParticipant, StudySessionDetails
from study_session_service.export import Kept

blueprint = Blueprint("export")


class Participation(SessionParticipant):
    removed_at = Instant(required=True, allow_none=True)


class WaitingPlace(Answer):
    session_id = fields.UUID(required=True)
    created_at = Instant(required=True)


class PersonalData(Answer):
    sessions_hosted = fields.List(fields.Nested(StudySessionDetails), required=True)
    participations = fields.List(fields.Nested(Participation), required=True)
    waiting = fields.List(fields.Nested(WaitingPlace), required=True)
    messages = fields.List(fields.Nested(Message), required=True)


@blueprint.get("/internal/export")
@on_behalf
@blueprint.response(200, PersonalData)
def everything_about() -> Kept:
    """Read everything that is kept about a person."""
    return export.everything_about(caller().id)
