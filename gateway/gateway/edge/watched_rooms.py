"""A room that is watched, and the streams in it."""

import asyncio
from collections import deque
from typing import NamedTuple, Protocol

from chassis.auth.tokens import Caller
from gateway.edge.live_events import Event, Reader


class Room:
    """A room that is watched through this process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = f"room:{name}"
        self.last = 0  # the number of the last event that has arrived
        self.told = 0  # the number of the last event that the streams were given
        self.expected = 0  # the number of an event that the channel has told of
        self.visitors = 0  # streams that have joined or are about to
        self.streams: set[Watching] = set()
        self.untold: deque[Event] = deque()
        self.naming = False  # the names for the next event are being asked for
        self.reading = asyncio.Lock()
        self.subscribed = asyncio.Event()
        self.opening: asyncio.Task[None] | None = None


class Visit(NamedTuple):
    """A room that a stream is to follow.

    `seq` is the number of its last event according to its owner, `last_event_id` that of the last one that
    the reader has seen; None if they begin now.
    """

    room: str
    seq: int
    last_event_id: int | None


class Watching(Reader, Protocol):
    """A stream of one room or of several, as the rooms see it."""

    caller: Caller
    rooms: set[Room]
    """The rooms that it follows."""

    @property
    def is_behind(self) -> bool:
        """Whether much waits for the reader already."""

    def write(self, frame: bytes) -> None:
        """Send an event."""

    def end(self, reason: str) -> None:
        """End with an event that names the reason."""

    def end_room(self, room: Room) -> None:
        """The reader may not watch this room any longer."""

    def may_still_watch(self, room: str) -> bool:
        """Whether the owner of the room still allows it. In a thread."""
