"""What goes to the gateway and how often, whatever library carries it."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from lyceum_client.errors import LyceumError, Refused, Unreachable

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}
TRANSIENT = {429, 502, 503, 504}


@dataclass(frozen=True)
class Request:
    """An operation as it is sent. Parameters that are None are left out."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    takes_token: bool = True

    @property
    def parameters(self) -> dict[str, str]:
        """The query."""
        return {name: _plain(value) for name, value in self.query.items() if value is not None}

    @property
    def fields(self) -> dict[str, str]:
        """The headers."""
        fields = {name: value for name, value in self.headers.items() if value is not None}
        if self.body is not None:
            fields["Content-Type"] = "application/json"
        return fields

    @property
    def content(self) -> bytes | None:
        """The body; `ValueError` for what JSON cannot say."""
        if self.body is None:
            return None
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False).encode()

    def is_repeatable(self, token: str | None) -> bool:
        """Whether it has the effect of one when it is sent twice."""
        # Keys are kept by person, so a visitor's is not honoured.
        return self.method in IDEMPOTENT or bool(token and self.headers.get("Idempotency-Key"))


@dataclass(frozen=True)
class Patience:
    """How long a call is tried: at most so many times, the last one `within` so many seconds.

    After a lost connection the next attempt waits `pause` seconds, twice as long each time; after a refusal
    it waits as long as that says.
    """

    attempts: int = 4
    within: float = 30.0
    pause: float = 0.25


class Attempts:
    """The attempts of one call."""

    def __init__(self, patience: Patience, *, repeatable: bool) -> None:
        self._patience = patience
        self._repeatable = repeatable
        self._began = time.monotonic()
        self._made = 0

    def pause_after(self, failure: LyceumError) -> float:
        """How many seconds to wait before the next attempt; raises the failure if there is none."""
        self._made += 1
        if not self._repeatable or self._made >= self._patience.attempts:
            raise failure
        pause = self._pause_after(failure)
        if time.monotonic() - self._began + pause > self._patience.within:
            raise failure
        return pause

    def _pause_after(self, failure: LyceumError) -> float:
        if isinstance(failure, Unreachable):
            return spread(self._patience.pause * 2 ** (self._made - 1))
        if (
            isinstance(failure, Refused)
            and is_transient(failure)
            and failure.retry_after is not None
        ):
            return failure.retry_after
        raise failure


def is_transient(refusal: Refused) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    return refusal.status in TRANSIENT or refusal.code == "request_in_progress"


def spread(pause: float) -> float:
    """The pause, or up to half as long again: many clients that lost one gateway do not come back at once."""
    return pause * random.uniform(1, 1.5)  # noqa: S311  # no secret


def segment(value: object) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="")


def new_key() -> str:
    """An `Idempotency-Key`."""
    return str(uuid4())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
