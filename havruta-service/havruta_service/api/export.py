"""What is kept about a person, for the document that the gateway puts together."""

from marshmallow import fields

from chassis.auth.authorization import caller, on_behalf
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from havruta_service import export
from havruta_service.export import Document

blueprint = Blueprint("export")


class PersonalData(Answer):
    """All rows about a person, by kind."""

    havrutas = fields.List(fields.Dict(), required=True)
    sessions_begun = fields.List(fields.Dict(), required=True)
    presence = fields.List(fields.Dict(), required=True)
    moves = fields.List(fields.Dict(), required=True)
    rsvps = fields.List(fields.Dict(), required=True)
    invitations_sent = fields.List(fields.Dict(), required=True)
    invitations_received = fields.List(fields.Dict(), required=True)
    invitations_accepted = fields.List(fields.Dict(), required=True)


@blueprint.get("/internal/export")
@on_behalf
@blueprint.response(200, PersonalData)
def personal_data() -> Document:
    """Read everything that is kept about a person."""
    return export.of_person(caller())
