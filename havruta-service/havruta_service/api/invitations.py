"""Inviting by e-mail."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import TooManyRequests
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Choice, Instant, List, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from havruta_service import invitations, models
from havruta_service.havrutas import HavrutaArchived
from havruta_service.invitation_emails import InvitationEmailLimitReached
from havruta_service.invitations import (
    LONGEST_ADDRESS,
    MOST_AT_ONCE,
    EmailNotVerified,
    InvitationGone,
    InvitationLimitReached,
    InvitationOutcome,
    InvitationRow,
)
from havruta_service.models import InvitationLanguage, InvitationStatus

blueprint = Blueprint("invitations")


class NewInvitations(Body):
    emails = List(Text(LONGEST_ADDRESS), MOST_AT_ONCE, least=1, required=True)
    language = Choice(
        InvitationLanguage,
        load_default=InvitationLanguage.ENGLISH,
        metadata={"description": "Of the e-mail: the inviter knows best who reads it."},
    )


class InvitationResult(Answer):
    """What became of one address."""

    email = fields.String(required=True)
    status = Choice(InvitationOutcome, required=True)
    invitation_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of what was sent."}
    )


class InvitationResults(Answer):
    """What became of each address, in their order."""

    results = fields.List(fields.Nested(InvitationResult), required=True)


class Invitation(Answer):
    """An invitation as the members of the havruta see it."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    inviter_id = fields.UUID(required=True)
    invitee_email = fields.String(required=True)
    status = Choice(InvitationStatus, required=True, attribute="current_status")
    expires_at = Instant(required=True)
    created_at = Instant(required=True)
    responded_at = Instant(required=True, allow_none=True)
    accepted_by = fields.UUID(required=True, allow_none=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/invitations", "invite_to_havruta")
@signed_in
@idempotent
@blueprint.arguments(NewInvitations, bounds=BodyBounds(64 * 1024))
@blueprint.response(200, InvitationResults)
@blueprint.raises(
    EmailNotVerified, HavrutaArchived, InvitationEmailLimitReached, InvitationLimitReached
)
def invite_to_havruta(body: dict[str, Any], havruta_id: UUID) -> dict[str, Any]:
    """Invite people by e-mail, once your own address is verified.

    The answer never tells whether an address has an account or gets an e-mail: one that got several lately,
    declined, or wants none gets none. The invitation stands in `GET /api/invitations/mine` all the same.
    """
    return {"results": invitations.invite(havruta_id, caller(), **body)}


@blueprint.get("/api/havrutas/<uuid:havruta_id>/invitations", "list_havruta_invitations")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Invitation))
def list_havruta_invitations(query: dict[str, Any], havruta_id: UUID) -> Page[InvitationRow]:
    """List the invitations of a havruta, newest first."""
    return invitations.of_havruta(havruta_id, caller().id, **query)


@blueprint.post("/api/invitations/<uuid:invitation_id>/resend", "resend_invitation")
@signed_in
@blueprint.response(200, Invitation)
@blueprint.raises(
    EmailNotVerified,
    InvitationGone,
    HavrutaArchived,
    InvitationEmailLimitReached,
    TooManyRequests,
)
def resend_invitation(invitation_id: UUID) -> models.Invitation:
    """Send the invitation again with a new token, valid for seven days; the old one is revoked.

    As with a first e-mail, the answer does not tell whether one goes out. If none does, the old token stays.
    """
    return invitations.resend(invitation_id, caller())


@blueprint.post("/api/invitations/<uuid:invitation_id>/revoke", "revoke_invitation")
@signed_in
@blueprint.response(200, Invitation)
@blueprint.raises(InvitationGone, HavrutaArchived)
def revoke_invitation(invitation_id: UUID) -> models.Invitation:
    """Revoke an invitation."""
    return invitations.revoke(invitation_id, caller().id)
