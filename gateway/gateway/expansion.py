"""Puts names and pictures beside the ids of people in an answer: one question to the user-service for all of them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from cachetools import TTLCache

from chassis.errors import Problem
from chassis.fields import CANONICAL_UUID
from gateway.errors import BadGateway
from gateway.routes import USER, Names

CHUNK = 100  # the most ids that one question may hold
MEMORY = 300  # seconds

log = structlog.get_logger(__name__)

People = Mapping[str, Names]


@dataclass(frozen=True)
class Person:
    """How somebody is shown."""

    username: str | None
    display_name: str | None
    avatar_url: str | None


UNKNOWN = Person(None, None, None)


class Directory:
    """Whom the user-service knows, remembered for a few minutes."""

    def __init__(self, fetch: Callable[[str], Any]) -> None:
        self._fetch = fetch
        self._known: TTLCache[str, Person] = TTLCache(maxsize=20_000, ttl=MEMORY)
        self._generation = 0

    def look_up(self, ids: Iterable[str]) -> dict[str, Person]:
        """The people of these ids; `Problem` if one is not remembered and the user-service does not answer."""
        wanted = sorted(set(ids))
        found = {user_id: person for user_id in wanted if (person := self._known.get(user_id))}
        missing = [user_id for user_id in wanted if user_id not in found]
        for start in range(0, len(missing), CHUNK):
            found |= self._ask(missing[start : start + CHUNK])
        return found

    def forget(self, user_id: str | None = None) -> None:
        """Forget a person who has changed, or everybody; what was asked before that is not remembered either."""
        self._generation += 1
        if user_id:
            self._known.pop(user_id, None)
        else:
            self._known.clear()

    def _ask(self, ids: list[str]) -> dict[str, Person]:
        generation = self._generation
        answer = self._fetch(f"/api/users?ids={','.join(ids)}")
        try:
            people = {
                profile["id"]: Person(profile.get("username"), profile["display_name"], profile.get("avatar_url"))
                for profile in answer["items"]
            }
        except (AttributeError, KeyError, TypeError):
            raise BadGateway(f"{USER} did not answer with people") from None
        if generation == self._generation:
            self._known.update(people)
        return people


def expand(content: bytes, people: People, directory: Directory) -> bytes:
    """The JSON with people's names beside their ids; as it is, but marked `degraded`, while there are none to be had.

    `people` says which fields hold such ids and what to put beside each. `BadGateway` if the content is no JSON.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise BadGateway("a service did not answer with JSON") from None
    places = list(_places(document, people))
    if not places:
        return content
    try:
        known = directory.look_up(user_id for _, _, user_id in places)
    except Problem as problem:
        log.warning("people_unknown", reason=problem.code)
        if isinstance(document, dict):
            document["degraded"] = [USER]
    else:
        for item, names, user_id in places:
            person = known.get(user_id, UNKNOWN)
            item |= {
                names.username: person.username,
                names.display_name: person.display_name,
                names.avatar_url: person.avatar_url,
            }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _places(document: Any, people: People) -> Iterator[tuple[dict[str, Any], Names, str]]:
    """Each object that holds the id of a person: the object, the names to add to it, the id."""
    pending = [document]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
            for field, names in people.items():
                user_id = item.get(field)
                if isinstance(user_id, str) and CANONICAL_UUID.fullmatch(user_id):
                    yield item, names, user_id.lower()
