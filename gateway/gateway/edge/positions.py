"""How far a reader has come in each of several rooms, as the id of an event.

An event stream has one id at a time, and several rooms number their events each for itself. So each id holds
the positions in all rooms: for each a full stop, a tag of six characters that stands for the room, and the
number of its last event in hexadecimal digits: `.q0Zr9x2f.Xk3_aB1`.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

TAG = 6  # characters of base64url
# Twice as many as a stream has rooms: those of services that do not answer are carried on.
FORM = r"(\.[A-Za-z0-9_-]{6}[0-9a-f]{1,15}){1,202}"
ENTRY = re.compile(r"\.(.{6})([0-9a-f]+)")
MOST = 202
# No room has come so far: a reader with this position is told to read the room again.
UNKNOWN = 16**15 - 1

Known = Mapping[str, int]
"""Positions as a client has sent them, by tag."""


def read(event_id: str) -> Known | None:
    """The positions in an id; None if it is none of several rooms."""
    if not re.fullmatch(FORM, event_id):
        return None
    known: dict[str, int] = {}
    for tag, digits in ENTRY.findall(event_id):
        # Two rooms of one stream may have one tag, though hardly ever.
        known[tag] = UNKNOWN if tag in known else int(digits, 16)
    return known


@lru_cache(16_384)
def tag_of(room: str) -> str:
    """What stands for the room in an id."""
    digest = hashlib.sha256(room.encode()).digest()
    return base64.urlsafe_b64encode(digest)[:TAG].decode()


class Positions:
    """The positions of one reader."""

    def __init__(self, seqs: Mapping[str, int]) -> None:
        """`seqs` are the numbers of the last events that the reader has seen, by room."""
        self._entries: dict[str, bytes] = {}
        for room, seq in seqs.items():
            self.note(room, seq)

    def carry(self, known: Known, rooms: Iterable[str]) -> None:
        """Keep the positions in other rooms than these, which the reader may come back to."""
        for tag in known.keys() - {tag_of(room) for room in rooms}:
            if len(self._entries) < MOST:
                self._entries[tag] = _entry(tag, known[tag])

    def note(self, room: str, seq: int) -> None:
        """The reader has come this far."""
        self._entries[room] = _entry(tag_of(room), seq)

    def forget(self, room: str) -> None:
        """The reader has left the room."""
        self._entries.pop(room, None)

    @property
    def event_id(self) -> bytes:
        """The id of an event after which the reader is here."""
        return b"".join(self._entries.values())


def _entry(tag: str, seq: int) -> bytes:
    return f".{tag}{seq:x}".encode()
