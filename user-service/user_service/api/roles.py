"""Giving and taking roles."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, role
from chassis.web.fields import Answer, Body, Choice, List
from chassis.web.rest import Blueprint
from user_service import roles
from user_service.models import Role, User
from user_service.roles import LastAdmin
from user_service.second_factor import ConfirmationRequired, SecondFactorNeeded

blueprint = Blueprint("roles")


class RoleAssignment(Body):
    roles = List(Choice(Role), len(Role), least=1, required=True)


class UserRoles(Answer):
    """The roles of a person."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)


@blueprint.put("/api/users/<uuid:user_id>/roles", "set_user_roles")
@role("admin")
@blueprint.arguments(RoleAssignment)
@blueprint.response(200, UserRoles)
@blueprint.raises(LastAdmin, SecondFactorNeeded, ConfirmationRequired)
def set_user_roles(body: dict[str, Any], user_id: UUID) -> User:
    """Give a person these roles and no others; access tokens that say others end."""
    present = UUID(caller().session_id)
    return roles.assign(user_id, body["roles"], by=caller().id, present=present)
