"""Replying to an invitation."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.access import caller, public, signed_in
from chassis.fields import Answer, Body, Instant, Text
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from havruta_service import models, replies
from havruta_service.api.invitations import STATUSES
from havruta_service.invitations import (
    InvitationGone,
)
from havruta_service.membership import HavrutaFull
from havruta_service.replies import EmailMismatch, EmailNotVerified

blueprint = Blueprint("invitation-replies", "Replying to an invitation.")


class InvitationToken(Body):
    token = Text(100, least=1, required=True)


class ReceivedInvitation(Answer):
    """An invitation as who is invited sees it."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    havruta_name = fields.String(required=True, attribute="havruta.name")
    book = fields.String(required=True, attribute="havruta.book")
    inviter_name = fields.String(required=True)
    masked_email = fields.String(required=True, metadata={"example": "m***@l***.example"})
    status = fields.String(required=True, attribute="current_status", metadata=STATUSES)
    expires_at = Instant(required=True)


@blueprint.get("/api/invitations/mine")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(ReceivedInvitation))
def my_invitations(query: dict[str, Any]) -> Page[models.Invitation]:
    """List the open invitations to one's verified address, the latest first."""
    return replies.mine(caller(), **query)


@blueprint.post("/api/invitations/preview")
@public
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def preview(body: dict[str, str]) -> models.Invitation:
    """See what the token in a mail invites to. Nothing is changed by it."""
    return replies.preview(body["token"])


@blueprint.post("/api/invitations/accept")
@signed_in
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(EmailMismatch, EmailNotVerified, InvitationGone, HavrutaFull)
def accept(body: dict[str, str]) -> models.Invitation:
    """Join the havruta with the token from the mail that came to one's own address."""
    return replies.accept(body["token"], caller())


@blueprint.post("/api/invitations/decline")
@public
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def decline(body: dict[str, str]) -> models.Invitation:
    """Decline with the token from the mail; no account is needed."""
    return replies.decline(body["token"])


@blueprint.post("/api/invitations/<uuid:invitation_id>/accept")
@signed_in
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone, HavrutaFull)
def accept_own(invitation_id: UUID) -> models.Invitation:
    """Join the havruta by one of one's own invitations."""
    return replies.accept_own(invitation_id, caller())


@blueprint.post("/api/invitations/<uuid:invitation_id>/decline")
@signed_in
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def decline_own(invitation_id: UUID) -> models.Invitation:
    """Decline one of one's own invitations."""
    return replies.decline_own(invitation_id, caller())
