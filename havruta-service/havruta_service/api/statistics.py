"""How much a person has studied, for the profile page that the gateway puts together."""

from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import internal
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from havruta_service import statistics

blueprint = Blueprint("havruta-statistics")


class HavrutaStatistics(Answer):
    sessions = fields.Integer(required=True)
    minutes = fields.Integer(required=True)


@blueprint.get("/internal/statistics/<uuid:user_id>")
@internal
@blueprint.response(200, HavrutaStatistics)
def of_person(user_id: UUID) -> statistics.Statistics:
    """Get in how many completed sessions a person was present, and for how many minutes."""
    return statistics.of_person(user_id)
