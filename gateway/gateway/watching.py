"""Asks the services that own rooms whether a person may watch them."""

import http
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
import structlog

from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Caller
from chassis.errors import Problem, Unavailable
from chassis.json_schema import NUMBER, TEXT, an_object, list_of
from chassis.web.rooms import MOST_ROOMS
from gateway.errors import BadGateway, TooManyRooms
from gateway.routes import LIVE, LIVE_BY_KIND
from gateway.upstream import Answer as ServiceAnswer
from gateway.upstream import Question, Upstream, ask

DEADLINE = 1.1  # seconds for the owner of a room to say who may watch
REFUSALS = {http.HTTPStatus.FORBIDDEN, http.HTTPStatus.NOT_FOUND}
# What is read of an answer about one room, and about several.
ROOM = an_object(("blocked",), room=TEXT, seq=NUMBER, blocked=list_of(TEXT))
ROOMS = an_object(
    ("blocked",), rooms=list_of(an_object(room=TEXT, seq=NUMBER)), blocked=list_of(TEXT)
)
OWNERS = tuple(dict.fromkeys(route.service for route in LIVE))

log = structlog.get_logger(__name__)


class Refused(Problem):
    """The owner of the room does not allow it."""

    code = "refused"

    def __init__(self, answer: ServiceAnswer, service: str) -> None:
        super().__init__()
        self.answer, self.service = answer, service


class AllowedRooms(NamedTuple):
    """Rooms that a person may watch, with the numbers of their last events.

    `blocked` are the people whom the person blocks, `degraded` the services that did not answer.
    """

    seqs: Mapping[str, int]
    blocked: Sequence[str]
    degraded: Sequence[str] = ()


@dataclass(frozen=True)
class RoomAuthorizer:
    """Asks whether a person may watch one room, several, or which are theirs: each service once."""

    identity: ServiceIdentity
    internal: Mapping[str, Upstream]

    def ask(self, room: str, caller: Caller) -> AllowedRooms:
        """The room, if the person may watch it; else `Refused` with the owner's own problem."""
        kind, _, room_id = room.partition(":")
        question = self._question(LIVE_BY_KIND[kind].service, f"/{kind}/{room_id}", caller)
        ask(question)
        return _allowed(question.service, question.result(), lambda found: [found])

    def ask_all(self, rooms: Sequence[str], caller: Caller) -> AllowedRooms:
        """These rooms, if the person may watch all of them."""
        named: defaultdict[str, list[str]] = defaultdict(list)
        for room in rooms:
            named[LIVE_BY_KIND[room.partition(":")[0]].service].append(room)
        questions = [
            self._question(service, f"?rooms={','.join(its)}", caller)
            for service, its in named.items()
        ]
        ask(*questions)
        return _together([_several(each) for each in questions])

    def ask_for_own(self, caller: Caller) -> AllowedRooms:
        """The rooms of the person, by the services that answer; `TooManyRooms` if they are too many."""
        questions = [self._question(service, "/mine", caller) for service in OWNERS]
        ask(*questions)
        answered: list[AllowedRooms] = []
        degraded: list[str] = []
        for question in questions:
            try:
                answered.append(_several(question))
            except Problem as problem:
                log.warning("rooms_missing", upstream=question.service, reason=problem.code)
                degraded.append(question.service)
        if not answered:
            raise Unavailable("none of the services for this answers just now")
        found = _together(answered)
        own = f"{LIVE_BY_KIND['user'].kind}:{caller.id}"
        if len(found.seqs.keys() - {own}) > MOST_ROOMS:
            raise TooManyRooms
        return found._replace(degraded=degraded)

    def allows(self, room: str, caller: Caller) -> bool:
        """Whether watching is still allowed. It is while the owner cannot be asked."""
        try:
            self.ask(room, caller)
        except Refused:
            return False
        except Problem:
            return True
        return True

    def _question(self, service: str, target: str, caller: Caller) -> Question:
        return self.internal[service].question(
            f"/internal/rooms{target}",
            self.identity.token_for(service),
            caller.token,
            deadline=DEADLINE,
        )


def _several(question: Question) -> AllowedRooms:
    return _allowed(question.service, question.result(), lambda found: found["rooms"])


def _allowed(service: str, answer: ServiceAnswer, rooms_in: Any) -> AllowedRooms:
    """The rooms in the answer of their owner."""
    if answer.status in REFUSALS:
        raise Refused(answer, service)
    if answer.status != http.HTTPStatus.OK:
        raise BadGateway(f"{service} answered {answer.status}")
    try:
        found = orjson.loads(answer.body)
        seqs = {str(room["room"]): int(room["seq"]) for room in rooms_in(found)}
        return AllowedRooms(seqs, list(found.get("blocked", ())))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadGateway(f"{service} answered with something else") from None


def _together(answered: Sequence[AllowedRooms]) -> AllowedRooms:
    seqs: dict[str, int] = {}
    for rooms in answered:
        seqs |= rooms.seqs
    return AllowedRooms(seqs, [each for rooms in answered for each in rooms.blocked])
