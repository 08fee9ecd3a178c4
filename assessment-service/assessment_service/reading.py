"""Reads a document an author wrote, and says of every row what is wrong with it instead of stopping
at the first.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any, TypeVar

from chassis.errors import FieldError

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# PostgreSQL stores no NUL and UTF-8 has no half of a surrogate pair; of the others only tab and
# newline mean anything.
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LARGEST = 10**9

Harmless = TypeVar("Harmless")


class Row:
    """One object of the document. What is wrong is noted, and something harmless returned in its place."""

    def __init__(self, value: object, pointer: str, errors: list[FieldError]) -> None:
        self._pointer = pointer
        self._errors = errors
        self._fields: dict[Any, Any] = value if isinstance(value, dict) else {}
        self._read: set[str] = set()
        if not isinstance(value, dict):
            self.wrong("Must be an object.")

    def wrong(self, detail: str, name: str = "") -> None:
        """Note a mistake in the field, or in the row as a whole."""
        self._errors.append(
            {"pointer": f"{self._pointer}/{name}" if name else self._pointer, "detail": detail}
        )

    def has(self, name: str) -> bool:
        self._read.add(name)
        return self._fields.get(name) is not None

    def text(self, name: str, most: int, default: str | None = None) -> str:
        value = self._take(name, default)
        if (
            not isinstance(value, str)
            or not (value.strip() or value == default)
            or len(value) > most
        ):
            return self._refuse(name, f"Must be text of 1 to {most} characters.", "")
        if UNSTORABLE.search(value):
            return self._refuse(name, "Must not hold control characters.", "")
        return value

    def key(self, name: str = "key") -> str:
        value = self._take(name, None)
        if not isinstance(value, str) or not KEY.fullmatch(value):
            return self._refuse(name, "Must be 1 to 60 characters of a-z, 0-9, - and _.", "")
        return value

    def one_of(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or value not in allowed:
            return self._refuse(name, f"Must be one of: {', '.join(allowed)}.", "")
        return value

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self._take(name, default)
        # Not `isinstance`, to which True is a number.
        if type(value) is not int or not least <= value <= most:
            return self._refuse(name, f"Must be a whole number from {least} to {most}.", least)
        return value

    def whole_or_none(self, name: str, least: int, most: int) -> int | None:
        return self.whole(name, least, most) if self.has(name) else None

    def number(self, name: str, default: int | None = None) -> Fraction:
        value = self._take(name, default)
        if (
            type(value) not in {int, float} or not abs(value) <= LARGEST
        ):  # NaN is not less than anything
            return self._refuse(name, "Must be a number.", Fraction(0))
        # By its text: 0.1 as the author wrote it, not the nearest that a float can hold.
        return Fraction(str(value))

    def number_or_none(self, name: str) -> Fraction | None:
        return self.number(name) if self.has(name) else None

    def flag(self, name: str, default: bool) -> bool:
        value = self._take(name, default)
        return (
            value
            if isinstance(value, bool)
            else self._refuse(name, "Must be true or false.", default)
        )

    def row(self, name: str) -> "Row":
        """The object in the field; an empty one if there is none."""
        return Row(self._take(name, {}), f"{self._pointer}/{name}", self._errors)

    def rows(self, name: str, least: int, most: int) -> list["Row"]:
        items = self._list(name, least, most)
        return [
            Row(item, f"{self._pointer}/{name}/{i}", self._errors) for i, item in enumerate(items)
        ]

    def texts(self, name: str, least: int, most: int, longest: int) -> tuple[str, ...]:
        items = self._list(name, least, most)
        if not all(
            isinstance(i, str) and i.strip() and len(i) <= longest and not UNSTORABLE.search(i)
            for i in items
        ):
            self.wrong(f"Must be texts of 1 to {longest} characters.", name)
            return ()
        return tuple(items)

    def distinct(self, name: str, keys: Iterable[str]) -> None:
        """Note which keys occur more than once."""
        if repeated := [key for key, times in Counter(keys).items() if key and times > 1]:
            self.wrong(f"More than once: {', '.join(repeated)}.", name)

    def close(self) -> None:
        """Note the fields that nobody asked for."""
        # A name can be anything: long, not text (in YAML), or with what no answer can carry.
        for name in self._fields.keys() - self._read:
            self.wrong("Unknown field.", str(name)[:60].encode(errors="replace").decode())

    def _take(self, name: str, default: Any) -> Any:
        self._read.add(name)
        value = self._fields.get(name)
        return default if value is None else value

    def _refuse(self, name: str, detail: str, instead: Harmless) -> Harmless:
        self.wrong(detail if self.has(name) else "Missing.", name)
        return instead

    def _list(self, name: str, least: int, most: int) -> list[Any]:
        value = self._take(name, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.wrong(f"Must be a list of {least} to {most}.", name)
            return []
        return value
