"""The queue of live events to one reader: bounded, and written as Server-Sent Events."""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prometheus_client import Counter

QUEUE = 256  # events that a slow reader may be behind
# Proxies close a silent connection, often after a minute. The HTML standard advises a comment every 15
# seconds.
HEARTBEAT = 15.0

DELIVERED = Counter("live_events_total", "Events handed to a stream.")
DROPPED = Counter("live_streams_dropped_total", "Streams ended because their reader was too slow.")


@dataclass(frozen=True)
class Watcher:
    """A person who watches, until when the token allows it, and how to ask again whether it is allowed."""

    user_id: UUID
    session_id: str
    expires_at: float
    may_still_watch: Callable[[], bool]
    hang_up: Callable[[], None]


class Frame:
    """An event as it is written. Its first reader writes it, once for all readers."""

    def __init__(
        self,
        kind: str,
        data: dict[str, Any],
        seq: int | None = None,
        complete: Callable[[Any], object] = lambda _: None,
    ) -> None:
        self._kind, self._data, self._seq, self._complete = kind, data, seq, complete
        # functools.cached_property has one lock for all frames, or none, as the version of Python has it.
        self._writing = threading.Lock()
        self._written: bytes | None = None

    @property
    def content(self) -> bytes:
        """The event in the format of Server-Sent Events."""
        with self._writing:
            if self._written is None:
                self._written = self._write()
        return self._written

    def _write(self) -> bytes:
        shown = {name: value for name, value in self._data.items() if name != "members_changed"}
        # Names are added here, where one reader waits for them, and not where events of all rooms are
        # handed out.
        self._complete(shown.get("data"))
        number = f"id: {self._seq}\n" if self._seq is not None else ""
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
        return f"{number}event: {self._kind}\ndata: {text}\n\n".encode()


class EventStream:
    """The events on their way to one reader."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self._frames: queue.Queue[Frame] = queue.Queue(QUEUE)
        self._ended = threading.Event()

    def offer(self, frame: Frame) -> None:
        """Queue a frame. The connection of a reader whose queue is full is closed; the reader may resume."""
        try:
            self._frames.put_nowait(frame)
            DELIVERED.inc()
        except queue.Full:
            if not self._ended.is_set():
                self._ended.set()
                DROPPED.inc()
                # The reader cannot be told: an event would wait behind those that it does not read.
                self.watcher.hang_up()

    def end(self, reason: str) -> None:
        """End the stream with an event that names the reason."""
        self.offer(Frame("end", {"reason": reason}))
        self._ended.set()

    def frames(self) -> Iterator[bytes]:
        """What to write, until the stream ends; a comment after a while without events."""
        yield b"retry: 1000\n\n"
        while True:
            # No stream outlives the token that opened it, however many events wait.
            left = self.watcher.expires_at - time.time()
            if left <= 0:
                yield Frame("end", {"reason": "token_expired"}).content
                return
            try:
                yield self._frames.get(timeout=min(HEARTBEAT, left)).content
            except queue.Empty:
                yield b": heartbeat\n\n"
            # Events that were offered before the end go out first; the reason for the end is the last.
            if self._ended.is_set() and self._frames.empty():
                return
