"""Follows the user-service's events: people who changed, sign-ins that ended, other roles, new blocks."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import redis
import structlog

from chassis.auth.keys import PublicKeys
from chassis.json_schema import IDENTIFIER, TEXT, Schema, an_object, list_of
from chassis.messaging import signatures
from chassis.redis_client import connect
from gateway.edge.profiles import ProfileCache
from gateway.edge.revocations import MEMORY, Revocations
from gateway.edge.rooms import RoomHub
from gateway.routes import USER

STREAM = f"events:{USER}"
BLOCK = 5000  # milliseconds
BATCH = 500
PAUSE = 1.0  # seconds between attempts while Redis does not answer
PAIR = an_object(blocker_id=IDENTIFIER, blocked_id=IDENTIFIER)
# What is read of each.
CHANGES: Mapping[str, Schema] = {
    "user.updated": an_object(),
    "user.deleted": an_object(),
    "user.roles_changed": an_object(roles=list_of(TEXT)),
    "sign_in.ended": an_object(user_id=IDENTIFIER),
    "user.blocked": PAIR,
    "user.unblocked": PAIR,
}

log = structlog.get_logger(__name__)

Event = Mapping[str, Any]


@dataclass(frozen=True)
class KnownAccounts:
    """What the gateway remembers about people. Everything in it runs on the loop."""

    profiles: ProfileCache
    revocations: Revocations
    hub: RoomHub

    def take(self, event: Event) -> None:
        """Have what is remembered follow the event."""
        at = datetime.fromisoformat(event["occurred_at"]).timestamp()
        match event["type"]:
            case "user.updated" | "user.deleted":
                self.profiles.forget(event["aggregate_id"])
            case "user.roles_changed":
                version, roles = event["aggregate_version"], frozenset(event["data"]["roles"])
                self.revocations.note_roles(event["aggregate_id"], roles, version, at)
                self.hub.end_refused(event["aggregate_id"])
            case "sign_in.ended":
                self.revocations.note_end(event["aggregate_id"], at)
                self.hub.end_refused(event["data"]["user_id"])
            case "user.blocked" | "user.unblocked":
                pair, holds = event["data"], event["type"] == "user.blocked"
                self.hub.note_block(pair["blocker_id"], pair["blocked_id"], holds=holds)


class Follower:
    """Reads the events in a thread of its own, from the age of the oldest token on."""

    def __init__(
        self,
        events_url: str,
        keys: PublicKeys,
        accounts: KnownAccounts,
        call_on_loop: Callable[..., object],
    ) -> None:
        # Redis is silent for as long as XREAD blocks, and the timeout has to outlast that.
        self._redis = connect(events_url, timeout=2 * BLOCK / 1000)
        self._keys = keys
        self._accounts = accounts
        self._call_on_loop = call_on_loop
        self._last = ""

    def start(self) -> None:
        """Begin to follow."""
        threading.Thread(target=self._follow, name="accounts", daemon=True).start()

    def _follow(self) -> None:
        while True:
            try:
                self._follow_while_connected()
            except redis.RedisError as error:
                log.warning("accounts_not_followed", reason=type(error).__name__)
                time.sleep(PAUSE)

    def _follow_while_connected(self) -> None:
        if not self._last:
            self._last = f"{int((time.time() - MEMORY) * 1000)}-0"
        for entry_id, fields in self._past():
            self._hand_over(entry_id, fields)
        # What was lost with the connection is unknown.
        self._call_on_loop(self._accounts.profiles.forget)
        self._call_on_loop(self._accounts.revocations.note_past_is_read)
        while True:
            answer: Any = self._redis.xread({STREAM: self._last}, count=BATCH, block=BLOCK)
            for entry_id, fields in answer[0][1] if answer else ():
                self._hand_over(entry_id, fields)

    def _past(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The entries after the last one that was read."""
        while True:
            entries: Any = self._redis.xrange(STREAM, f"({self._last}", count=BATCH)
            yield from entries
            if len(entries) < BATCH:
                return

    def _hand_over(self, entry_id: str, fields: Mapping[str, str]) -> None:
        self._last = entry_id
        try:
            event = orjson.loads(fields["event"])
            if event["type"] in CHANGES:
                signatures.check(STREAM, fields, self._keys)
                self._call_on_loop(self._accounts.take, event)
        except (ValueError, KeyError, TypeError) as error:
            signatures.REFUSED.labels(STREAM).inc()
            log.error("event_refused", stream=STREAM, entry=entry_id, reason=str(error))
