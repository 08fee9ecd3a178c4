"""Rooms, in which people watch live events: who may watch, and what the events hold.

The gateway asks the service that owns a room whether a person may watch it, on behalf of that person.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask, Response, jsonify
from marshmallow import fields, post_dump

from chassis.auth.authorization import caller, on_behalf
from chassis.auth.tokens import Caller
from chassis.data.reading import only_reads
from chassis.errors import NotFound
from chassis.web.fields import Answer

# Of the data of one event, as JSON. Streams are held in memory, and every watcher is sent each event.
MOST_BYTES = 4096

MayWatch = Callable[[Caller, str], int]
"""The number of the last event of the room with this id; a `Problem` if the caller may not watch it."""
BlockedBy = Callable[[Caller], Collection[UUID]]
"""The people whose words the caller does not want to see."""


@dataclass(frozen=True)
class Room:
    """One kind of room. `events` are the schemas of the data of its events, by the type of the event.

    An event whose data has `folded` is shown folded to those who block the person in its `user_id`.
    """

    may_watch: MayWatch
    events: Mapping[str, type[Answer]]
    blocked_by: BlockedBy = lambda _: ()


class Abridged(Answer):
    """The data of a live event that leaves its long fields out if it would be too large with them.

    `long` names these fields, which are null then; `address` says where the whole is read.
    """

    long: ClassVar[tuple[str, ...]]

    path = fields.String(
        metadata={
            "description": "Only of an event that would be too large: its long fields are null, and are "
            "read at this address."
        }
    )

    def address(self, resource: Any) -> str:
        """Where the API has the whole of what the event is about."""
        raise NotImplementedError

    @post_dump(pass_original=True)
    def _abridge(self, whole: dict[str, Any], resource: Any, **_: Any) -> dict[str, Any]:
        if len(json.dumps(whole, ensure_ascii=False).encode()) <= MOST_BYTES:
            return whole
        return {**whole, **dict.fromkeys(self.long), "path": self.address(resource)}


def install(app: Flask, rooms: Mapping[str, Room]) -> None:
    """Answer `/internal/rooms/<kind>/<id>` for the kinds of rooms this service owns."""
    app.extensions["live_events"] = {kind: _schemas(room) for kind, room in rooms.items()}

    @app.get("/internal/rooms/<kind>/<room_id>")
    @on_behalf
    @only_reads()
    def room(kind: str, room_id: str) -> Response:
        if kind not in rooms:
            raise NotFound
        seq, blocked = rooms[kind].may_watch(caller(), room_id), rooms[kind].blocked_by(caller())
        return jsonify(room=f"{kind}:{room_id}", seq=seq, blocked=[str(each) for each in blocked])


def _schemas(room: Room) -> dict[str, Answer]:
    return {type_: schema() for type_, schema in room.events.items()}
