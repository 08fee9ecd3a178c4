"""Streams of Server-Sent Events: the live events of a room, for people that its owner allows to watch."""

import http
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import orjson
from flask import Response, current_app, g, request
from marshmallow import fields, validate

from chassis.auth.authorization import caller, guarded_by, signed_in
from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Caller
from chassis.errors import Invalid, Problem
from chassis.web.fields import Answer, Query
from chassis.web.openapi import documented
from chassis.web.rest import Blueprint
from gateway.aggregation import passed_on
from gateway.edge.callers import Callers
from gateway.edge.rooms import RoomHub
from gateway.edge.streams import Order, Places, Watcher
from gateway.edge.views import ORDER
from gateway.errors import BadGateway, GatewayTimeout, TooManyStreams
from gateway.examples import EVENTS
from gateway.routes import LIVE, LiveRoute
from gateway.tickets import LIFETIME, StreamTickets
from gateway.upstream import Answer as ServiceAnswer
from gateway.upstream import Upstream, ask

DEADLINE = 1.1  # seconds for the owner of a room to say who may watch
# As many digits as surely fit the 64 bits that Redis has for a number.
NUMBER = re.compile(r"\A[0-9]{1,18}\Z")
RESUMING = (
    "Server-Sent Events. Each has an `id`, and ids grow. A client that comes back with the last id it "
    "saw, in `Last-Event-ID` or `last_event_id`, misses none of the last events, of which some thousand "
    "are kept. Events about a message that was deleted since are left out; that it was deleted is an event. "
    "`event: reset` means that events after that id are gone: read the room again. `event: end` "
    "says why the stream ends. A comment comes every 15 seconds."
)
LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The last event that was seen.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
    "example": "17",
}
blueprint = Blueprint("streams")

REFUSALS = {http.HTTPStatus.FORBIDDEN, http.HTTPStatus.NOT_FOUND}


class Refused(Problem):
    """The owner of the room does not allow it."""

    code = "refused"

    def __init__(self, answer: ServiceAnswer, service: str) -> None:
        super().__init__()
        self.answer, self.service = answer, service


class AllowedRoom(NamedTuple):
    """A room that a person may watch, the number of its last event, and the people whom they block."""

    name: str
    seq: int
    blocked: Sequence[str]


@dataclass(frozen=True)
class RoomAuthorizer:
    """Asks the service that owns a room whether a person may watch it."""

    identity: ServiceIdentity
    internal: Mapping[str, Upstream]

    def ask(self, route: LiveRoute, room_id: str, caller: Caller) -> AllowedRoom:
        """The room, if the person may watch it; else `Refused` with the owner's own problem."""
        question = self.internal[route.service].question(
            f"/internal/rooms/{route.kind}/{room_id}",
            self.identity.token_for(route.service),
            caller.token,
            deadline=DEADLINE,
        )
        ask(question)
        answer = question.result()
        if answer.status in REFUSALS:
            raise Refused(answer, route.service)
        if answer.status != http.HTTPStatus.OK:
            raise BadGateway(f"{route.service} answered {answer.status}")
        try:
            room = orjson.loads(answer.body)
            return AllowedRoom(str(room["room"]), int(room["seq"]), list(room.get("blocked", ())))
        except (ValueError, KeyError, TypeError):
            raise BadGateway(f"{route.service} answered with something else") from None

    def allows(self, route: LiveRoute, room_id: str, caller: Caller) -> bool:
        """Whether watching is still allowed. It is while the owner cannot be asked."""
        try:
            self.ask(route, room_id, caller)
        except Refused:
            return False
        except Problem:
            return True
        return True


class StreamTicket(Answer):
    ticket = fields.String(
        required=True, metadata={"example": "Vb1nJ0y6mXcQ2sTzR8kWd5hLfPgA9eUoRiK4tM7qYwE"}
    )
    expires_in = fields.Integer(
        required=True, metadata={"description": "In seconds.", "example": LIFETIME}
    )


