"""Streams of Server-Sent Events: the live events of rooms, for people that their owners allow to watch."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, current_app, g, request
from marshmallow import fields

from chassis.auth.authorization import caller, guarded_by, signed_in
from chassis.auth.tokens import Caller
from chassis.errors import Forbidden, NotFound, Problem
from chassis.web.fields import Answer, Query
from chassis.web.openapi import documented
from chassis.web.rest import Blueprint
from gateway.aggregation import passed_on
from gateway.edge import positions
from gateway.edge.callers import Callers
from gateway.edge.places import Places
from gateway.edge.positions import Positions, tag_of
from gateway.edge.rooms import RoomHub
from gateway.edge.streams import Order, Several, Watcher
from gateway.edge.views import ORDER
from gateway.edge.watched_rooms import Visit
from gateway.errors import BadGateway, GatewayTimeout, TooManyRooms, TooManyStreams
from gateway.examples import EVENTS
from gateway.routes import LIVE, LIVE_BY_KIND, USER, LiveRoute
from gateway.stream_queries import (
    MINE,
    NUMBER,
    PersonalStreamQuery,
    StreamQuery,
    Wanted,
    last_event_id,
    last_positions,
)
from gateway.tickets import LIFETIME, StreamTickets
from gateway.watching import Refused, RoomAuthorizer

RESUMING = (
    "Server-Sent Events. Each has an `id`, and ids grow. A client that comes back with the last id it "
    "saw, in `Last-Event-ID` or `last_event_id`, misses none of the last events, of which some thousand "
    "are kept. Events about a message that was deleted since are left out; that it was deleted is an event. "
    "`event: reset` means that events after that id are gone: read the room again. `event: end` "
    "says why the stream ends. A comment comes every 15 seconds."
)
TOGETHER = (
    "With `rooms` the same connection carries more rooms of the person. Each event says in `room` which one "
    "it is of, and its `id` has the place in all of them: after a break each goes on where it was, and one "
    "that is new begins now. The first event is `event: rooms`: it names the rooms in `rooms` and in "
    "`degraded` the services that did not answer, whose rooms are missing until the client comes back. "
    "`event: room_end` is the last of a room that the person may not watch any longer; the others go on. "
    "`mine` are study sessions that are not over, havrutas, sessions of havrutas that go on or begin within "
    "a day, and open whiteboards of lessons that do. Rooms that come to it later are in the next stream."
)


def seen_before(pattern: str) -> dict[str, Any]:
    """The header in which a client says which event it has seen last."""
    return {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The last event that was seen.",
        "schema": {"type": "string", "pattern": f"^{pattern}$"},
        "example": "17",
    }


blueprint = Blueprint("streams")


class StreamTicket(Answer):
    ticket = fields.String(
        required=True, metadata={"example": "Vb1nJ0y6mXcQ2sTzR8kWd5hLfPgA9eUoRiK4tM7qYwE"}
    )
    expires_in = fields.Integer(
        required=True, metadata={"description": "In seconds.", "example": LIFETIME}
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

    def open(self, room: str, caller: Caller, resumed_from: int | None) -> Response:
        """The answer that the stream of a room follows, from after an event that the client has seen."""
        path = LIVE_BY_KIND[room.partition(":")[0]].path

        def ordered(watcher: Watcher) -> Order:
            allowed = self.authorizer.ask(room, caller)
            visits = [Visit(name, seq, resumed_from) for name, seq in allowed.seqs.items()]
            return Order(self.hub, self.places, watcher, visits, allowed.blocked, path)

        return self._open(caller, ordered)

    def open_several(self, wanted: Wanted, caller: Caller, known: positions.Known) -> Response:
        """The same of the person's own room and others, from after the places that the client has seen."""
        path = LIVE_BY_KIND["user"].path

        def ordered(watcher: Watcher) -> Order:
            if wanted == MINE:
                allowed = self.authorizer.ask_for_own(caller)
            else:
                allowed = self.authorizer.ask_all([f"user:{caller.id}", *(wanted or ())], caller)
            visits = [
                Visit(name, seq, known.get(tag_of(name))) for name, seq in allowed.seqs.items()
            ]
            places = Positions({name: known.get(tag_of(name), seq) for name, seq, _ in visits})
            if allowed.degraded:
                places.carry(known, allowed.seqs)
            several = Several(places, allowed.degraded)
            return Order(self.hub, self.places, watcher, visits, allowed.blocked, path, several)

        return self._open(caller, ordered)

    def _open(self, caller: Caller, ordered: Callable[[Watcher], Order]) -> Response:
        response = Response(mimetype="text/event-stream")
        # nginx would collect events until its buffer is full.
        response.headers["X-Accel-Buffering"] = "no"
        self.places.take(caller.id)
        try:
            order = ordered(Watcher(caller, partial(self.authorizer.allows, caller=caller)))
        except Refused as refusal:
            self.places.give_back(caller.id)
            return passed_on(refusal.answer, refusal.service)
        except BaseException:
            self.places.give_back(caller.id)
            raise
        if request.method == "HEAD":
            self.places.give_back(caller.id)
            return response
        request.environ[ORDER] = order
        return response


@blueprint.post("/api/events/tickets", "create_stream_ticket")
@signed_in
@blueprint.response(201, StreamTicket, addressed=False)
def create_stream_ticket() -> dict[str, object]:
    """Create a ticket that opens one stream without a token, once, within half a minute."""
    return {"ticket": streams().tickets.issue(caller().token), "expires_in": LIFETIME}


def stream_of(
    route: LiveRoute,
    words: str,
    query_schema: type[Query] = StreamQuery,
    pattern: str = NUMBER,
    problems: tuple[type[Problem], ...] = (),
) -> None:
    """Serve the streams of one kind of room."""

    @blueprint.arguments(query_schema, location="query")
    @blueprint.response(200, {"type": "string"}, content_type="text/event-stream", example=EVENTS)
    @blueprint.raises(TooManyStreams, BadGateway, GatewayTimeout, *problems)
    def stream(query: dict[str, Any], room_id: object = None) -> Response:
        # The query is checked before its ticket, which can be redeemed only once.
        if wanted := query.get("rooms"):
            known = last_positions(query["last_event_id"])
            caller = g.caller = streams().caller(query["ticket"])
            return streams().open_several(wanted, caller, known)
        resumed_from = last_event_id(query["last_event_id"])
        caller = g.caller = streams().caller(query["ticket"])
        return streams().open(f"{route.kind}:{room_id or caller.id}", caller, resumed_from)

    stream.__name__ = f"stream_{route.kind.replace('-', '_')}_events"
    stream.__doc__ = words
    documented(stream, parameters=[seen_before(pattern)])
    # The view itself finds the caller, by token or by ticket.
    blueprint.get(route.path, stream.__name__)(guarded_by(stream, "optional", lambda: None))


for live_route in LIVE:
    if live_route.service == USER:
        stream_of(
            live_route,
            f"Stream your notifications, and what happens in your rooms.\n\n{RESUMING}\n\n{TOGETHER}",
            PersonalStreamQuery,
            f"({NUMBER}|{positions.FORM})",
            (TooManyRooms, Forbidden, NotFound),
        )
    else:
        room = live_route.kind.replace("-", " ")
        stream_of(live_route, f"Stream what happens in the room of a {room}.\n\n{RESUMING}")


def streams() -> Streams:
    """The streams of the present application."""
    found: Streams = current_app.extensions["streams"]
    return found
