"""Live events in the format of Server-Sent Events (https://html.spec.whatwg.org/#server-sent-events)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson

from gateway.edge.positions import Positions
from gateway.people import Known, fill, holders_in
from gateway.routes import PEOPLE

Event = dict[str, Any]
# What events say to the gateway alone.
INTERNAL = frozenset(("members_changed", "taken_back"))


class Reader(Protocol):
    """Who an event is shown to."""

    blocked: set[str]
    """The ids of the people whose words the reader does not want to see."""
    positions: Positions | None
    """How far the reader has come in each of several rooms; None if they read one."""


class Telling:
    """An event of a room as its readers are shown it: what many are sent is written once."""

    def __init__(self, room: str, seq: int, type_: str, shown: Mapping[str, Any]) -> None:
        self._room, self._seq = room, seq
        self._type = type_.encode()
        self._shown = shown
        # Only words can be folded, and those say so themselves.
        data = shown.get("data") or {}
        self._author = data.get("user_id") if "folded" in data else None
        self._written: dict[tuple[bool, bool], bytes] = {}

    def frame_for(self, reader: Reader) -> bytes:
        """The event as this reader is sent it; folded, if they block the people who wrote its words."""
        folded = bool(reader.blocked) and self._author in reader.blocked
        if reader.positions is None:
            return self._lines(folded=folded, among_several=False)
        reader.positions.note(self._room, self._seq)
        lines = self._lines(folded=folded, among_several=True)
        return b"id: %b\n%b" % (reader.positions.event_id, lines)

    def _lines(self, *, folded: bool, among_several: bool) -> bytes:
        """The event, with its id if that is the same for all readers."""
        form = folded, among_several
        if form not in self._written:
            self._written[form] = self._write(folded=folded, among_several=among_several)
        return self._written[form]

    def _write(self, *, folded: bool, among_several: bool) -> bytes:
        shown = dict(self._shown)
        if folded:
            shown["data"] = {**shown["data"], "folded": True}
        if among_several:
            shown["room"] = self._room
        lines = b"event: %b\ndata: %b\n\n" % (self._type, orjson.dumps(shown))
        return lines if among_several else b"id: %d\n%b" % (self._seq, lines)


def telling_of(room: str, event: Event, known: Known) -> Telling:
    """The event of the room, with the names of people next to their ids."""
    shown = {name: value for name, value in event.items() if name not in INTERNAL}
    fill(holders_in(shown.get("data"), PEOPLE), known)
    return Telling(room, event["seq"], event["type"], shown)


def reset(room: str, seq: int) -> Telling:
    """The event that tells a client to read the room again."""
    return Telling(room, seq, "reset", {"seq": seq})


def taken_back(events: Iterable[Event]) -> frozenset[int]:
    """The numbers of events that are missing because these say so: what they told was deleted."""
    return frozenset(seq for event in events for seq in event.get("taken_back", ()))


def opening(positions: Positions, rooms: Sequence[str], degraded: Sequence[str]) -> bytes:
    """The first event of a stream of several rooms: which these are, and the services that did not answer."""
    told = {"rooms": rooms, **({"degraded": degraded} if degraded else {})}
    return b"id: %b\nevent: rooms\ndata: %b\n\n" % (positions.event_id, orjson.dumps(told))


def room_ending(positions: Positions, room: str, reason: str) -> bytes:
    """The last event of one room, on a stream of several."""
    told = orjson.dumps({"room": room, "reason": reason})
    return b"id: %b\nevent: room_end\ndata: %b\n\n" % (positions.event_id, told)


def ending(reason: str) -> bytes:
    """The last event of a stream."""
    return b'event: end\ndata: {"reason":"%b"}\n\n' % reason.encode()


def people_in(event: Event) -> list[str]:
    """The ids of the people whose names the event is shown with."""
    holders = holders_in(event.get("data"), PEOPLE)
    return [user_id for _, _, user_ids in holders for user_id in user_ids]
