"""Applications for roles: by people, and what admins do with them."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, role, signed_in
from chassis.pages import Page
from chassis.telemetry import security_log
from chassis.web.fields import Answer, Body, Choice, Instant, List, Name, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from user_service import admins, applications
from user_service.applications import (
    ApplicantSuspended,
    ApplicationDecided,
    ApplicationLimitReached,
    ApplicationPending,
    AppliedLately,
    RoleHeld,
)
from user_service.models import Application as ApplicationRow
from user_service.models import ApplicationStatus, AppliedRole
from user_service.second_factor import ConfirmationRequired, SecondFactorNeeded
from user_service.verification import EmailNotVerified

blueprint = Blueprint("applications")
OWN = "/api/users/me/applications"
ALL = "/api/admin/applications"


class NewApplication(Body):
    role = Choice(AppliedRole, required=True)
    text = Text(
        2000,
        least=1,
        paragraphs=True,
        required=True,
        metadata={"description": "Why you, for the admins who decide."},
    )
    subjects = List(
        Name(100, least=1),
        20,
        load_default=list,
        metadata={"description": "What you teach; a tutor needs one at least."},
    )


class Application(Answer):
    """An application as its owner sees it."""

    id = fields.UUID(required=True)
    role = Choice(AppliedRole, required=True)
    text = fields.String(required=True)
    subjects = fields.List(fields.String(), required=True)
    status = Choice(ApplicationStatus, required=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)


class SeenApplication(Application):
    """An application as an admin sees it."""

    user_id = fields.UUID(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)


class SeenApplicationQuery(PageQuery):
    status = Choice(
        ApplicationStatus,
        load_default=ApplicationStatus.PENDING,
        metadata={"description": "By default pending ones."},
    )
    role = Choice(AppliedRole, load_default=None)


class Acceptance(Body):
    reason = Text(
        500,
        least=1,
        load_default=None,
        allow_none=True,
        metadata={"description": "The person is told.", "example": "Welcome."},
    )


class Refusal(Body):
    reason = Text(
        500,
        least=1,
        required=True,
        metadata={"description": "The person is told.", "example": "Tell us what you teach."},
    )


@blueprint.post(OWN, "create_application")
@signed_in
@blueprint.arguments(NewApplication, bounds=BodyBounds(64 * 1024))
@blueprint.response(201, Application, addressed=False)
@blueprint.raises(
    EmailNotVerified, RoleHeld, ApplicationPending, AppliedLately, ApplicationLimitReached
)
def create_application(body: dict[str, Any]) -> ApplicationRow:
    """Apply for a role: an admin decides, and you are told."""
    return applications.apply(caller().id, **body)


@blueprint.get(OWN, "list_own_applications")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Application))
def list_own_applications(query: dict[str, Any]) -> Page[ApplicationRow]:
    """List your applications, newest first."""
    return applications.own(caller().id, **query)


@blueprint.delete(f"{OWN}/<uuid:application_id>", "withdraw_application")
@signed_in
@blueprint.response(204)
@blueprint.raises(ApplicationDecided)
def withdraw_application(application_id: UUID) -> None:
    """Withdraw your application while it is pending."""
    applications.withdraw(caller().id, application_id)


@blueprint.get(ALL, "list_applications")
@role("admin")
@blueprint.arguments(SeenApplicationQuery, location="query")
@blueprint.response(200, page_of(SeenApplication))
@blueprint.raises(SecondFactorNeeded, ConfirmationRequired)
def list_applications(query: dict[str, Any]) -> Page[ApplicationRow]:
    """List applications with a status, oldest first."""
    admins.require(caller().id, _present())
    security_log.succeeded("applications.listed", caller().id)
    return applications.waiting(**query)


@blueprint.post(f"{ALL}/<uuid:application_id>/accept", "accept_application")
@role("admin")
@blueprint.arguments(Acceptance)
@blueprint.response(200, SeenApplication)
@blueprint.raises(ApplicationDecided, ApplicantSuspended, SecondFactorNeeded, ConfirmationRequired)
def accept_application(body: dict[str, Any], application_id: UUID) -> ApplicationRow:
    """Accept an application: the person has the role, and access tokens that say others end."""
    return applications.accept(application_id, body["reason"], by=caller().id, present=_present())


@blueprint.post(f"{ALL}/<uuid:application_id>/decline", "decline_application")
@role("admin")
@blueprint.arguments(Refusal)
@blueprint.response(200, SeenApplication)
@blueprint.raises(ApplicationDecided, SecondFactorNeeded, ConfirmationRequired)
def decline_application(body: dict[str, str], application_id: UUID) -> ApplicationRow:
    """Decline an application; the person may apply again after 7 days."""
    return applications.decline(application_id, body["reason"], by=caller().id, present=_present())


def _present() -> UUID:
    return UUID(caller().session_id)
