"""Inviting by mail."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from chassis.access import caller, signed_in
from chassis.errors import TooManyRequests
from chassis.fields import Answer, Body, Instant, Text
from chassis.idempotency import idempotent
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from havruta_service import invitations, models
from havruta_service.havrutas import HavrutaArchived
from havruta_service.invitations import (
    LONGEST_ADDRESS,
    MOST_AT_ONCE,
    InvitationGone,
    InviterOrOwnerOnly,
)
from havruta_service.models import InvitationStatus

blueprint = Blueprint("invitations", "Inviting by mail.")

STATUSES = {"enum": [str(status) for status in InvitationStatus]}


class NewInvitations(Body):
    emails = fields.List(
        Text(LONGEST_ADDRESS), required=True, validate=validate.Length(1, MOST_AT_ONCE)
    )


class InvitationResult(Answer):
    """What became of one address."""

    email = fields.String(required=True)
    status = fields.String(
        required=True, metadata={"enum": ["sent", "already_member", "already_pending", "invalid"]}
    )
    invitation_id = fields.UUID()


class InvitationResults(Answer):
    """What became of each address, in their order."""

    results = fields.List(fields.Nested(InvitationResult), required=True)


class Invitation(Answer):
    """An invitation as the members of the havruta see it."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    inviter_id = fields.UUID(required=True)
    invitee_email = fields.String(required=True)
    status = fields.String(required=True, attribute="current_status", metadata=STATUSES)
    expires_at = Instant(required=True)
    created_at = Instant(required=True)
    responded_at = Instant(required=True, allow_none=True)
    accepted_by = fields.UUID(required=True, allow_none=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/invitations")
@signed_in
@idempotent
@blueprint.arguments(NewInvitations)
@blueprint.response(200, InvitationResults)
@blueprint.raises(HavrutaArchived, TooManyRequests)
def invite(body: dict[str, Any], havruta_id: UUID) -> dict[str, Any]:
    """Invite people by their addresses. Nothing tells whether an address has an account."""
    return {"results": invitations.invite(havruta_id, caller(), body["emails"])}


@blueprint.get("/api/havrutas/<uuid:havruta_id>/invitations")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Invitation))
def list_invitations(query: dict[str, Any], havruta_id: UUID) -> Page[models.Invitation]:
    """List the invitations of a havruta, the latest first."""
    return invitations.of_havruta(havruta_id, caller().id, **query)


@blueprint.post("/api/invitations/<uuid:invitation_id>/resend")
@signed_in
@blueprint.response(200, Invitation)
@blueprint.raises(InviterOrOwnerOnly, InvitationGone, HavrutaArchived, TooManyRequests)
def resend(invitation_id: UUID) -> models.Invitation:
    """Send the mail again with a new token, good for seven days; the old one is void."""
    return invitations.resend(invitation_id, caller().id)


@blueprint.post("/api/invitations/<uuid:invitation_id>/revoke")
@signed_in
@blueprint.response(200, Invitation)
@blueprint.raises(InviterOrOwnerOnly, InvitationGone, HavrutaArchived)
def revoke(invitation_id: UUID) -> models.Invitation:
    """Take an invitation back."""
    return invitations.revoke(invitation_id, caller().id)
