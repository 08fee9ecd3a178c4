"""Who may watch a room: the gateway asks the service that owns it, in the name of the person who wants to watch."""

from collections.abc import Callable, Mapping

from flask import Flask, Response, current_app, jsonify, request

from chassis.access import internal
from chassis.errors import NotFound, Unauthorized
from chassis.tokens import Caller

MayWatch = Callable[[Caller, str], int]
"""The number of the last event of the room with this id; raises a `Problem` if the caller may not watch it."""


def install(app: Flask, rooms: Mapping[str, MayWatch]) -> None:
    """Answer `/internal/rooms/<kind>/<id>` for the kinds of rooms this service owns."""

    @app.get("/internal/rooms/<kind>/<room_id>")
    @internal
    def room(kind: str, room_id: str) -> Response:
        if kind not in rooms:
            raise NotFound
        token = request.headers.get("Subject-Token")
        if not token:
            raise Unauthorized("Subject-Token is missing")
        caller: Caller = current_app.extensions["verifier"].verify(token)
        return jsonify(room=f"{kind}:{room_id}", seq=rooms[kind](caller, room_id))
