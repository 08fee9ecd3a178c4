"""Wire fields of accounts: they take a value in its one normal form, or say why not."""

import base64
import re
from datetime import time
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.web.fields import Text
from user_service.email_addresses import NotAnAddress, normal

BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
USERNAME = re.compile(r"[a-z0-9_.-]{3,50}")
TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:00)?")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


class Email(Text):
    """An e-mail address, its domain in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"format": "email", "example": "dina@example.org"}
        kwargs["metadata"] = {**described, **kwargs.get("metadata", {})}
        super().__init__(255, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return normal(text)
        except NotAnAddress as error:
            raise ValidationError(str(error)) from None


class Username(Text):
    """A username in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        described = {
            "description": "Capitals are lowered.",
            "pattern": "^[A-Za-z0-9_.-]{3,50}$",
            "example": "dina",
        }
        kwargs["metadata"] = {**described, **kwargs.get("metadata", {})}
        super().__init__(50, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).lower()
        if not USERNAME.fullmatch(text):
            raise ValidationError("Must be 3 to 50 of a-z, 0-9, _, . and -.")
        return text


class Password(fields.String):
    """A password, taken as it is typed."""

    def __init__(self, least: int = 8, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Length(least, 128), metadata={"format": "password"}, **kwargs
        )


class SecondFactorCode(Text):
    """A code of the app, or a recovery code."""

    def __init__(self, **kwargs: Any) -> None:
        described = {
            "description": "Six digits of the app, or a recovery code.",
            "example": "492039",
        }
        super().__init__(40, least=6, metadata=described, **kwargs)


class Base64Url(fields.String):
    """Bytes, at most so many, in base64url without padding (RFC 4648), as WebAuthn has them in JSON."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        characters = (most * 4 + 2) // 3
        described = {
            "format": "base64url",
            "pattern": f"^{BASE64URL.pattern}$",
            # None of its characters is escaped in JSON.
            "x-max-characters": characters + 2,
        }
        kwargs["metadata"] = {**described, **kwargs.get("metadata", {})}
        super().__init__(**kwargs)
        # Looked at before the text is decoded.
        self._length = validate.Length(0, characters)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else written(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        self._length(text)
        if not BASE64URL.fullmatch(text) or len(text) % 4 == 1:
            raise ValidationError("Not base64url without padding.")
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        # Of the last character not all bits count: each value has one spelling.
        if written(value) != text:
            raise ValidationError("Not base64url without padding.")
        return value


def written(value: bytes) -> str:
    """Bytes in base64url."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Locale(Text):
    """A language tag: language, script and region."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            20, metadata={"pattern": f"^{LOCALE.pattern}$", "example": "he-IL"}, **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not LOCALE.fullmatch(text):
            raise ValidationError("Not a language tag like `en` or `he-IL`.")
        return text


class LocalTime(fields.String):
    """A time of the day without a zone, to the minute: `18:30`."""

    def __init__(self, **kwargs: Any) -> None:
        documented = {"pattern": r"^\d\d:\d\d(:00)?$", "maxLength": 8}
        kwargs["metadata"] = {**documented, **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not TIME.fullmatch(value):
            raise ValidationError("Not a time of the day to the minute, such as 18:30.")
        try:
            return time.fromisoformat(value)
        except ValueError:
            raise ValidationError("Not a valid time.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)
