"""Wire fields that accept exactly what they document, and base schemas for bodies, queries and answers."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID as Uuid

from marshmallow import RAISE, Schema, ValidationError, fields, utils, validate

from chassis.clock import rfc3339, time_zones
from chassis.errors import MOST_ERRORS
from chassis.normalization import MOST_DECOMPOSED, search_key
from chassis.text import (
    UnfitText,
    as_stored,
    flaw_in_name,
    holds_address,
    is_blank,
    mixes_alphabets,
    without_pasted_marks,
)

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Python alone accepts more than RFC 3339 allows, such as weeks and dates without hyphens.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
# Python's UUID also accepts braces, `urn:uuid:` and hyphens anywhere: many spellings of one id.
CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# As many digits as 64 bits need: Python is slow with thousands of digits, and refuses more than 4,300.
WHOLE = re.compile(r"-?[0-9]{1,19}")
# Exponents too, as JavaScript writes them: 1e-7.
DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,19})?([eE][+-]?[0-9]{1,3})?")
# A zone, a duration or a series of weeks can be added to any instant between them without an overflow.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Answer(Schema):
    """The body of an answer. Unknown attributes are left out."""

    def path_of(self, kind: type, name: str) -> str:
        """Where objects of this kind have the attribute: its name, or names joined by dots."""
        return name

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        path = self.path_of(type(obj), attr)
        # marshmallow tries for an item first, which for objects costs as much as all the rest.
        if isinstance(obj, Mapping) or "." in path:
            return super().get_attribute(obj, path, default)
        return getattr(obj, path, default)


class Body(Schema):
    """A request body. An unknown field is an error."""

    class Meta:
        unknown = RAISE

    def load(self, data: Any, **kwargs: Any) -> Any:
        # marshmallow would make an error of each.
        if isinstance(data, Mapping) and len(data) > len(self.fields) + MOST_ERRORS:
            raise ValidationError("Far too many fields.")
        return super().load(data, **kwargs)


class Query(Schema):
    """The query parameters of a request. An unknown parameter is an error."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """Text of a bounded number of characters without control characters, whose directions end in their lines.

    It is composed (NFC), and must hold something to see if `least` is positive. One line is trimmed.
    `paragraphs=True` allows line breaks, each of which becomes `\n`. What names somebody or something is a
    `Name`.
    """

    def __init__(
        self, most: int, *, least: int = 0, paragraphs: bool = False, **kwargs: Any
    ) -> None:
        if least:
            kwargs["metadata"] = {"pattern": r"\S", **kwargs.get("metadata", {})}
        self._length = validate.Length(least, most)
        super().__init__(validate=self._length, **kwargs)
        self.least, self.most, self.paragraphs = least, most, paragraphs

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        # Before anything looks at all of it. Composed, it has a quarter of its characters at least.
        if len(text) > self.most * MOST_DECOMPOSED:
            self._length(text)
        try:
            text = self._as_stored(text)
        except UnfitText as error:
            raise ValidationError(str(error)) from None
        if self.least and is_blank(text):
            raise ValidationError("Must not be blank.")
        # Before subclasses and other validators look at it: that may take long.
        self._length(text)
        return text

    def _as_stored(self, text: str) -> str:
        """The text in its one form; `UnfitText` if it has none."""
        return as_stored(text, paragraphs=self.paragraphs)


class Words(Text):
    """Words to look for, of which something is compared: quotes and points alone are nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        words = super()._deserialize(value, attr, data, **kwargs)
        if not search_key(words).strip():
            raise ValidationError("Must hold a letter, a digit or a sign to look for.")
        return words


class Name(Text):
    """What a person or a thing is called: every character of it can be seen, or changes one that can.

    Marks that come with copied text, such as U+200F, are left out.
    """

    def _as_stored(self, text: str) -> str:
        name = super()._as_stored(without_pasted_marks(text))
        if text.strip() and not name:
            raise UnfitText("Must hold a visible character.")
        return name

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        # An empty one is a matter of `least`.
        if name and (flaw := flaw_in_name(name)):
            raise ValidationError(flaw)
        return name


