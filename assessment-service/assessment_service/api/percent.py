"""How a share is written."""

from typing import Any

from marshmallow import fields


class Percent(fields.Float):
    """A share from 0 to 100, with one decimal."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"minimum": 0, "maximum": 100}
        super().__init__(metadata={**bounds, **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> float | None:
        # None where nothing was counted: 0 would say that nothing was reached.
        return None if value is None else round(value, 1)
