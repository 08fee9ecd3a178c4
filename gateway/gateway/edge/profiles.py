"""Puts names and pictures next to the ids of people in an answer, by one question to the user-service.

Answers that meet in one turn of the loop share the question. A large answer is read and written in a thread.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from time import monotonic
from typing import Any

import orjson
import structlog

from chassis.errors import Problem
from chassis.json_schema import TEXT, an_object, list_of
from gateway.edge.calls import Call
from gateway.edge.memory import Memory
from gateway.edge.services import Service
from gateway.errors import BadGateway
from gateway.people import UNKNOWN, Holder, Known, Person, fill, holders_in
from gateway.routes import USER, People

CHUNK = 100  # the most ids that one question may hold
MEMORY = 150.0  # seconds after which a person who is not asked for is forgotten; see `Memory`
MOST = 20_000
DEADLINE = 0.5  # seconds: an answer does not wait long for names
ON_THE_LOOP = 64 * 1024  # bytes of an answer that is read and written on the loop

ASKED = "/api/users"
PEOPLE = an_object(
    items=list_of(an_object(id=TEXT, display_name=TEXT))
)  # what is read of the answer

log = structlog.get_logger(__name__)

Read = tuple[Any, Sequence[Holder]] | Problem
Then = Callable[[bytes | Problem], None]


class ProfileCache:
    """The people that the user-service knows, remembered for a few minutes."""

    def __init__(
        self, service: Service, loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor
    ) -> None:
        self._service = service
        self._loop = loop
        self._threads = threads
        self._known: Memory[str, Person] = Memory(MEMORY, MOST, monotonic)
        self._generation = 0
        self._question: Question | None = None

    def expand(self, content: bytes, people: People, then: Then) -> None:
        """Call `then` with the JSON and the names of people next to their ids.

        While the user-service does not answer, the names are null and the JSON is marked `degraded`. `people`
        says which fields hold such ids, and what to put next to each. `BadGateway` if the content is no JSON.
        """
        if len(content) <= ON_THE_LOOP:
            self._look_into(content, _read(content, people), then)
            return

        def read() -> None:
            holders = _read(content, people)
            self._loop.call_soon_threadsafe(self._look_into, content, holders, then)

        self._threads.submit(read)

    def known(self, ids: Iterable[str]) -> Known | None:
        """The people with these ids, if all of them are remembered."""
        known: dict[str, Person] = {}
        for user_id in ids:
            person = self._known.get(user_id)
            if person is None:
                return None
            known[user_id] = person
        return known

    def look_up(self, ids: Iterable[str], then: Callable[[Known, bool], None]) -> None:
        """Call `then` with the people with these ids, and whether the user-service could be asked."""
        known: dict[str, Person] = {}
        missing: set[str] = set()
        for user_id in ids:
            person = self._known.get(user_id)
            if person is None:
                missing.add(user_id)
            else:
                known[user_id] = person
        if not missing:
            then(known, True)
            return
        if self._question is None:
            self._question = Question()
            self._loop.call_soon(self._ask)
        self._question.missing |= missing
        self._question.waiting.append((known, then))

    def wait_for(self, ids: Sequence[str]) -> tuple[Known, bool]:
        """The people with these ids, and whether the user-service could be asked. For threads."""
        seen = {user_id: self._known.peek(user_id) for user_id in ids}
        if all(seen.values()):
            return {user_id: person for user_id, person in seen.items() if person}, True
        found: Future[tuple[Known, bool]] = Future()
        self._loop.call_soon_threadsafe(
            self.look_up, ids, lambda known, answered: found.set_result((known, answered))
        )
        return found.result(2 * self._service.seconds(DEADLINE))

    def forget(self, user_id: str | None = None) -> None:
        """Forget a person who has changed, or all people. Answers that are under way are not remembered."""
        self._generation += 1
        if user_id:
            self._known.pop(user_id)
        else:
            self._known.clear()

    def _look_into(
        self,
        content: bytes,
        read: Read,
        then: Then,
    ) -> None:
        if isinstance(read, Problem):
            then(read)
            return
        document, holders = read
        if not holders:
            then(content)
            return

        def write(known: Known, answered: bool) -> None:
            if len(content) <= ON_THE_LOOP:
                then(_written(document, holders, known, answered))
            else:
                self._threads.submit(write_aside, known, answered)

        def write_aside(known: Known, answered: bool) -> None:
            self._loop.call_soon_threadsafe(then, _written(document, holders, known, answered))

        self.look_up((user_id for _, _, ids in holders for user_id in ids), write)

    def _ask(self) -> None:
        question, self._question = self._question, None
        if question is None:
            return
        wanted = sorted(question.missing)
        question.generation = self._generation
        for start in range(0, len(wanted), CHUNK):
            question.open += 1
            self._ask_for(wanted[start : start + CHUNK], question)

    def _ask_for(self, ids: list[str], question: "Question") -> None:
        target = f"{ASKED}?ids={','.join(ids)}".encode()

        def answered(call: Call) -> None:
            found = _people(call)
            if isinstance(found, Problem):
                log.warning("people_unknown", reason=found.code)
                question.failed = True
            else:
                question.found |= dict.fromkeys(ids, UNKNOWN) | found
            question.open -= 1
            if not question.open:
                self._answered(question)

        # The questions are the gateway's own, and not one caller's.
        call = Call("GET", target, b"Accept: application/json\r\n", answered, caller=question)
        self._service.ask(call, DEADLINE)

    def _answered(self, question: "Question") -> None:
        # A person may have changed after the user-service wrote its answer.
        if question.generation == self._generation:
            for user_id, person in question.found.items():
                self._known[user_id] = person
        for known, then in question.waiting:
            then({**question.found, **known}, not question.failed)


class Question:
    """What several answers want to know at once."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.waiting: list[tuple[dict[str, Person], Callable[[Known, bool], None]]] = []
        self.found: dict[str, Person] = {}
        self.open = self.generation = 0
        self.failed = False


def _read(content: bytes, people: People) -> Read:
    try:
        # Numbers beyond 64 bits would lose digits here; no service takes or writes one.
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return BadGateway("a service did not answer with JSON")
    return document, list(holders_in(document, people))


def _written(document: Any, holders: Sequence[Holder], known: Known, answered: bool) -> bytes:
    fill(holders, known)
    if not answered and isinstance(document, dict):
        document["degraded"] = [USER]
    return orjson.dumps(document)


def _people(call: Call) -> dict[str, Person] | Problem:
    """The people in an answer of the user-service."""
    if call.problem:
        return call.problem
    try:
        if call.status != HTTPStatus.OK:
            return BadGateway(f"{USER} answered {call.status}")
        items = orjson.loads(call.content)["items"]
        return {profile["id"]: _person(profile) for profile in items}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return BadGateway(f"{USER} did not answer with people")


def _person(profile: Mapping[str, Any]) -> Person:
    return Person(profile.get("username"), profile["display_name"], profile.get("avatar_url"))
