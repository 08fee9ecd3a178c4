"""Streams of Server-Sent Events: what happens in a room, to whoever its owner allows to watch."""

import http
import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import redis
from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Caller
from chassis.errors import FieldError, Invalid, Problem, TooManyRequests, Unauthorized, Unavailable
from gateway.auth import Gatekeeper
from gateway.errors import BadGateway
from gateway.live import Hub
from gateway.readers import Watcher
from gateway.routes import LIVE, Access, LiveRoute
from gateway.tickets import LIFETIME, TicketOffice
from gateway.upstream import Upstream

MOST_PER_PERSON = 10
DEADLINE = 1.1  # seconds for the owner of a room to say who may watch
# No longer than what fits the 64 bits that Redis has for it.
NUMBER = re.compile(r"[0-9]{1,18}")
PARAMETERS = {"ticket", "last_event_id"}
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
class Doorkeeper:
    """Asks the service that owns a room whether somebody may watch it."""

    identity: ServiceIdentity
    internal: Mapping[str, Upstream]

    def ask(self, route: LiveRoute, room_id: str, caller: Caller) -> tuple[str, int]:
        """The room's name and the number of its last event; `Refused` with the owner's own words."""
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
        """Whether watching is still allowed; a service that cannot be asked has not forbidden it."""
        try:
            self.ask(route, room_id, caller)
        except Refused:
            return False
        except Problem:
            return True
        return True


def install(
    app: Flask, hub: Hub, gatekeeper: Gatekeeper, doorkeeper: Doorkeeper, tickets: TicketOffice
) -> None:
    """Serve the streams of all kinds of rooms, and tickets to them."""

    @app.post("/api/events/tickets")
    def issue_ticket() -> ResponseReturnValue:
        caller = gatekeeper.admit(Access.SIGNED_IN, request.headers)
        assert caller is not None  # noqa: S101  # SIGNED_IN admits nobody else
        return jsonify(
            ticket=tickets.issue(caller.token), expires_in=LIFETIME
        ), http.HTTPStatus.CREATED

    def stream(route: LiveRoute, room_id: str | None = None) -> ResponseReturnValue:
        # Before the ticket is looked at, which is spent by that.
        check_query()
        resumed_from = last_event_id()
        caller = g.caller = spectator(gatekeeper, tickets)
        room_id = room_id or str(caller.id)
        if hub.watching(caller.id) >= MOST_PER_PERSON:
            raise TooManyStreams(f"at most {MOST_PER_PERSON} at a time", retry_after=5)
        try:
            name, seq = doorkeeper.ask(route, room_id, caller)
        except Refused as refusal:
            return refusal.response
        watcher = Watcher(
            caller.id,
            caller.session_id,
            caller.expires_at,
            partial(doorkeeper.allows, route, room_id, caller),
            hang_up_on(request.environ.get("gunicorn.socket")),
        )
        try:
            opened = hub.watch(name, seq, resumed_from, watcher)
        except redis.RedisError:
            raise Unavailable("live events are not available just now") from None
        response = Response(opened.frames(), mimetype="text/event-stream")
        # Not the end of the frames, which nobody reads in answer to HEAD, or when the reader is
        # gone already.
        response.call_on_close(partial(hub.leave, name, opened))
        # nginx would collect events until its buffer is full.
        response.headers["X-Accel-Buffering"] = "no"
        return response

    for route in LIVE:
        app.add_url_rule(
            route.path, f"stream_{route.kind}", partial(stream, route), methods=["GET"]
        )


def spectator(gatekeeper: Gatekeeper, tickets: TicketOffice) -> Caller:
    """Whoever sent a token, or a ticket that stands for one."""
    headers: Headers = request.headers
    if ticket := request.args.get("ticket"):
        headers = Headers({"Authorization": f"Bearer {tickets.redeem(ticket)}"})
    # A ticket's token is verified like any: its session may have ended since.
    caller = gatekeeper.admit(Access.SIGNED_IN, headers)
    if caller is None:
        raise Unauthorized
    return caller


def check_query() -> None:
    unknown: list[FieldError] = [
        {"pointer": f"?{name}", "detail": "Unknown parameter."}
        for name in request.args
        if name not in PARAMETERS
    ]
    if unknown:
        raise Invalid(errors=unknown)


def last_event_id() -> int | None:
    """Where the reader wants to go on: the header that EventSource sends, or the parameter of the
    same meaning.
    """
    given = request.headers.get("Last-Event-ID") or request.args.get("last_event_id")
    if given is None:
        return None
    if not NUMBER.fullmatch(given):
        raise Invalid(errors=[{"pointer": "?last_event_id", "detail": "Not the id of an event."}])
    return int(given)


def hang_up_on(client: socket.socket | None) -> Callable[[], None]:
    """How to end a connection whose reader does not read: its writer is waiting and would not hear
    of it otherwise.
    """

    def hang_up() -> None:
        if client:
            client.shutdown(socket.SHUT_RDWR)

    return hang_up