class StreamQuery(Query):
    last_event_id = fields.String(
        load_default=None,
        validate=validate.Regexp(NUMBER, error="Not the id of an event."),
        metadata={
            "description": "The last event that was seen, where no header can be sent.",
            "pattern": "^[0-9]{1,18}$",
            "example": "17",
        },
    )
    ticket = fields.String(
        load_default=None,
        metadata={
            "description": "Instead of a token; good for one stream.",
            "example": "Vb1nJ0y6mXcQ2sTzR8kWd5hLfPgA9eUoRiK4tM7qYwE",
        },
    )


@dataclass(frozen=True)
class Streams:
    """What streams are opened with. A view decides who may watch; the edge then writes the events."""

    hub: RoomHub
    places: Places
    callers: Callers
    authorizer: RoomAuthorizer
    tickets: StreamTickets

    def caller(self, ticket: str | None) -> Caller:
        """The person who sent a token, or a ticket that stands for one."""
        if ticket:
            # The token of a ticket is verified like any other: its session may have ended since.
            return self.callers.verify(self.tickets.redeem(ticket))
        found: Caller = current_app.extensions["verifier"].verify("")
        return found

    def open(
        self, route: LiveRoute, room_id: str, caller: Caller, resumed_from: int | None
    ) -> Response:
        """The answer that the stream of the room follows, from after an event that the client has seen."""
        response = Response(mimetype="text/event-stream")
        # nginx would collect events until its buffer is full.
        response.headers["X-Accel-Buffering"] = "no"
        self.places.take(caller.id)
        try:
            room = self.authorizer.ask(route, room_id, caller)
        except Refused as refusal:
            self.places.give_back(caller.id)
            return passed_on(refusal.answer, refusal.service)
        except BaseException:
            self.places.give_back(caller.id)
            raise
        if request.method == "HEAD":
            self.places.give_back(caller.id)
            return response
        still = partial(self.authorizer.allows, route, room_id, caller)
        request.environ[ORDER] = Order(
            self.hub,
            self.places,
            Watcher(caller, still),
            room.name,
            room.seq,
            resumed_from,
            room.blocked,
        )
        return response


@blueprint.post("/api/events/tickets", "create_stream_ticket")
@signed_in
@blueprint.response(201, StreamTicket, addressed=False)
def create_stream_ticket() -> dict[str, object]:
    """Create a ticket that opens one stream without a token, once, within half a minute."""
    return {"ticket": streams().tickets.issue(caller().token), "expires_in": LIFETIME}


def stream_of(route: LiveRoute) -> None:
    """Serve the streams of one kind of room."""

    @blueprint.arguments(StreamQuery, location="query")
    @blueprint.response(200, {"type": "string"}, content_type="text/event-stream", example=EVENTS)
    @blueprint.raises(TooManyStreams, BadGateway, GatewayTimeout)
    def stream(query: dict[str, str | None], room_id: object = None) -> Response:
        # The query is checked before its ticket, which can be redeemed only once.
        resumed_from = last_event_id(query["last_event_id"])
        caller = g.caller = streams().caller(query["ticket"])
        return streams().open(route, str(room_id or caller.id), caller, resumed_from)

    room = route.kind.replace("-", " ")
    stream.__name__ = f"stream_{route.kind.replace('-', '_')}_events"
    stream.__doc__ = f"Stream what happens in the room of a {room}.\n\n{RESUMING}"
    documented(stream, parameters=[LAST_EVENT_ID])
    # The view itself finds the caller, by token or by ticket.
    blueprint.get(route.path, stream.__name__)(guarded_by(stream, "optional", lambda: None))


for live_route in LIVE:
    stream_of(live_route)


def streams() -> Streams:
    """The streams of the present application."""
    found: Streams = current_app.extensions["streams"]
    return found


def last_event_id(parameter: str | None) -> int | None:
    """The event after which the client resumes: from the header that EventSource sends, or the parameter."""
    given = request.headers.get("Last-Event-ID") or parameter
    if given is None:
        return None
    if not NUMBER.fullmatch(given):
        raise Invalid(errors=[{"pointer": "?last_event_id", "detail": "Not the id of an event."}])
    return int(given)
