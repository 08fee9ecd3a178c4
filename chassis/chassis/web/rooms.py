"""Who may watch a room: the gateway asks the service that owns it, in the name of the person who
wants to watch.
"""

from collections.abc import Callable, Mapping

from flask import Flask, Response, jsonify

from chassis.auth.authorization import caller, on_behalf
from chassis.auth.tokens import Caller
from chassis.errors import NotFound

MayWatch = Callable[[Caller, str], int]
"""The number of the last event of the room with this id; raises a `Problem` if the caller may not
watch it.
"""


def install(app: Flask, rooms: Mapping[str, MayWatch]) -> None:
    """Answer `/internal/rooms/<kind>/<id>` for the kinds of rooms this service owns."""

    @app.get("/internal/rooms/<kind>/<room_id>")
    @on_behalf
    def room(kind: str, room_id: str) -> Response:
        if kind not in rooms:
            raise NotFound
        return jsonify(room=f"{kind}:{room_id}", seq=rooms[kind](caller(), room_id))
