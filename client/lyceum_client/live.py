"""Live events: what comes over a stream, and how it goes on after a cut, whatever library carries it."""

import codecs
import json
import re
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

# The package exports no name for its parser of lines.
from httpx_sse._decoders import SSEDecoder

from lyceum_client.errors import LyceumError, Refused, Unreachable, Unreadable
from lyceum_client.exchange import Patience, Request, is_transient, spread

SILENCE = 45.0  # seconds: the gateway sends a comment every 15
LONGEST_PAUSE = 30.0  # seconds
MOST_FAILURES = 10  # in a row, about three minutes
LINE_END = re.compile("\r\n|\r|\n")
# Reasons of `end` after which the stream goes on, at another gateway or with the next token.
INTERRUPTIONS = {"restarting", "token_expired", "token_outdated"}


@dataclass(frozen=True)
class LiveEvent:
    """One event of a stream. `id` is what to resume after.

    After a `reset` events are missing: read the room again. An `end` says why there will be no more.
    """

    type: str
    id: str | None
    data: dict[str, Any]


class Feed:
    """The events in what is read from a stream, over all its connections."""

    def __init__(self, last_event_id: str | None, patience: Patience, *, renewable: bool) -> None:
        self.ready: deque[LiveEvent] = deque()
        self.is_over = False
        self._last_event_id = last_event_id or ""
        self._interruptions = INTERRUPTIONS if renewable else INTERRUPTIONS & {"restarting"}
        self._most_failures = patience.attempts
        self._failures = 0
        self._retry = 1.0
        self._open()

    def asking(self, request: Request) -> Request:
        """The request for a connection that goes on where the last one ended."""
        headers = {"Accept": "text/event-stream", "Last-Event-ID": self._last_event_id or None}
        return replace(request, headers=headers)

    def begin(self, content_type: str) -> None:
        """A connection was opened."""
        if content_type.partition(";")[0].strip().lower() != "text/event-stream":
            raise Unreadable(f"the answer is no stream of events: {content_type}")
        self._most_failures = MOST_FAILURES
        self._open()

    def take(self, piece: bytes) -> None:
        """Take what was read; nothing means that the connection has ended."""
        if not piece:
            raise Unreachable("the stream was cut")
        for line in self._lines.split(piece):
            self._take_line(line)

    def pause_after(self, failure: LyceumError) -> float:
        """How many seconds to wait before the next connection; raises the failure if there is none."""
        self._failures += 1
        may_pass = isinstance(failure, Unreachable) or (
            isinstance(failure, Refused) and is_transient(failure)
        )
        if not may_pass or self._failures >= self._most_failures:
            raise failure
        pause = spread(min(self._retry * 2 ** (self._failures - 1), LONGEST_PAUSE))
        if isinstance(failure, Refused):
            pause = max(pause, failure.retry_after or 0)
        return pause

    def _open(self) -> None:
        self._lines = Lines()
        # The standard's parser, from where the last connection came to.
        self._decoder = SSEDecoder()
        self._decoder.decode(f"id: {self._last_event_id}")

    def _take_line(self, line: str) -> None:
        if line.startswith(":"):
            self._failures = 0
        event = self._decoder.decode(line)
        if event is None:
            return
        self._last_event_id = event.id
        if event.retry is not None and event.retry >= 0:
            self._retry = min(event.retry, LONGEST_PAUSE * 1000) / 1000
        # The parser also reports what has no data, and is no event by the standard.
        if event.data:
            self._failures = 0
            self._tell(LiveEvent(event.event, event.id or None, _read(event.data)))

    def _tell(self, event: LiveEvent) -> None:
        if event.type == "end":
            self.is_over = event.data.get("reason") not in self._interruptions
            if not self.is_over:
                return
        self.ready.append(event)


class Lines:
    """The lines in pieces of UTF-8, each as soon as it is whole."""

    def __init__(self) -> None:
        # It leaves a byte order mark at the start out.
        self._text = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._had_cr = False

    def split(self, piece: bytes) -> list[str]:
        """The lines that end in this piece."""
        text = self._text.decode(piece)
        if text and self._had_cr:
            text = text.removeprefix("\n")
            self._had_cr = False
        self._had_cr = self._had_cr or text.endswith("\r")
        *lines, self._rest = LINE_END.split(self._rest + text)
        return lines


def _read(data: str) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except ValueError as error:
        raise Unreadable(f"an event cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise Unreadable(f"an event is no object: {content!r:.100}")
    return content
