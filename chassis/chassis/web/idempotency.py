"""`Idempotency-Key`: the same key with the same request has one effect and one answer.

The answer is stored in the transaction of the effect, so that there is never one without the other. A second
request with the key waits until the first commits, and gets the first one's answer. If the first fails, the
second is treated as the first.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from flask_sqlalchemy import SQLAlchemy
from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from chassis.auth.authorization import caller, caller_or_none
from chassis.clock import now
from chassis.data.limits import LimitReached
from chassis.data.stored_answers import KEPT, answers_of
from chassis.errors import Conflict, Invalid, Malformed
from chassis.web.openapi import documented

KEY = re.compile(r"[\x21-\x7e]{1,255}")
STORED_HEADERS = ("Location", "ETag")
PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A value of the client's choice, best a UUID. The same key with the same request within 24 hours "
        "gets the stored answer and has no second effect."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}

View = TypeVar("View", bound=Callable[..., Any])


class RequestInProgress(Conflict):
    """A request with this Idempotency-Key is still being answered."""

    code = "request_in_progress"

    def __init__(self) -> None:
        # Seconds: by then it is answered, or has failed and left the key free.
        super().__init__(headers={"Retry-After": "1"})


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used with another request."""

    code = "idempotency_key_reused"


class IdempotencyKeyLimitReached(LimitReached):
    """You have used as many keys within 24 hours as one person may; `most` is how many."""

    code = "idempotency_key_limit_reached"
    most = 5000


def idempotent(view: View) -> View:
    """Honour `Idempotency-Key` on an operation that creates something, for callers that are signed in."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None or caller_or_none() is None:
            return view(*args, **kwargs)
        if not KEY.fullmatch(key):
            raise Malformed("Idempotency-Key must be 1 to 255 visible ASCII characters")
        if replay := _claim(key):
            return replay
        response = make_response(view(*args, **kwargs))
        _store(key, response)
        return response

    problems = [RequestInProgress, IdempotencyKeyReused, IdempotencyKeyLimitReached]
    documented(once, parameters=[PARAMETER], problems=problems)
    return once  # type: ignore[return-value]  # it wraps the view it was given


def _claim(key: str) -> Response | None:
    """Insert the key, or return the answer that is stored under it."""
    db: SQLAlchemy = current_app.extensions["sqlalchemy"]
    table, session = answers_of(db), db.session
    row = {"user_id": caller().id, "key": key, "request_hash": _request_hash(), "created_at": now()}
    fresh = insert(table).values(row)
    claim = fresh.on_conflict_do_update(
        index_elements=["user_id", "key"],
        set_={
            "request_hash": fresh.excluded.request_hash,
            "created_at": fresh.excluded.created_at,
            "status": None,
            "body": None,
        },
        # The sweep that deletes old answers may be an hour late.
        where=table.c.created_at < now() - KEPT,
    ).returning(table.c.key)
    try:
        if session.execute(claim).scalar():
            _check_room()
            return None
    except OperationalError as error:
        # The first request with this key is still not done after lock_timeout: better an answer than a queue.
        if isinstance(error.orig, LockNotAvailable):
            raise RequestInProgress from error
        raise
    # The row is there and cannot be deleted now: ON CONFLICT DO UPDATE also locks a row that its WHERE
    # leaves as it is.
    stored = session.execute(table.select().filter_by(user_id=caller().id, key=key)).one()
    if stored.request_hash != row["request_hash"]:
        raise IdempotencyKeyReused
    replayed = Response(stored.body, stored.status, stored.headers, mimetype="application/json")
    replayed.headers["Idempotency-Replayed"] = "true"
    return replayed


def _check_room() -> None:
    # Without a lock, for which different requests of one person would wait: those under way may
    # pass beyond it.
    db: SQLAlchemy = current_app.extensions["sqlalchemy"]
    keys = answers_of(db).c
    own = select(keys.key).where(keys.user_id == caller().id)
    some = own.limit(IdempotencyKeyLimitReached.most + 1).subquery()
    if db.session.scalars(select(func.count()).select_from(some)).one() > (
        IdempotencyKeyLimitReached.most
    ):
        raise IdempotencyKeyLimitReached


def _store(key: str, response: Response) -> None:
    db: SQLAlchemy = current_app.extensions["sqlalchemy"]
    table = answers_of(db)
    kept = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
    db.session.execute(
        table.update()
        .filter_by(user_id=caller().id, key=key)
        .values(status=response.status_code, headers=kept, body=response.get_data())
    )


def _request_hash() -> bytes:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data(cache=True))
    # No method and no path holds a NUL, so two different requests never give the same bytes.
    return hashlib.sha256(b"\0".join(parts)).digest()
