"""The chat of a session on the wire."""

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
from study_session_service import chat
from study_session_service.models import ChatMessage

blueprint = Blueprint("chat")


class Message(MessageAnswer):
    session_id = fields.UUID(required=True)


@blueprint.post("/api/study-sessions/<uuid:session_id>/messages", "send_message")
@signed_in
@idempotent
@blueprint.arguments(NewMessage, bounds=BOUNDS)
@blueprint.response(201, Message)
@blueprint.alt_response(200, schema=Message, description="Sent before.", success=True)
@blueprint.raises(DeadlinePassed, TooManyMessages, MessageLimitReached)
def send_message(
    body: dict[str, Any], session_id: UUID
) -> tuple[ChatMessage | MessageRow, int, dict[str, str]]:
    """Send a message."""
    message, is_new = chat.send(session_id, caller().id, **body)
    if not is_new:
        return message, 200, {}
    path = f"/api/study-sessions/{session_id}/messages/{message.id}"
    return message, 201, {"Location": path}


@blueprint.get("/api/study-sessions/<uuid:session_id>/messages", "list_messages")
@signed_in
@blueprint.arguments(HistoryQuery, location="query")
@blueprint.response(200, page_of(Message))
def list_messages(query: dict[str, Any], session_id: UUID) -> Page[MessageRow]:
    """List the messages, newest first; `next` continues in the direction of the read."""
    return chat.history(session_id, caller().id, **query)


@blueprint.patch(
    "/api/study-sessions/<uuid:session_id>/messages/<uuid:message_id>", "update_message"
)
@signed_in
@blueprint.arguments(MessageChange, bounds=BOUNDS)
@blueprint.response(200, Message)
@blueprint.raises(DeadlinePassed, MessageDeleted)
def update_message(body: dict[str, Any], session_id: UUID, message_id: UUID) -> ChatMessage:
    """Edit your message, within 15 minutes."""
    return chat.edit(session_id, caller().id, message_id, body["content"])


@blueprint.delete(
    "/api/study-sessions/<uuid:session_id>/messages/<uuid:message_id>", "delete_message"
)
@signed_in
@blueprint.response(204)
def delete_message(session_id: UUID, message_id: UUID) -> None:
    """Delete your message; as the host, any message."""
    chat.delete(session_id, caller().id, message_id)
