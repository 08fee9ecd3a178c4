"""Puts names and pictures next to the ids of people in an answer, by one question to the user-service."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import structlog
from cachetools import TTLCache

from chassis.errors import Problem
from chassis.web.fields import CANONICAL_UUID
from gateway.errors import BadGateway
from gateway.routes import OPAQUE, USER, Names, People, Roster

CHUNK = 100  # the most ids that one question may hold
MEMORY = 300  # seconds

log = structlog.get_logger(__name__)

Holder = tuple[dict[str, Any], Names | Roster, list[str]]
"""The object to put names in, the fields for them, and the ids of the people."""


@dataclass(frozen=True)
class Person:
    """How a person is shown."""

    username: str | None
    display_name: str | None
    avatar_url: str | None


UNKNOWN = Person(None, None, None)


class ProfileCache:
    """The people that the user-service knows, remembered for a few minutes."""

    def __init__(self, fetch: Callable[[str], Any]) -> None:
        self._fetch = fetch
        self._known: TTLCache[str, Person] = TTLCache(maxsize=20_000, ttl=MEMORY)
        self._generation = 0

    def look_up(self, ids: Iterable[str]) -> dict[str, Person]:
        """The people with these ids; `Problem` if one is not remembered and the user-service fails."""
        found: dict[str, Person] = {}
        missing: list[str] = []
        for user_id in sorted(set(ids)):
            person = self._known.get(user_id)
            if person:
                found[user_id] = person
            else:
                missing.append(user_id)
        for start in range(0, len(missing), CHUNK):
            found |= self._ask(missing[start : start + CHUNK])
        return found

    def forget(self, user_id: str | None = None) -> None:
        """Forget a person who has changed, or all people. Answers that are under way are not remembered."""
        self._generation += 1
        if user_id:
            self._known.pop(user_id, None)
        else:
            self._known.clear()

    def _ask(self, ids: list[str]) -> dict[str, Person]:
        generation = self._generation
        answer = self._fetch(f"/api/users?ids={','.join(ids)}")
        try:
            people = {profile["id"]: _person(profile) for profile in answer["items"]}
        except (AttributeError, KeyError, TypeError):
            raise BadGateway(f"{USER} did not answer with people") from None
        # A person may have changed after the user-service wrote this answer.
        if generation == self._generation:
            self._known.update(people)
        return people


def _person(profile: Mapping[str, Any]) -> Person:
    return Person(profile.get("username"), profile["display_name"], profile.get("avatar_url"))


def expand(content: bytes, people: People, profiles: ProfileCache) -> bytes:
    """The JSON with the names of people next to their ids.

    While the user-service does not answer, the names are null and the JSON is marked `degraded`. `people`
    says which fields hold such ids, and what to put next to each. `BadGateway` if the content is no JSON.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise BadGateway("a service did not answer with JSON") from None
    holders = list(_holders(document, people))
    if not holders:
        return content
    if not _fill(holders, profiles) and isinstance(document, dict):
        document["degraded"] = [USER]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def name_people(document: Any, people: People, profiles: ProfileCache) -> bool:
    """Put names next to the ids of people in the document; nulls, and False, if the user-service fails."""
    return _fill(list(_holders(document, people)), profiles)


def _fill(holders: Sequence[Holder], profiles: ProfileCache) -> bool:
    known: Mapping[str, Person] = {}
    answered = True
    try:
        known = profiles.look_up(chain.from_iterable(user_ids for _, _, user_ids in holders))
    except Problem as problem:
        log.warning("people_unknown", reason=problem.code)
        answered = False
    for item, names, user_ids in holders:
        # Also of people who are not known: a client may rely on the fields.
        found = [known.get(user_id, UNKNOWN) for user_id in user_ids]
        if isinstance(names, Roster):
            item[names.field] = [
                {"id": i, **asdict(person)} for i, person in zip(user_ids, found, strict=True)
            ]
        else:
            item[names.username] = found[0].username
            item[names.display_name] = found[0].display_name
            item[names.avatar_url] = found[0].avatar_url
    return answered


def _holders(document: Any, people: People) -> Iterator[Holder]:
    """Each object that holds the id of a person, or a list of such ids."""
    # A stack and not recursion: how deep a document goes is up to the service that wrote it.
    pending = [document]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += [value for name, value in item.items() if name not in OPAQUE]
            for field, names in people.items():
                user_ids = _ids_in(item.get(field), names)
                if user_ids is not None:
                    yield item, names, user_ids


def _ids_in(held: Any, names: Names | Roster) -> list[str] | None:
    """The ids in a field, if it holds what the names are for: one id, or a list of ids."""
    if isinstance(held, list) is not isinstance(names, Roster):
        return None
    named = held if isinstance(held, list) else [held]
    if not all(isinstance(user_id, str) and CANONICAL_UUID.fullmatch(user_id) for user_id in named):
        return None
    return [user_id.lower() for user_id in named]
