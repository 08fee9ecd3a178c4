"""Live streams as a browser reads them."""

import http.client
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from .people import PATIENCE, Person, Visitor


@dataclass(frozen=True)
class LiveEvent:
    """One event of a stream."""

    type: str
    id: str | None
    content: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """What happened."""
        data: dict[str, Any] = self.content["data"]
        return data


class Refused(Exception):
    """The stream was not opened."""


class Stream:
    """A stream, open until closed or ended: `with Stream(ruth, path) as stream`."""

    def __init__(
        self,
        person: Person,
        path: str,
        *,
        last_event_id: int | str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        gateway = urlsplit(person.gateway)
        assert gateway.hostname
        headers = {"Authorization": f"Bearer {person.access_token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        self._connection = http.client.HTTPConnection(
            gateway.hostname, gateway.port, timeout=patience
        )
        try:
            self._connection.request("GET", path, headers=headers)
            self._response = self._connection.getresponse()
            if self._response.status != http.client.OK:
                raise Refused(self._response.read().decode())
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading."""
        self._response.close()
        self._connection.close()

    def next(self, within: float = PATIENCE) -> LiveEvent:
        """The next event; `EOFError` at the end of the stream."""
        deadline = time.monotonic() + within
        fields: dict[str, str] = {}
        while line := self._response.readline().decode():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no event within {within:g} s")
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
            if not name and not value and "event" in fields:
                content = json.loads(fields["data"])
                return LiveEvent(fields["event"], fields.get("id"), content)
        raise EOFError

    def take(self, count: int) -> list[LiveEvent]:
        """The next `count` events."""
        return [self.next() for _ in range(count)]

    def until(self, kind: str) -> LiveEvent:
        """The next event of this kind; others are passed over."""
        while (event := self.next()).type != kind:
            pass
        return event


def attempt(person: Visitor, path: str) -> int:
    """Try to open a stream; the status of the answer."""
    with person.get(path, stream=True) as response:
        return response.status_code
