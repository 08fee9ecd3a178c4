"""Experience points over all assessments."""

from uuid import UUID

from marshmallow import fields

from assessment_service import experience
from chassis.auth.authorization import caller, public, signed_in
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint

blueprint = Blueprint("experience")


class Experience(Answer):
    total_xp = fields.Integer(required=True)
    questions_answered = fields.Integer(required=True)
    assessments_completed = fields.Integer(required=True)


class PublicExperience(Answer):
    """What a profile shows; nothing for an unknown person."""

    total_xp = fields.Integer(required=True)
    assessments_completed = fields.Integer(required=True)


@blueprint.get("/api/v2/xp", "get_own_experience")
@signed_in
@blueprint.response(200, Experience)
def get_own_experience() -> experience.Experience:
    """Get your experience points; a question counts once."""
    return experience.for_user(caller().id)


@blueprint.get("/api/v2/xp/<uuid:user_id>", "get_experience")
@public
@blueprint.response(200, PublicExperience)
def get_experience(user_id: UUID) -> experience.Experience:
    """Get the experience points that a person's profile shows."""
    return experience.for_user(user_id)
