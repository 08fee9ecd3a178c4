"""How much somebody has studied, for the profile page that the gateway puts together."""

from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import internal
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from havruta_service import figures

blueprint = Blueprint("havruta-figures")


class HavrutaFigures(Answer):
    sessions = fields.Integer(required=True)
    minutes = fields.Integer(required=True)


@blueprint.get("/internal/figures/<uuid:user_id>")
@internal
@blueprint.response(200, HavrutaFigures)
def of_person(user_id: UUID) -> figures.Figures:
    """Read in how many completed sessions a person was there, and for how many minutes."""
    return figures.of_person(user_id)
