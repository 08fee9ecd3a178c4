"""The conversation of a havruta on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed
from chassis.messaging.conversations import (
    MessageDeleted,
    MessageLimitReached,
    MessageRow,
    TooManyMessages,
)
from chassis.pages import Page
from chassis.web.conversations import (
    BOUNDS,
    HistoryQuery,
    MessageAnswer,
    MessageChange,
    NewMessage,
)
from chassis.web.idempotency import idempotent
from chassis.web.pagination import page_of
from chassis.web.rest import Blueprint
from havruta_service import models, talk
from havruta_service.havrutas import HavrutaArchived

blueprint = Blueprint("talk")
MESSAGES = "/api/havrutas/<uuid:havruta_id>/messages"


class HavrutaMessage(MessageAnswer):
    havruta_id = fields.UUID(required=True)


@blueprint.post(MESSAGES, "send_havruta_message")
@signed_in
@idempotent
@blueprint.arguments(NewMessage, bounds=BOUNDS)
@blueprint.response(201, HavrutaMessage)
@blueprint.alt_response(200, schema=HavrutaMessage, description="Sent before.", success=True)
@blueprint.raises(HavrutaArchived, TooManyMessages, MessageLimitReached)
def send_havruta_message(
    body: dict[str, Any], havruta_id: UUID
) -> tuple[models.HavrutaMessage | MessageRow, int, dict[str, str]]:
    """Send a message to the other members."""
    message, is_new = talk.send(havruta_id, caller().id, **body)
    if not is_new:
        return message, 200, {}
    path = f"/api/havrutas/{havruta_id}/messages/{message.id}"
    return message, 201, {"Location": path}


@blueprint.get(MESSAGES, "list_havruta_messages")
@signed_in
@blueprint.arguments(HistoryQuery, location="query")
@blueprint.response(200, page_of(HavrutaMessage))
def list_havruta_messages(query: dict[str, Any], havruta_id: UUID) -> Page[MessageRow]:
    """List the messages, newest first; `next` continues in the direction of the read."""
    return talk.history(havruta_id, caller().id, **query)


@blueprint.patch(f"{MESSAGES}/<uuid:message_id>", "update_havruta_message")
@signed_in
@blueprint.arguments(MessageChange, bounds=BOUNDS)
@blueprint.response(200, HavrutaMessage)
@blueprint.raises(HavrutaArchived, DeadlinePassed, MessageDeleted)
def update_havruta_message(
    body: dict[str, Any], havruta_id: UUID, message_id: UUID
) -> models.HavrutaMessage:
    """Edit your message, within 15 minutes."""
    return talk.edit(havruta_id, caller().id, message_id, body["content"])


@blueprint.delete(f"{MESSAGES}/<uuid:message_id>", "delete_havruta_message")
@signed_in
@blueprint.response(204)
def delete_havruta_message(havruta_id: UUID, message_id: UUID) -> None:
    """Delete your message; as the owner, any message."""
    talk.delete(havruta_id, caller().id, message_id)
