"""The names and pictures of people, put next to their ids in a document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.web.fields import CANONICAL_UUID
from gateway.routes import OPAQUE, Names, People, Roster

Holder = tuple[dict[str, Any], Names | Roster, list[str]]
"""The object to put names in, the fields for them, and the ids of the people."""


@dataclass(frozen=True, slots=True)
class Person:
    """How a person is shown."""

    username: str | None
    display_name: str | None
    avatar_url: str | None


NESTING = (dict, list)
UNKNOWN = Person(None, None, None)
Known = Mapping[str, Person]


def holders_in(document: Any, people: People) -> Iterator[Holder]:
    """Each object that holds the id of a person, or a list of such ids."""
    # A stack and not recursion: how deep a document goes is up to the service that wrote it.
    pending = [document]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += [value for value in item if isinstance(value, NESTING)]
        elif isinstance(item, dict):
            # Of a copy, because names may be put in while this goes on.
            for name, value in list(item.items()):
                if isinstance(value, NESTING) and name not in OPAQUE:
                    pending.append(value)
                if name not in people:
                    continue
                user_ids = _ids_in(value, people[name])
                if user_ids is not None:
                    yield item, people[name], user_ids


def fill(holders: Iterable[Holder], known: Known) -> None:
    """Put the names in, also of people who are not known: a client may rely on the fields."""
    for item, names, user_ids in holders:
        if isinstance(names, Roster):
            item[names.field] = [
                _shown(user_id, known.get(user_id, UNKNOWN)) for user_id in user_ids
            ]
        else:
            person = known.get(user_ids[0], UNKNOWN)
            item[names.username] = person.username
            item[names.display_name] = person.display_name
            item[names.avatar_url] = person.avatar_url


def _shown(user_id: str, person: Person) -> dict[str, str | None]:
    return {
        "id": user_id,
        "username": person.username,
        "display_name": person.display_name,
        "avatar_url": person.avatar_url,
    }


def _ids_in(held: Any, names: Names | Roster) -> list[str] | None:
    """The ids in a field, if it holds what the names are for: one id, or a list of ids."""
    if isinstance(held, list) is not isinstance(names, Roster):
        return None
    named = held if isinstance(held, list) else [held]
    if not all(isinstance(user_id, str) and CANONICAL_UUID.fullmatch(user_id) for user_id in named):
        return None
    return [user_id.lower() for user_id in named]
