"""Public profiles."""

from uuid import UUID

from marshmallow import fields

from chassis.access import public
from chassis.fields import Answer, Instant
from chassis.rest import Blueprint
from user_service import profiles
from user_service.models import User

blueprint = Blueprint("users", "Accounts as others see them.")


class Profile(Answer):
    id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)


@blueprint.get("/api/users/<uuid:user_id>")
@public
@blueprint.response(200, Profile)
def profile(user_id: UUID) -> User:
    """Read the public profile of a person."""
    return profiles.public_profile(user_id)
