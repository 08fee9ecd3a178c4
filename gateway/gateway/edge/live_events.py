"""Live events in the format of Server-Sent Events (https://html.spec.whatwg.org/#server-sent-events)."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson

from gateway.people import Known, fill, holders_in
from gateway.routes import PEOPLE

Event = dict[str, Any]
# What events say to the gateway alone.
INTERNAL = frozenset(("members_changed", "taken_back"))


def frame_of(event: Event, known: Known, *, folded: bool = False) -> bytes:
    """The event as it is sent, with the names of people next to their ids."""
    shown = {name: value for name, value in event.items() if name not in INTERNAL}
    fill(holders_in(shown.get("data"), PEOPLE), known)
    if folded:
        shown["data"] = {**shown["data"], "folded": True}
    head = b"id: %d\nevent: %b\ndata: " % (event["seq"], event["type"].encode())
    return b"%b%b\n\n" % (head, orjson.dumps(shown))


def is_folded(event: Event, blocked: Collection[str]) -> bool:
    """Whether the event is shown folded to a reader who blocks these people: they wrote its words."""
    if not blocked:
        return False
    # Only words can be folded, and those say so themselves.
    data = event.get("data") or {}
    return "folded" in data and data.get("user_id") in blocked


def taken_back(events: Iterable[Event]) -> frozenset[int]:
    """The numbers of events that are missing because these say so: what they told was deleted."""
    return frozenset(seq for event in events for seq in event.get("taken_back", ()))


def reset(seq: int) -> bytes:
    """The event that tells a client to read the room again."""
    return b'id: %d\nevent: reset\ndata: {"seq":%d}\n\n' % (seq, seq)


def ending(reason: str) -> bytes:
    """The last event of a stream."""
    return b'event: end\ndata: {"reason":"%b"}\n\n' % reason.encode()


def people_in(event: Event) -> list[str]:
    """The ids of the people whose names the event is shown with."""
    holders = holders_in(event.get("data"), PEOPLE)
    return [user_id for _, _, user_ids in holders for user_id in user_ids]
