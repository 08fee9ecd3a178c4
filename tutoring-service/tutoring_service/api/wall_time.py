"""A wire field for the time of a day on a wall."""

import re
from datetime import time
from typing import Any

from marshmallow import ValidationError, fields

TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:00)?")


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
