"""PostgreSQL as every service uses it: names, timeouts, and a transaction for each unit of work."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from psycopg import errors as postgres
from sqlalchemy import CheckConstraint, DateTime, MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session

from chassis.data import reads
from chassis.errors import Problem

# PostgreSQL's own way of naming: a name in a migration is the one that PostgreSQL would have chosen.
NAMING = {
    "ix": "idx_%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
ATTEMPTS = 3
RETRIED = (postgres.DeadlockDetected, postgres.SerializationFailure)

AnySession = Session | scoped_session[Any]
Result = TypeVar("Result")


def models_registry() -> registry:
    """The registry of a service's models: the naming convention, and time zones on every time."""
    return registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: DateTime(timezone=True)},
    )


def database(base: type[DeclarativeBase]) -> SQLAlchemy:
    """The database of a service's models."""
    return SQLAlchemy(model_class=base, session_options={"class_": reads.ServiceSession})


def one_of(column: str, kind: Iterable[StrEnum]) -> CheckConstraint:
    """The column holds one of these values, or NULL."""
    values = ", ".join(f"'{value}'" for value in kind)
    return CheckConstraint(f"{column} IN ({values})", name=column)


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """Commit what the block did, then run its `after_commit` callbacks; an exception rolls all of it back.

    A `Problem` with `keeps_changes` is raised after a commit.
    """
    kept: Problem | None = None
    try:
        try:
            yield
        except Problem as problem:
            if not problem.keeps_changes:
                raise
            kept = problem
        session.commit()
    except BaseException:
        _rollback(session)
        raise
    # Outside of the `try`: what is committed is not rolled back because a callback fails.
    _run_callbacks(session)
    if kept:
        raise kept


def after_commit(session: AnySession, callback: Callable[[], None]) -> None:
    """Run the callback once this transaction is committed; never if it is rolled back."""
    if reads.present():
        raise RuntimeError("a read is not committed")
    session.info.setdefault("after_commit", []).append(callback)


def in_transaction(session: AnySession, work: Callable[[], Result]) -> Result:
    """Run the work in a transaction of its own; up to three times if it is ended to break a deadlock."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction(session):
                return work()
        except DBAPIError as error:
            # Only these errors promise that nothing was committed. After a lost connection that is unknown.
            if not isinstance(error.orig, RETRIED) or attempt == ATTEMPTS:
                raise
            time.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311  # jitter, not a secret
    raise AssertionError("unreachable")


def _rollback(session: AnySession) -> None:
    # The callbacks are dropped first, because a rollback on a dead connection may raise.
    session.info.pop("after_commit", None)
    session.rollback()


def _run_callbacks(session: AnySession) -> None:
    for callback in session.info.pop("after_commit", []):
        callback()
