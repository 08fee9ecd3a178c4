"""Streams of Server-Sent Events: the live events of a room, for people that its owner allows to watch."""

import http
import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import redis
from flask import Response, current_app, g, request
from marshmallow import fields, validate
from werkzeug.datastructures import Headers

from chassis.auth.authorization import caller, guarded_by, signed_in
from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Caller
from chassis.errors import Invalid, Problem, TooManyRequests, Unauthorized, Unavailable
from chassis.web.fields import Answer, Query
from chassis.web.openapi import documented
from chassis.web.rest import Blueprint
from gateway.auth import Gatekeeper
from gateway.errors import BadGateway, GatewayTimeout
from gateway.examples import EVENTS
from gateway.live import RoomHub
from gateway.readers import Watcher
from gateway.routes import LIVE, Access, LiveRoute
from gateway.tickets import LIFETIME, StreamTickets
from gateway.upstream import Upstream

MOST_PER_PERSON = 10
DEADLINE = 1.1  # seconds for the owner of a room to say who may watch
# As many digits as surely fit the 64 bits that Redis has for a number.
NUMBER = re.compile(r"\A[0-9]{1,18}\Z")
RESUMING = (
    "Server-Sent Events. Each has an `id` that grows by one. A client that comes back with the last id it "
    "saw, in `Last-Event-ID` or `last_event_id`, misses none of the last thousand events. `event: reset` "
    "means that events after that id are gone: read the room again. `event: end` says why the stream ends. "
    "A comment comes every 15 seconds."
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


class TooManyStreams(TooManyRequests):
    """You have too many streams open."""

    code = "too_many_streams"


class Refused(Problem):
    """The owner of the room does not allow it."""

    code = "refused"

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__()
        self.response = Response(body, status, content_type="application/problem+json")


@dataclass(frozen=True)
class RoomAuthorizer:
    """Asks the service that owns a room whether a person may watch it."""

    identity: ServiceIdentity
    internal: Mapping[str, Upstream]

    def ask(self, route: LiveRoute, room_id: str, caller: Caller) -> tuple[str, int]:
        """The room's name and the number of its last event; `Refused` with the owner's own problem."""
        headers = {
            "Authorization": f"Bearer {self.identity.token_for(route.service)}",
            "Subject-Token": caller.token,
        }
        target = f"/internal/rooms/{route.kind}/{room_id}"
        answer = self.internal[route.service].ask("GET", target, headers, deadline=DEADLINE)
        if answer.status in REFUSALS:
            raise Refused(answer.status, answer.body)
        if answer.status != http.HTTPStatus.OK:
            raise BadGateway(f"{route.service} answered {answer.status}")
        try:
            room = json.loads(answer.body)
            return str(room["room"]), int(room["seq"])
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
    """What streams are opened with."""

    hub: RoomHub
    gatekeeper: Gatekeeper
    authorizer: RoomAuthorizer
    tickets: StreamTickets

    def caller(self, ticket: str | None) -> Caller:
        """The person who sent a token, or a ticket that stands for one."""
        headers: Headers = request.headers
        if ticket:
            headers = Headers({"Authorization": f"Bearer {self.tickets.redeem(ticket)}"})
        # The token of a ticket is verified like any other: its session may have ended since.
        caller = self.gatekeeper.admit(Access.SIGNED_IN, headers)
        if caller is None:
            raise Unauthorized
        return caller

    def open(
        self, route: LiveRoute, room_id: str, caller: Caller, resumed_from: int | None
    ) -> Response:
        """The stream of the room, after an event that the client has seen."""
        if self.hub.watching(caller.id) >= MOST_PER_PERSON:
            raise TooManyStreams(f"at most {MOST_PER_PERSON} at a time", retry_after=5)
        try:
            name, seq = self.authorizer.ask(route, room_id, caller)
        except Refused as refusal:
            return refusal.response
        watcher = Watcher(
            caller.id,
            caller.session_id,
            caller.expires_at,
            partial(self.authorizer.allows, route, room_id, caller),
            hang_up_on(request.environ.get("gunicorn.socket")),
        )
        try:
            opened = self.hub.watch(name, seq, resumed_from, watcher)
        except redis.RedisError:
            raise Unavailable("live events are not available just now") from None
        response = Response(opened.frames(), mimetype="text/event-stream")
        # The end of the frames would be too late: no one reads them after HEAD, or when the reader has left.
        response.call_on_close(partial(self.hub.leave, name, opened))
        # nginx would collect events until its buffer is full.
        response.headers["X-Accel-Buffering"] = "no"
        return response


@blueprint.post("/api/events/tickets", "create_stream_ticket")
@signed_in
@blueprint.response(201, StreamTicket)
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


def hang_up_on(client: socket.socket | None) -> Callable[[], None]:
    """How to close a connection whose reader does not read. Its writer waits, and would not notice."""

    def hang_up() -> None:
        if client:
            client.shutdown(socket.SHUT_RDWR)

    return hang_up
