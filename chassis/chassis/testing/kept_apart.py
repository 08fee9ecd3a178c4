"""What the user-service tells of people who are kept apart, as a service receives it."""

import itertools
from uuid import UUID, uuid4

import pytest
from flask import Flask

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.consumer import Subscription
from chassis.messaging.messages import Event
from chassis.testing.people import User


class HeardOf:
    """Has a service hear of blocks and suspensions."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._versions = itertools.count(1)

    def block(self, blocker: User, blocked: User) -> None:
        """One person blocks another."""
        self.take(self.told_of_block(blocker, blocked))

    def unblock(self, blocker: User, blocked: User) -> None:
        """One person blocks another no longer."""
        self.take(self._of_pair("user.unblocked", blocker, blocked))

    def suspend(self, person: User) -> None:
        """An admin suspends the account."""
        self.take(self._event("user.suspended", str(person.id), person.id))

    def lift(self, person: User) -> None:
        """An admin lifts that."""
        self.take(self._event("user.suspension_lifted", str(person.id), person.id))

    def told_of_block(self, blocker: User, blocked: User) -> Event:
        """The event that says so, before the service has it."""
        return self._of_pair("user.blocked", blocker, blocked)

    def take(self, event: Event) -> None:
        """Let the service act on the event."""
        worker = self._app.extensions["worker"]
        known: Subscription = worker.consumer.subscriptions[event.source, event.type]
        with self._app.app_context():
            in_transaction(worker.messages.db.session, lambda: known.handler(event))

    def _of_pair(self, type_: str, blocker: User, blocked: User) -> Event:
        people = {"blocker_id": str(blocker.id), "blocked_id": str(blocked.id)}
        mailboxes = {str(person.id): person.mailbox_sha256 for person in (blocker, blocked)}
        pair = f"{blocker.id}:{blocked.id}"
        return self._event(type_, pair, blocker.id, **people, mailboxes=mailboxes)

    def _event(self, type_: str, about: str, actor: UUID, **data: object) -> Event:
        version = next(self._versions)
        return Event(uuid4(), type_, "user-service", about, version, now(), actor, data)


@pytest.fixture
def heard(app: Flask) -> HeardOf:
    """What the service under test is told of people who are kept apart."""
    return HeardOf(app)
