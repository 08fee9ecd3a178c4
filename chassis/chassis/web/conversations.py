"""The messages of a conversation on the wire; the field of its room is the service's own."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from chassis.web.fields import Answer, Body, Instant, Integer, Text
from chassis.web.pagination import PageQuery
from chassis.web.strict_requests import BodyBounds

BOUNDS = BodyBounds(32 * 1024)
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


class MessageAnswer(Answer):
    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    seq = fields.Integer(
        required=True,
        metadata={"description": "Its number among all that happened there."},
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
