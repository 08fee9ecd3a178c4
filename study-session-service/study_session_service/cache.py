"""What is kept in Redis to spare PostgreSQL, for how long, and what makes it go.

    active_sessions   5 minutes   JSON array: open public sessions that start first, as strangers see them
    session:{id}      1 hour      JSON: details and active participants
    chat:{id}         2 hours     JSON: the last 50 messages

Nothing is decided from here. The last two carry the number of the session's last event and are used
only if it is still the last, so a deletion that was lost does no harm. `active_sessions` has no
such number: every write counts up `active_sessions:changes`, and what was read before that is not
stored after it.
"""

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from redis import Redis, WatchError
from sqlalchemy import inspect

from chassis.data.db import after_commit
from study_session_service.models import Base, db
from study_session_service.runtime import runtime

ACTIVE, ACTIVE_LIFETIME = "active_sessions", timedelta(minutes=5)
CHANGES = "active_sessions:changes"
SESSION_LIFETIME = timedelta(hours=1)
CHAT_LIFETIME = timedelta(hours=2)

RESTORERS: Mapping[type, Callable[[str], Any]] = {datetime: datetime.fromisoformat, UUID: UUID}
Cached = dict[str, Any]


def session_key(session_id: UUID) -> str:
    return f"session:{session_id}"


def chat_key(session_id: UUID) -> str:
    return f"chat:{session_id}"


def get(key: str, seq: int) -> Cached | None:
    """What is kept under the key, if the session's last event has this number."""
    found = json.loads(runtime().cache.run(lambda redis: redis.get(key), None) or "{}")
    return found if found.get("seq") == seq else None


def put(key: str, seq: int, lifetime: timedelta, value: Cached) -> None:
    """Keep the value, as it was when the session's last event had this number."""
    content = json.dumps({"seq": seq, **value})
    runtime().cache.run(lambda redis: redis.set(key, content, ex=lifetime), None)


def active_sessions(load: Callable[[], Sequence[Cached]]) -> Sequence[Cached]:
    """The kept list of active sessions, loaded if there is none."""

    def through(redis: "Redis") -> Sequence[Cached]:
        if kept := redis.get(ACTIVE):
            known: Sequence[Cached] = json.loads(str(kept))
            return known
        with redis.pipeline() as pipeline:
            pipeline.watch(CHANGES)  # type: ignore[no-untyped-call]  # redis leaves it untyped
            loaded = load()
            pipeline.multi()
            pipeline.set(ACTIVE, json.dumps(loaded), ex=ACTIVE_LIFETIME)
            # On a write meanwhile: what was loaded may be older, and serves this one answer only.
            with contextlib.suppress(WatchError):
                pipeline.execute()
        return loaded

    found = runtime().cache.run(through, None)
    return load() if found is None else found


def forget(*session_ids: UUID) -> None:
    """Once this transaction is committed, drop all that is kept about the sessions."""
    _drop(*(key(each) for each in session_ids for key in (session_key, chat_key)))


def forget_active_sessions() -> None:
    """Once this transaction is committed, drop the list of active sessions."""
    _drop()


def _drop(*keys: str) -> None:
    def drop(redis: "Redis") -> None:
        # Counted first, so that what was read before is not stored after the deletion.
        with redis.pipeline(transaction=False) as pipeline:
            pipeline.incr(CHANGES)
            pipeline.delete(ACTIVE, *keys)
            pipeline.execute()

    cache = runtime().cache
    after_commit(db.session, lambda: cache.run(drop, None))


def serialize(row: Any, columns: Sequence[str]) -> Cached:
    """These columns of the row as plain JSON."""
    return {column: _plain(getattr(row, column)) for column in columns}


def deserialize(kind: type[Base], cached: Cached) -> dict[str, Any]:
    """The columns of a row as they were serialized."""
    restored = dict(cached)
    for name, restore in _restorers(kind).items():
        if restored.get(name) is not None:
            restored[name] = restore(restored[name])
    return restored


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@lru_cache
def _restorers(kind: type[Base]) -> Mapping[str, Callable[[str], Any]]:
    """How to read back the columns that JSON has no type for."""
    types = {column.key: column.type.python_type for column in inspect(kind).columns}
    return {name: RESTORERS[type_] for name, type_ in types.items() if type_ in RESTORERS}
