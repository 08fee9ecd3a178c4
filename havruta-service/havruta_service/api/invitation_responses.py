"""Responding to an invitation."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema, fields

from chassis.auth.authorization import caller, public, signed_in
from chassis.pages import Page
from chassis.web.arguments import BODY, refuse_unread
from chassis.web.fields import Answer, Body, Choice, Instant, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from havruta_service import invitation_responses, models
from havruta_service.invitation_responses import EmailMismatch
from havruta_service.invitations import EmailNotVerified, InvitationGone, InvitationRow
from havruta_service.membership import HavrutaFull
from havruta_service.models import InvitationStatus

blueprint = Blueprint("invitation-responses")
# How mail programs may send `List-Unsubscribe=One-Click` (RFC 8058, section 3.2).
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class InvitationToken(Body):
    token = Text(100, least=1, required=True)


class ReceivedInvitation(Answer):
    """An invitation as the invited person sees it."""

    id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True)
    havruta_name = fields.String(required=True, attribute="havruta.name")
    book = fields.String(required=True, attribute="havruta.book")
    inviter_name = fields.String(required=True)
    masked_email = fields.String(required=True, metadata={"example": "m***@l***.example"})
    status = Choice(InvitationStatus, required=True, attribute="current_status")
    expires_at = Instant(required=True)


@blueprint.get("/api/invitations/mine", "list_own_invitations")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(ReceivedInvitation))
def list_own_invitations(query: dict[str, Any]) -> Page[InvitationRow]:
    """List the open invitations to your verified address, newest first."""
    return invitation_responses.mine(caller(), **query)


@blueprint.post("/api/invitations/preview", "preview_invitation")
@public
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def preview_invitation(body: dict[str, str]) -> models.Invitation:
    """Get what the token in an e-mail invites to; nothing changes."""
    return invitation_responses.preview(body["token"])


@blueprint.post("/api/invitations/accept", "accept_invitation_by_token")
@signed_in
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(EmailMismatch, EmailNotVerified, InvitationGone, HavrutaFull)
def accept_invitation_by_token(body: dict[str, str]) -> models.Invitation:
    """Join the havruta with the token from the e-mail that came to your own address."""
    return invitation_responses.accept(body["token"], caller())


@blueprint.post("/api/invitations/decline", "decline_invitation_by_token")
@public
@blueprint.arguments(InvitationToken)
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def decline_invitation_by_token(body: dict[str, str]) -> models.Invitation:
    """Decline with the token from the e-mail; no account is needed."""
    return invitation_responses.decline(body["token"])


def form_ignored(view: Callable[..., Any]) -> Callable[..., Any]:
    """Take a form in place of no body. It is not read."""

    @wraps(view)
    def taken(*args: Any, **values: Any) -> Any:
        if request.mimetype not in FORMS:
            refuse_unread({})
        return view(*args, **values)

    # The operation decides about its body itself.
    taken._reads = {BODY: Schema()}  # type: ignore[attr-defined]  # a mark on the function
    return taken


@blueprint.post(
    "/api/invitations/unsubscribe/<string:unsubscribe_token>", "unsubscribe_from_invitations"
)
@public
@blueprint.response(204)
@form_ignored
def unsubscribe_from_invitations(unsubscribe_token: str) -> None:
    """End all e-mails with invitations to the address of an e-mail, by the token in it; no account is needed.

    Mail programs do it by the header `List-Unsubscribe` (RFC 8058): the form that they send is taken, and
    not read. Invitations to the address still stand in `GET /api/invitations/mine`.
    """
    invitation_responses.unsubscribe(unsubscribe_token)


@blueprint.post("/api/invitations/<uuid:invitation_id>/accept", "accept_invitation")
@signed_in
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone, HavrutaFull)
def accept_invitation(invitation_id: UUID) -> models.Invitation:
    """Accept one of your invitations and join the havruta."""
    return invitation_responses.accept_own(invitation_id, caller())


@blueprint.post("/api/invitations/<uuid:invitation_id>/decline", "decline_invitation")
@signed_in
@blueprint.response(200, ReceivedInvitation)
@blueprint.raises(InvitationGone)
def decline_invitation(invitation_id: UUID) -> models.Invitation:
    """Decline one of your invitations."""
    return invitation_responses.decline_own(invitation_id, caller())
