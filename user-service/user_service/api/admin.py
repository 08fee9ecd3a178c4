"""What admins do with accounts."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, role
from chassis.pages import Page
from chassis.telemetry import security_log
from chassis.web.fields import Answer, Body, Choice, Instant, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import admins, suspensions
from user_service.admins import AccountState, SeenAccount
from user_service.models import Role
from user_service.models import Suspension as SuspensionRow
from user_service.second_factor import ConfirmationRequired, SecondFactorNeeded
from user_service.suspensions import AccountIsAdmin, AlreadySuspended, NotSuspended

blueprint = Blueprint("admin")
PATH = "/api/admin/users"


class Suspension(Answer):
    """Why and since when an account is suspended."""

    reason = fields.String(required=True)
    suspended_at = Instant(required=True)
    suspended_by = fields.UUID(required=True)
    lift_reason = fields.String(required=True, allow_none=True)
    lifted_at = Instant(required=True, allow_none=True)
    lifted_by = fields.UUID(required=True, allow_none=True)


class SeenUser(Answer):
    """An account as an admin sees it."""

    id = fields.UUID(required=True, attribute="user.id")
    email = fields.String(required=True, attribute="user.email")
    email_verified = fields.Boolean(required=True, attribute="user.email_verified")
    username = fields.String(required=True, attribute="user.username")
    display_name = fields.String(required=True, attribute="user.display_name")
    roles = fields.List(Choice(Role), required=True, attribute="user.roles")
    created_at = Instant(required=True, attribute="user.created_at")
    has_second_factor = fields.Boolean(required=True)
    last_signed_in_at = Instant(required=True, allow_none=True)
    suspension = fields.Nested(Suspension, required=True, allow_none=True)


class SeenUserQuery(PageQuery):
    q = Text(
        255,
        least=1,
        load_default=None,
        metadata={
            "description": "The beginning of a username, or an e-mail address.",
            "example": "ru",
        },
    )
    state = Choice(AccountState, load_default=None, metadata={"example": "suspended"})
    role = Choice(Role, load_default=None, metadata={"example": "tutor"})


class Reason(Body):
    reason = Text(
        500,
        least=1,
        required=True,
        metadata={"description": "The person is told.", "example": "Spam."},
    )


@blueprint.get(PATH, "list_users")
@role("admin")
@blueprint.arguments(SeenUserQuery, location="query")
@blueprint.response(200, page_of(SeenUser))
@blueprint.raises(SecondFactorNeeded, ConfirmationRequired)
def list_users(query: dict[str, Any]) -> Page[SeenAccount]:
    """List accounts by username, those that are deleted left out."""
    admins.require(caller().id, _present())
    security_log.succeeded("accounts.listed", caller().id)
    return admins.accounts(**query)


@blueprint.post(f"{PATH}/<uuid:user_id>/suspend", "suspend_user")
@role("admin")
@blueprint.arguments(Reason)
@blueprint.response(200, Suspension)
@blueprint.raises(AlreadySuspended, AccountIsAdmin, SecondFactorNeeded, ConfirmationRequired)
def suspend_user(body: dict[str, str], user_id: UUID) -> SuspensionRow:
    """Suspend an account: its sign-ins end within seconds, and no one can sign in."""
    return suspensions.suspend(user_id, body["reason"], by=caller().id, present=_present())


@blueprint.post(f"{PATH}/<uuid:user_id>/lift-suspension", "lift_suspension")
@role("admin")
@blueprint.arguments(Reason)
@blueprint.response(200, Suspension)
@blueprint.raises(NotSuspended, SecondFactorNeeded, ConfirmationRequired)
def lift_suspension(body: dict[str, str], user_id: UUID) -> SuspensionRow:
    """Lift a suspension: the person can sign in again."""
    return suspensions.lift(user_id, body["reason"], by=caller().id, present=_present())


def _present() -> UUID:
    return UUID(caller().session_id)