class MailedName(Name):
    """A name that e-mails show to people who may not know it: it imitates no other, and is no address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if mixes_alphabets(name):
            raise ValidationError("Must not mix alphabets in one word.")
        if holds_address(name):
            raise ValidationError("Must not hold an address of a site or an e-mail address.")
        return name


class List(fields.List[Any]):
    """A list of a bounded number of values.

    Its length is asked before any of them is read, and after 50 wrong ones no more are read.
    """

    def __init__(self, item: Any, most: int, *, least: int | None = None, **kwargs: Any) -> None:
        self._length = validate.Length(least, most)
        super().__init__(item, validate=self._length, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self._length(value)
        read: list[Any] = []
        errors: dict[str | int, Any] = {}
        for index, each in enumerate(value):
            try:
                read.append(self.inner.deserialize(each, **kwargs))
            except ValidationError as error:
                errors[index] = error.messages
            if len(errors) == MOST_ERRORS:
                break
        if errors:
            raise ValidationError(errors)
        return read


class JsonLength(validate.Validator):
    """How many characters a value without a schema may have as JSON in ASCII."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, value: Any) -> Any:
        if len(json.dumps(value)) > self.most:
            raise ValidationError(f"Longer than {self.most} characters as JSON.")
        return value


class Choice(fields.String):
    """One value of a StrEnum."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf([str(member) for member in kind]), **kwargs)


class Choices(fields.Field[frozenset[Any]]):
    """Values of a StrEnum in a query, separated by commas."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        words = "|".join(kind)
        document = {"type": "string", "pattern": f"^({words})(,({words}))*$"}
        super().__init__(metadata={**document, **kwargs.pop("metadata", {})}, **kwargs)
        self.kind = kind

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return ",".join(sorted(value))

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> frozenset[Any]:
        chosen = frozenset(str(value).split(","))
        if not chosen <= set(self.kind):
            raise ValidationError(f"Must be among: {', '.join(self.kind)}.")
        return frozenset(self.kind(word) for word in chosen)


class Variants(fields.Field[Any]):
    """An object of one of several schemas, such as `{"circle": Circle}`; its field `by` names which one."""

    def __init__(self, by: str, schemas: Mapping[str, type[Schema]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by
        self.schemas = {name: schema() for name, schema in schemas.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return self.schemas[utils.get_value(value, self.by)].dump(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("Must be an object.")
        name = value.get(self.by)
        # The type is checked first: a list cannot be a key.
        if not isinstance(name, str) or name not in self.schemas:
            raise ValidationError({self.by: [f"Must be one of: {', '.join(self.schemas)}."]})
        return self.schemas[name].load(value)


class TimeZone(Text):
    """A time zone by its IANA name, such as `Asia/Jerusalem`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(64, least=1, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in time_zones():
            raise ValidationError("Not the name of an IANA time zone.")
        return name


class Integer(fields.Integer):
    """A whole number within bounds: a JSON number in a body, decimal digits in a query.

    `60.0` is one too (JSON Schema Validation, section 6.1.1): some programs have no other numbers.
    """

    def __init__(self, least: int = -(2**31), most: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(self.root, Query):
            if not isinstance(value, str) or not WHOLE.fullmatch(value):
                raise self.make_error("invalid")
            return super()._deserialize(int(value), attr, data, **kwargs)
        if type(value) is float and value.is_integer():
            value = int(value)
        # `True` is an `int` to isinstance.
        if type(value) is not int:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Float(fields.Float):
    """A finite number within bounds: a JSON number in a body, a plain decimal in a query."""

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if not self._is_plain(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)

    def _is_plain(self, value: Any) -> bool:
        if isinstance(self.root, Query):
            return isinstance(value, str) and DECIMAL.fullmatch(value) is not None
        return type(value) in {int, float} and math.isfinite(value)


class Boolean(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        allowed: dict[Any, bool] = {True: True, False: False}
        if isinstance(self.root, Query):
            allowed = {"true": True, "false": False}
        # The type is checked first: as a key 1 equals True, and a list cannot be a key.
        if type(value) not in {bool, str} or value not in allowed:
            raise self.make_error("invalid", input=value)
        return allowed[value]


class Instant(fields.AwareDateTime):
    """An RFC 3339 date and time with its offset; written in UTC, with `Z`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not INSTANT.fullmatch(value):
            raise ValidationError("Not an RFC 3339 date and time with an offset.")
        try:
            # RFC 3339 allows `t` and `z`; Python reads only `Z`.
            instant = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("Not a valid date and time.") from None
        if not EARLIEST <= instant < LATEST:
            raise ValidationError("Must lie between the years 2000 and 2200.")
        return instant

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)


class LocalDate(fields.Date):
    """A date without a zone: `2026-01-31`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None
        # In other zones midnight is up to a day away from midnight in UTC.
        if not EARLIEST.date() < day < LATEST.date() - timedelta(days=1):
            raise ValidationError("Must lie between the years 2000 and 2200.")
        return day


class UUID(fields.UUID):
    """A UUID in its canonical form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Uuid:
        if not isinstance(value, str) or not CANONICAL_UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return Uuid(value)
