"""Pages of lists, and the cursors that lead from one to the next."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from chassis.errors import Invalid
from chassis.text import UNSTORABLE

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items in order, and the cursor of the next page; None at the end."""

    items: Sequence[Item]
    next: str | None


def cut(rows: Sequence[Item], limit: int, key: Callable[[Item], Sequence[Any]]) -> Page[Item]:
    """The page of `limit` items, out of one row more than that if there is one."""
    items = rows[:limit]
    if len(rows) <= limit:
        return Page(items, None)
    return Page(items, encode(key(items[-1])))


def encode(values: Sequence[Any]) -> str:
    """Sort values as an opaque cursor."""
    text = json.dumps([_plain(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The sort values in a cursor, of these kinds; `Invalid` naming the parameter for anything else."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        plain = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError
        return [_restore(value, kind) for value, kind in zip(plain, kinds, strict=True)]
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError, binascii.Error):
        raise Invalid(
            errors=[{"pointer": "?cursor", "detail": "Not a cursor of this list."}]
        ) from None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _restore(value: Any, kind: Any) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant
    if kind is UUID:
        return UUID(value)
    if kind is float and type(value) in {int, float}:
        return float(value)
    if type(value) is not kind or not _is_storable(value):
        raise ValueError
    return value


def _is_storable(value: Any) -> bool:
    # A client can forge a cursor. A value that PostgreSQL cannot hold must not become a 500.
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, str):
        return UNSTORABLE.search(value) is None
    return True
