"""Each operation answers each kind of caller through the gateway as the services' tables say."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

import pytest

from .support.access_tables import Entry, entries
from .support.actors import Actors, Setting
from .support.operations import Operation, operations
from .support.people import PASSWORD, People, agreed, eventually, register

SETTINGS: dict[str, Callable[[Actors], Setting]] = {
    "gateway": Actors.account,
    "user-service": Actors.account,
    "study-session-service": Actors.study_session,
    "tutoring-service": Actors.tutoring,
    "havruta-service": Actors.havruta,
    "assessment-service": Actors.assessment,
}
ENTRIES = entries(SETTINGS)
# In these folders a changing call leaves its object for the next caller, or makes one for each caller.
UNHARMED = {"gateway", "user-service", "study-session-service"}
# With these a token of the caller ends.
ENDING_TOKENS = {"log_out", "log_out_everywhere"}


@pytest.fixture(scope="module")
def documented(gateway: str) -> dict[str, Operation]:
    return {operation.id: operation for operation in operations(gateway)}


@pytest.fixture(scope="module")
def actors(gateway: str, people: People) -> Actors:
    deleted = register(gateway, "deleted")
    agreed(deleted.delete("/api/users/me", {"password": PASSWORD}))
    eventually(lambda: deleted.get("/api/users/me").json()["code"] == "token_revoked")
    return Actors(gateway, people, deleted)


@pytest.fixture(scope="module")
def setting(actors: Actors) -> Callable[[Entry, Operation], Setting]:
    """The setting for a call: the same for all, or one of its own where a call uses it up."""
    shared: dict[str, Setting] = {}

    def setting(entry: Entry, operation: Operation) -> Setting:
        make = SETTINGS[entry.folder]
        if is_used_up(entry, operation):
            return make(actors)
        if make.__name__ not in shared:
            shared[make.__name__] = make(actors)
        return shared[make.__name__]

    return setting


def is_used_up(entry: Entry, operation: Operation) -> bool:
    if operation.id == "log_out_device":
        return True
    return entry.folder == "study-session-service" and operation.method != "GET"


def test_every_operation_has_a_row(documented: dict[str, Operation]) -> None:
    assert documented.keys() == ENTRIES.keys()


@pytest.mark.parametrize("name", ENTRIES)
def test_each_caller_gets_the_answer_of_the_row(
    documented: dict[str, Operation],
    actors: Actors,
    setting: Callable[[Entry, Operation], Setting],
    name: str,
) -> None:
    operation, entry = documented[name], ENTRIES[name]
    callers = setting(entry, operation).callers
    asks_all = operation.method == "GET" or entry.folder in UNHARMED
    expected = entry.expected(callers, asks_all=asks_all)
    answered = {
        caller: status(operation, entry, setting(entry, operation), caller) for caller in expected
    }
    if name in ENDING_TOKENS:
        actors.sign_in_again()
    assert answered == expected


def status(operation: Operation, entry: Entry, setting: Setting, caller: str) -> int:
    """What the operation answers; a stream is opened and closed."""
    things = {
        name: setting.values[thing]
        for name, thing in entry.row.about.items()
        if thing in setting.values
    }
    example = operation.example({**setting.values, **things})
    body = entry.row.gateway.body
    sent = {
        "params": example.query,
        "headers": example.headers,
        "json": example.body if body is None else body,
        "stream": True,
    }
    with setting.callers[caller].request(operation.method, example.path, **sent) as response:
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            # A refusal is about the request of the client, whichever program refuses it.
            instance = unquote(response.json()["instance"])
            assert instance == unquote(urlsplit(response.url).path), operation.id
        return response.status_code
