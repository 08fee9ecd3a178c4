"""Reads that a replica may answer, if the service has one.

A read that the replica does not answer in time goes to the primary, and so does one that fails there.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import current_app
from prometheus_client import Counter
from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy.orm import scoped_session

from chassis.data import reads
from chassis.data.reading import Reading
from chassis.data.replica import Replica

READS = Counter(
    "replica_reads_total", "Reads that a replica may answer, by what answered.", ["answered_by"]
)


def rows(
    session: scoped_session[Any],
    statement: Select[*tuple[Any, ...]],
    values: Mapping[str, Any],
    reader_id: UUID | None,
) -> Sequence[Row[Any]]:
    """What the statement selects: in the replica, if that shows all that the reader has written."""
    replica = _at_hand()
    if replica is None:
        return reads.rows(session, statement, values)
    found = None
    if reader_id is None or replica.has_all_of(reader_id):
        found = replica.rows(statement, values)
    _count(from_replica=found is not None)
    return reads.rows(session, statement, values) if found is None else found


def rows_where(
    session: scoped_session[Any],
    shown: ColumnElement[bool],
    statement: Select[*tuple[Any, ...]],
    values: Mapping[str, Any],
) -> Sequence[Row[Any]]:
    """What the statement selects: in the replica, if there `shown` holds and something is selected.

    `shown` says that nothing is missing there. It is asked by the statement itself, so of the same moment.
    """
    replica = _at_hand()
    if replica is None:
        return reads.rows(session, statement, values)
    found = replica.rows(_with(statement, shown), values)
    _count(from_replica=bool(found))
    return found or reads.rows(session, statement, values)


# Both are built once, so that what they make together is, too.
@lru_cache(64)
def _with(
    statement: Select[*tuple[Any, ...]], shown: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return statement.where(shown)


def _at_hand() -> Replica | None:
    """The replica, if there is one and the work in hand may read there."""
    if reads.present() is not Reading.ALONE:
        return None
    return current_app.extensions.get("replica")


def _count(*, from_replica: bool) -> None:
    READS.labels("replica" if from_replica else "primary").inc()
