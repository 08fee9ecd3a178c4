"""The chat of a session on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Instant, Integer, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from study_session_service import chat
from study_session_service.chat import MessageDeleted, MessageLimitReached, TooManyMessages
from study_session_service.models import ChatMessage
from study_session_service.rows import MessageRow

blueprint = Blueprint("chat")
# The largest bigint: any larger number would be an error of the database.
MOST = 2**63 - 1


class MessageChange(Body):
    content = Text(
        2000,
        least=1,
        required=True,
        paragraphs=True,
        metadata={"description": "Plain text, kept as typed.", "example": "Who starts?"},
    )


class NewMessage(MessageChange):
    client_message_id = Text(
        100,
        least=1,
        load_default=None,
        allow_none=True,
        metadata={"description": "Yours to choose; sending it again finds the first message."},
    )


class Message(Answer):
    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    seq = fields.Integer(
        required=True,
        metadata={"description": "Its number among all that happened in the session."},
    )
    content = fields.String(
        required=True,
        allow_none=True,
        attribute="words",
        metadata={"description": "Null once deleted."},
    )
    client_message_id = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    edited_at = Instant(required=True, allow_none=True)
    deleted = fields.Boolean(required=True)
    folded = fields.Boolean(
        required=True,
        dump_default=False,
        metadata={"description": "Whether you block its author, and a client shows it folded."},
    )


class HistoryQuery(PageQuery):
    limit = Integer(1, 100, load_default=50)
    before = Integer(
        0, MOST, load_default=None, metadata={"description": "Messages before this `seq`."}
    )
    after = Integer(
        0, MOST, load_default=None, metadata={"description": "The next messages after this `seq`."}
    )

    @validates_schema
    def _one_direction(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["before"] is not None and data["after"] is not None:
            raise ValidationError("Not together with before.", "after")


@blueprint.post("/api/study-sessions/<uuid:session_id>/messages", "send_message")
@signed_in
@idempotent
@blueprint.arguments(NewMessage, bounds=BodyBounds(32 * 1024))
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
@blueprint.arguments(MessageChange, bounds=BodyBounds(32 * 1024))
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
