"""Rooms, in which people watch live events: who may watch, and what the events hold.

The gateway asks the service that owns a room whether a person may watch it, on behalf of that person.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask, Response, jsonify, request
from marshmallow import fields, post_dump

from chassis.auth.authorization import caller, on_behalf
from chassis.auth.tokens import Caller
from chassis.data.reading import only_reads
from chassis.errors import Malformed, NotFound, Problem
from chassis.web.fields import Answer

# Of the data of one event, as JSON. Streams are held in memory, and every watcher is sent each event.
MOST_BYTES = 4096
MOST_ROOMS = 100  # that one stream carries, next to the room of its person

MayWatch = Callable[[Caller, str], int]
"""The number of the last event of the room with this id; a `Problem` if the caller may not watch it."""
MayWatchOf = Callable[[Caller, Collection[str]], Mapping[str, int]]
"""The same of several rooms at once: those of these ids that the caller may watch."""
RoomsOf = Callable[[Caller, int], Mapping[str, int]]
"""The same of the rooms of a person, not more than so many: what they take part in now or soon."""
BlockedBy = Callable[[Caller], Collection[UUID]]
"""The people whose words the caller does not want to see."""


@dataclass(frozen=True)
class Room:
    """One kind of room. `events` are the schemas of the data of its events, by the type of the event.

    An event whose data has `folded` is shown folded to those who block the person in its `user_id`.
    """

    may_watch: MayWatch
    events: Mapping[str, type[Answer]]
    may_watch_of: MayWatchOf
    rooms_of: RoomsOf
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
    """Answer whether a person may watch rooms of this service: one, several, or all that are theirs."""
    app.extensions["live_events"] = {kind: _schemas(room) for kind, room in rooms.items()}

    @app.get("/internal/rooms/<kind>/<room_id>")
    @on_behalf
    @only_reads()
    def room(kind: str, room_id: str) -> Response:
        if kind not in rooms:
            raise NotFound
        seq = rooms[kind].may_watch(caller(), room_id)
        return jsonify(room=f"{kind}:{room_id}", seq=seq, blocked=_blocked_in([rooms[kind]]))

    @app.get("/internal/rooms")
    @on_behalf
    @only_reads()
    def rooms_named() -> Response:
        seqs: dict[str, int] = {}
        named = _named(request.args.get("rooms", ""), rooms)
        for kind, room_ids in named.items():
            seqs |= _seqs(kind, rooms[kind], room_ids)
        return _told(seqs, [rooms[kind] for kind in named])

    @app.get("/internal/rooms/mine")
    @on_behalf
    @only_reads()
    def rooms_of_person() -> Response:
        seqs: dict[str, int] = {}
        for kind, room in rooms.items():
            # One more than a stream carries, to see that there are more.
            found = room.rooms_of(caller(), MOST_ROOMS + 1 - len(seqs))
            seqs |= {f"{kind}:{room_id}": seq for room_id, seq in found.items()}
        return _told(seqs, rooms.values())


def _named(text: str, rooms: Mapping[str, Room]) -> Mapping[str, list[str]]:
    """The ids in a list such as `hall:1,hall:2`, by the kind of the room."""
    names = text.split(",", MOST_ROOMS)
    if len(names) > MOST_ROOMS:
        raise Malformed(f"more than {MOST_ROOMS} rooms")
    named: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        kind, _, room_id = name.partition(":")
        if kind not in rooms:
            raise NotFound(room=name)
        named[kind].append(room_id)
    return named


def _seqs(kind: str, room: Room, room_ids: Collection[str]) -> Mapping[str, int]:
    """The numbers of the last events of these rooms; a `Problem` that names the first that is refused."""
    allowed = room.may_watch_of(caller(), room_ids)
    seqs: dict[str, int] = {}
    for room_id in room_ids:
        seq = allowed.get(room_id)
        seqs[f"{kind}:{room_id}"] = _asked_alone(kind, room, room_id) if seq is None else seq
    return seqs


def _asked_alone(kind: str, room: Room, room_id: str) -> int:
    """Of a room that was not among the allowed ones: its owner says why."""
    try:
        return room.may_watch(caller(), room_id)
    except Problem as problem:
        problem.extra["room"] = f"{kind}:{room_id}"
        raise


def _told(seqs: Mapping[str, int], kinds: Iterable[Room]) -> Response:
    told = [{"room": name, "seq": seq} for name, seq in seqs.items()]
    return jsonify(rooms=told, blocked=_blocked_in(kinds))


def _blocked_in(kinds: Iterable[Room]) -> list[str]:
    """The people whose words are folded for the caller."""
    return [str(each) for room in kinds for each in room.blocked_by(caller())]


def _schemas(room: Room) -> dict[str, Answer]:
    return {type_: schema() for type_, schema in room.events.items()}
