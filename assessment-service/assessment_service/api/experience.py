"""Experience points over all assessments."""

from uuid import UUID

from marshmallow import fields

from assessment_service import experience
from chassis.access import caller, public, signed_in
from chassis.fields import Answer
from chassis.rest import Blueprint

blueprint = Blueprint("experience", "What somebody has gathered over all assessments.")


class Experience(Answer):
    total_xp = fields.Integer(required=True)
    questions_answered = fields.Integer(required=True)
    assessments_completed = fields.Integer(required=True)


class PublicExperience(Answer):
    """What a profile shows; nothing for somebody unknown."""

    total_xp = fields.Integer(required=True)
    assessments_completed = fields.Integer(required=True)


@blueprint.get("/api/v2/xp")
@signed_in
@blueprint.response(200, Experience)
def mine() -> experience.Experience:
    """Read my experience; a question counts once."""
    return experience.of(caller().id)


@blueprint.get("/api/v2/xp/<uuid:user_id>")
@public
@blueprint.response(200, PublicExperience)
def of(user_id: UUID) -> experience.Experience:
    """Read the experience that somebody's profile shows."""
    return experience.of(user_id)
