"""What a view takes of a service's answer, field by field, as the service wrote it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from chassis.web.fields import Answer

Take = Callable[[Any], Any]
# Of which type the values of a field are in JSON, and taken as they are.
PLAIN: Mapping[type, type] = {
    fields.String: str,
    fields.Integer: int,
    fields.Boolean: bool,
    fields.Dict: dict,
}


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


def take(shape: Schema, found: Any) -> Any:
    """What `shape.load` takes of the JSON of an answer; `ValidationError` if that has another form."""
    return _taker(shape)(found)


@cache
def _taker(shape: Schema) -> Take:
    """A plan that is made once: marshmallow would think about each field of each object again."""
    if not all(field.required for field in shape.fields.values()):
        return shape.load
    plan = [(name, _taker_of(field)) for name, field in shape.fields.items()]

    def take_fields(found: Any) -> dict[str, Any]:
        if type(found) is not dict:
            raise ValidationError("Not an object.")
        try:
            return {name: take_value(found[name]) for name, take_value in plan}
        except KeyError as missing:
            raise ValidationError(f"{missing} is missing.") from None

    return take_fields


def _taker_of(field: fields.Field[Any]) -> Take:
    if isinstance(field, fields.Nested):
        return _unless_none(_taker(field.schema), field)
    if isinstance(field, fields.List):
        return _unless_none(_each(_taker_of(field.inner)), field)
    kind = PLAIN.get(type(field))
    if kind is None or field.validators:
        return field.deserialize

    def take_plain(value: Any) -> Any:
        if type(value) is kind or (value is None and field.allow_none):
            return value
        raise ValidationError(f"Not of the type {kind.__name__}.")

    return take_plain


def _each(take_value: Take) -> Take:
    def take_all(found: Any) -> list[Any]:
        if type(found) is not list:
            raise ValidationError("Not a list.")
        return [take_value(value) for value in found]

    return take_all


def _unless_none(take_value: Take, field: fields.Field[Any]) -> Take:
    if not field.allow_none:
        return take_value
    return lambda value: None if value is None else take_value(value)
