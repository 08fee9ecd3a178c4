"""People who call every operation of a service by its example, at the same time, and note what fails."""

import random
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dev.mailbox import Mailbox
from dev.services import Service

from .example_fixtures import (
    ExampleFixtures,
    assessment,
    gateway,
    havruta,
    study_sessions,
    tutoring,
    user,
)
from .operations import Operation
from .people import People, eventually

CONTEXTS = {
    "user-service": user,
    "study-session-service": study_sessions,
    "tutoring-service": tutoring,
    "havruta-service": havruta,
    "assessment-service": assessment,
}
# An e-mail with an invitation is not sent again at once.
ONCE = {"resend_invitation"}
# A person has one at a time, and all of these read as the same person.
FOR_ONE = {"export_personal_data"}
WRITERS = 3  # the others only read
# The address of a feed ends when its person gets another.
FOR_READERS = {"get_calendar_feed", "get_tutoring_calendar_feed"}
FOR_WRITERS = {"get_calendar_address"}
WITHIN = 120.0  # seconds: the machine is busy with other tests


@dataclass(frozen=True)
class Failure:
    """What went wrong, and when."""

    step: str
    operation: str
    reason: str


class Crowd:
    """Each person calls one operation after the other, in an order of their own, and none a second time
    because it failed.
    """

    def __init__(self, address: str, mailbox: Mailbox, size: int) -> None:
        self.failures: list[Failure] = []
        self.step = ""
        self._address, self._mailbox = address, mailbox
        self._operations: Collection[Operation] = ()
        self._done = [0] * size
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number, random.Random(number)))
            for number in range(size)
        ]

    @contextmanager
    def calling(self, operations: Collection[Operation]) -> Iterator[None]:
        """They call these operations while the block runs."""
        self._operations = operations
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._ending.set()
            for thread in self._threads:
                thread.join()

    def change_to(self, operations: Collection[Operation]) -> None:
        """Have these called from now on. Return when no other one is being called any more."""
        self._operations = operations
        before = list(self._done)
        # Of each person one more may have begun before.
        eventually(
            lambda: all(now > then + 1 for now, then in zip(self._done, before, strict=True)),
            WITHIN,
        )

    def _run(self, number: int, chance: random.Random) -> None:
        people = People(self._address)
        fixtures = self._fixtures(people)
        while not self._ending.is_set():
            operations = self._operations
            chosen = [each for each in operations if is_for(number, each)]
            for operation in chance.sample(chosen, len(chosen)):
                if self._ending.is_set() or self._operations is not operations:
                    break
                self._call(operation, fixtures)
                self._done[number] += 1
            if number < WRITERS:
                fixtures = self._fixtures(people)

    def _fixtures(self, people: People) -> ExampleFixtures:
        return ExampleFixtures(self._address, people, lambda: self._mailbox)

    def _call(self, operation: Operation, fixtures: ExampleFixtures) -> None:
        try:
            call = fixtures.call(operation)
            example = operation.example(call.values)
            sent = {"params": example.query, "headers": example.headers, "json": example.body}
            with call.caller.request(operation.method, example.path, stream=True, **sent) as answer:
                assert answer.ok, f"{answer.status_code} {answer.text}"
                if answer.headers.get("Content-Type") == "application/json":
                    # A view that a service did not give its part to is answered without it.
                    found = answer.json()
                    assert not (isinstance(found, dict) and found.get("degraded")), found
        except Exception as error:
            self.failures.append(Failure(self.step, operation.id, repr(error)))


def is_for(number: int, operation: Operation) -> bool:
    """Whether the person of this number calls the operation."""
    if operation.id in FOR_ONE:
        return number == 0
    if operation.id in FOR_READERS | FOR_WRITERS:
        return (number < WRITERS) == (operation.id in FOR_WRITERS)
    return number < WRITERS or operation.method == "GET"


def operations_asking(service: Service, documented: Collection[Operation]) -> list[Operation]:
    """Those of a service, and those for which the gateway asks it among others."""
    contexts = CONTEXTS[service.name].FIXTURES, gateway.FIXTURES
    lists = [names.split() for fixtures in contexts for names in fixtures.values()]
    wanted = {name for names in lists for name in names} - ONCE
    return [operation for operation in documented if operation.id in wanted]
