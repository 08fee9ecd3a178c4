"""What is kept in Redis to spare PostgreSQL, for how long, and what makes it go.

    active_sessions   5 minutes   JSON array: the open public sessions that start first, as a stranger sees them
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
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, current_app
from redis import Redis, WatchError
from sqlalchemy import inspect

from chassis.data.db import after_commit
from chassis.redis_client import Cache
from study_session_service.models import Base, db

ACTIVE, ACTIVE_LIFETIME = "active_sessions", timedelta(minutes=5)
CHANGES = "active_sessions:changes"
SESSION_LIFETIME = timedelta(hours=1)
CHAT_LIFETIME = timedelta(hours=2)

Row = TypeVar("Row", bound=Base)
Frozen = dict[str, Any]


def install(app: Flask, url: str) -> None:
    """Give the application its cache."""
    app.extensions["cache"] = Cache(url)


def session_key(session_id: UUID) -> str:
    return f"session:{session_id}"


def chat_key(session_id: UUID) -> str:
    return f"chat:{session_id}"


def recall(key: str, seq: int) -> Frozen | None:
    """What is kept under the key, if the session's last event has this number."""
    found = json.loads(_cache().run(lambda redis: redis.get(key), None) or "{}")
    return found if found.get("seq") == seq else None


def keep(key: str, seq: int, lifetime: timedelta, value: Frozen) -> None:
    """Keep the value, as it was when the session's last event had this number."""
    content = json.dumps({"seq": seq, **value})
    _cache().run(lambda redis: redis.set(key, content, ex=lifetime), None)


def active_sessions(load: Callable[[], Sequence[Frozen]]) -> Sequence[Frozen]:
    """The kept list of active sessions, loaded if there is none."""

    def through(redis: "Redis") -> Sequence[Frozen]:
        if kept := redis.get(ACTIVE):
            known: Sequence[Frozen] = json.loads(str(kept))
            return known
        with redis.pipeline() as pipeline:
            pipeline.watch(CHANGES)  # type: ignore[no-untyped-call]  # redis types it not
            loaded = load()
            pipeline.multi()
            pipeline.set(ACTIVE, json.dumps(loaded), ex=ACTIVE_LIFETIME)
            # Somebody has written meanwhile: what was loaded may be older, and serves this one
            # answer only.
            with contextlib.suppress(WatchError):
                pipeline.execute()
        return loaded

    found = _cache().run(through, None)
    return load() if found is None else found


def forget(session_id: UUID) -> None:
    """Once this transaction is committed, drop all that is kept about the session."""

    def drop(redis: "Redis") -> None:
        with redis.pipeline() as pipeline:
            pipeline.incr(CHANGES)
            pipeline.delete(ACTIVE, session_key(session_id), chat_key(session_id))
            pipeline.execute()

    cache = _cache()
    after_commit(db.session, lambda: cache.run(drop, None))


def freeze(row: Base, columns: Sequence[str]) -> Frozen:
    """These columns of the row as plain JSON."""
    return {column: _plain(getattr(row, column)) for column in columns}


def thaw(kind: type[Row], frozen: Mapping[str, Any]) -> Row:
    """A row as it was frozen, outside any transaction."""
    columns = inspect(kind).columns
    # A release that drops a column finds it in what the one before has kept, for two hours.
    known = {name: value for name, value in frozen.items() if name in columns}
    return kind(
        **{name: _restored(value, columns[name].type.python_type) for name, value in known.items()}
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _restored(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(value)
    return UUID(value) if kind is UUID else value


def _cache() -> Cache:
    cache: Cache = current_app.extensions["cache"]
    return cache
