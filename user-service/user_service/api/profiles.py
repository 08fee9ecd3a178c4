"""Public profiles."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from chassis.auth.authorization import caller, public, signed_in
from chassis.pages import Page
from chassis.web.fields import CANONICAL_UUID, Answer, Instant, Query, Text
from chassis.web.openapi_examples import BOAZ, RUTH
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import profiles
from user_service.models import User

MOST = 100
UUID_PATTERN = CANONICAL_UUID.pattern

blueprint = Blueprint("users")


class Ids(fields.String):
    """Up to 100 ids, separated by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        ids = super()._deserialize(value, attr, data, **kwargs).split(",")
        if len(ids) > MOST or not all(CANONICAL_UUID.fullmatch(each) for each in ids):
            raise ValidationError(f"Must be 1 to {MOST} UUIDs, separated by commas.")
        return [UUID(each) for each in ids]


class ProfilesQuery(Query):
    ids = Ids(
        required=True,
        metadata={
            "description": f"Up to {MOST} ids, separated by commas.",
            "pattern": f"^{UUID_PATTERN}(,{UUID_PATTERN}){{0,{MOST - 1}}}$",
            "example": f"{RUTH},{BOAZ}",
        },
    )


class PeopleQuery(PageQuery):
    q = Text(
        50,
        least=1,
        required=True,
        metadata={"description": "How the username begins.", "example": "ru"},
    )


class Profile(Answer):
    """A person as others see them."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    bio = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)


class ProfileOrDeleted(Answer):
    """A person; of an account that is gone or never was, the id and the name `Deleted user`."""

    id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    username = fields.String()
    avatar_url = fields.String(allow_none=True)
    bio = fields.String(allow_none=True)
    created_at = Instant()


@blueprint.get("/api/users", "list_profiles")
@public
@blueprint.arguments(ProfilesQuery, location="query")
@blueprint.response(200, page_of(ProfileOrDeleted))
def list_profiles(query: dict[str, Any]) -> Page[Any]:
    """List the public profiles of many people at once, in the order of their ids."""
    return Page(profiles.public_profiles(query["ids"]), None)


@blueprint.get("/api/users/search", "search_users")
@signed_in
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, page_of(Profile))
def search_users(query: dict[str, Any]) -> Page[User]:
    """Search people by the beginning of their username."""
    return profiles.search(caller().id, query["q"], query["limit"], query["cursor"])


@blueprint.get("/api/users/<uuid:user_id>", "get_profile")
@public
@blueprint.response(200, Profile)
def get_profile(user_id: UUID) -> User:
    """Get the public profile of a person."""
    return profiles.public_profile(user_id)
