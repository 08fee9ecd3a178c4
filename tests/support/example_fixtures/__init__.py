"""What the documented examples need to work: a caller, and things made for the call.

Each context has a module. Its FIXTURES name the operations, and what their examples are called with.
"""

from collections.abc import Callable

from dev.mailbox import Mailbox

from ..operations import Operation
from ..people import People
from . import assessment, gateway, havruta, study_sessions, tutoring, user
from .callers import Call, Callers, Fixture

FIXTURES: dict[str, Fixture] = {
    operation: fixture
    for context in (gateway, user, study_sessions, tutoring, havruta, assessment)
    for fixture, operations in context.FIXTURES.items()
    for operation in operations.split()
}


class ExampleFixtures:
    """Makes what an operation's example is called with."""

    def __init__(self, gateway: str, people: People, mailbox: Callable[[], Mailbox]) -> None:
        self._callers = Callers(gateway, people, mailbox)
        self._shared: dict[Fixture, Call] = {}

    def call(self, operation: Operation) -> Call:
        """A call of the operation. Operations that only read share what they read."""
        fixture = FIXTURES[operation.id]
        if operation.method != "GET":
            return fixture(self._callers)
        if fixture not in self._shared:
            self._shared[fixture] = fixture(self._callers)
        return self._shared[fixture]
