"""What a view takes of a service's answer, field by field, as the service wrote it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from chassis.web.fields import Answer


class View(Answer):
    """An answer that the gateway puts together from several services."""

    degraded = fields.List(
        fields.String(),
        metadata={
            "description": "Services that did not answer: what they would have added is missing."
        },
    )


class Shape(Schema):
    """The fields that are taken. Others are left out; an answer without one of these counts as a failure."""

    class Meta:
        unknown = EXCLUDE


def text(format: str | None = None, **kwargs: Any) -> fields.String:
    return fields.String(required=True, metadata={"format": format} if format else {}, **kwargs)


def whole(**kwargs: Any) -> fields.Integer:
    return fields.Integer(required=True, strict=True, **kwargs)


def number(**kwargs: Any) -> fields.Float:
    return fields.Float(required=True, **kwargs)


def first_page(item: type[Shape]) -> type[Shape]:
    """The first items of a list, and the cursor with which the list itself goes on."""
    listed = fields.List(fields.Nested(item), required=True)
    return type(
        f"First{item.__name__}s", (Shape,), {"items": listed, "next": text(allow_none=True)}
    )
