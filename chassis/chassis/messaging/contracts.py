"""What a listener reads of the events of another service, said where it is read.

It is written into the folder of that service, and held there against all that it sends: so a team sees which
programs a change would break.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from chassis.json_schema import Schema, an_object
from chassis.messaging.messages import Event

Handler = Callable[[Event], None]


def reads(
    *also: Handler, optional: Collection[str] = (), **fields: Schema
) -> Callable[[Handler], Handler]:
    """The handler reads these fields of the event's `data`, and what those read that it calls.

    It gets no others, so that a contract that says too little is noticed.
    """
    whole = an_object(optional, **fields)
    for other in also:
        whole = _together(whole, read_by(other))

    def declare(handler: Handler) -> Handler:
        handler._reads = whole  # type: ignore[attr-defined]  # a mark on the function
        return handler

    return declare


def read_by(handler: Handler) -> Schema:
    """What a handler reads of `data`; nothing, if it does not say so."""
    found: Schema = getattr(handler, "_reads", an_object())
    return found


def act(handler: Handler, event: Event) -> None:
    """Have the event handled, with what the handler reads of it."""
    known = read_by(handler)["properties"]
    data = {name: value for name, value in event.data.items() if name in known}
    handler(replace(event, data=data))


def _together(one: Schema, other: Schema) -> Schema:
    required = {*one.get("required", ()), *other.get("required", ())}
    fields = {**one["properties"], **other["properties"]}
    return an_object(fields.keys() - required, **fields)
