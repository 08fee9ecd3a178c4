"""What a request for a stream may say: rooms, the last event that was seen, and a ticket."""

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from marshmallow import ValidationError, fields, validate

from chassis.errors import Invalid
from chassis.web.fields import Query
from chassis.web.rooms import MOST_ROOMS
from gateway.edge import positions
from gateway.examples import HAVRUTA, SESSION
from gateway.routes import LIVE, USER

MINE = "mine"
# As many digits as surely fit the 64 bits that Redis has for a number.
NUMBER = "[0-9]{1,18}"
ROOM = "|".join(route.room_name for route in LIVE if route.service != USER)
NOT_AN_ID = "Not the id of an event."
SEEN = "The last event that was seen, where no header can be sent."
TICKET = fields.String(
    load_default=None,
    metadata={
        "description": "Instead of a token; good for one stream.",
        "example": "Vb1nJ0y6mXcQ2sTzR8kWd5hLfPgA9eUoRiK4tM7qYwE",
    },
)


class Rooms(fields.String):
    """Names of rooms, separated by commas; or `mine`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text == MINE:
            return MINE
        names = text.split(",", MOST_ROOMS)
        if len(names) > MOST_ROOMS:
            raise ValidationError(f"More than {MOST_ROOMS} rooms.")
        for number, name in enumerate(names, start=1):
            if not re.fullmatch(ROOM, name):
                raise ValidationError(f"Room {number} has no name such as whiteboard:17.")
        return tuple(dict.fromkeys(name.lower() for name in names))


class StreamQuery(Query):
    last_event_id = fields.String(
        load_default=None,
        validate=validate.Regexp(rf"\A{NUMBER}\Z", error=NOT_AN_ID),
        metadata={"description": SEEN, "pattern": f"^{NUMBER}$", "example": "17"},
    )
    ticket = TICKET


class PersonalStreamQuery(Query):
    rooms = Rooms(
        load_default=None,
        metadata={
            "description": f"Rooms to watch on the same connection, {MOST_ROOMS} at most: `mine`, or "
            f"names such as `study-session:{SESSION},havruta:{HAVRUTA},whiteboard:17`.",
            "pattern": f"^({MINE}|({ROOM})(,({ROOM})){{0,{MOST_ROOMS - 1}}})$",
            "example": MINE,
        },
    )
    last_event_id = fields.String(
        load_default=None,
        validate=validate.Regexp(rf"\A({NUMBER}|{positions.FORM})\Z", error=NOT_AN_ID),
        metadata={
            "description": f"{SEEN} With `rooms` it has the place in each of them.",
            "pattern": f"^({NUMBER}|{positions.FORM})$",
            "example": "17",
        },
    )
    ticket = TICKET


Wanted = str | Sequence[str] | None
"""`mine`, names of rooms, or nothing: the personal room alone."""


def last_event_id(parameter: str | None) -> int | None:
    """The event after which the client resumes: from the header that EventSource sends, or the parameter."""
    given = _given(parameter)
    if given is None:
        return None
    if not re.fullmatch(NUMBER, given):
        raise _not_an_id()
    return int(given)


def last_positions(parameter: str | None) -> positions.Known:
    """The same in several rooms: the event of each after which the client resumes."""
    given = _given(parameter)
    if given is None:
        return {}
    known = positions.read(given)
    if known is None:
        raise _not_an_id()
    return known


def _given(parameter: str | None) -> str | None:
    return request.headers.get("Last-Event-ID") or parameter


def _not_an_id() -> Invalid:
    return Invalid(errors=[{"pointer": "?last_event_id", "detail": NOT_AN_ID}])
