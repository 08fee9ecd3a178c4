"""How many of a thing one person may have, or one thing may hold.

Such a limit is far above what people do. It keeps one client from filling a database for all.
"""

from typing import Any, ClassVar

from sqlalchemy import Integer, Select, String, bindparam, func, select
from sqlalchemy.orm import scoped_session

from chassis.data import statements
from chassis.errors import Conflict

TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=String), 0)))


class LimitReached(Conflict):
    """There are as many as there may be; `most` says how many."""

    code = "limit_reached"
    most: ClassVar[int]

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, most=self.most, **extra)


def require_room(
    session: "scoped_session[Any]",
    limit: type[LimitReached],
    rows: Select[Any],
    *,
    of: object,
    more: int = 1,
) -> None:
    """Raise the limit if there would be too many `rows` with so many more.

    `of` is the person or the thing that has them. Others who ask about the same wait until this
    transaction ends, so that two never find room for the last one.
    """
    take_turns(session, f"{limit.code}:{of}")
    if session.execute(counting(rows), {"most": limit.most}).scalar_one() + more > limit.most:
        raise limit


def counting(rows: Select[Any]) -> Select[int]:
    """How many such rows there are; no more are read than what is bound as `most`, which decides it."""
    return select(func.count()).select_from(rows.limit(bindparam("most", type_=Integer)).subquery())


def take_turns(session: "scoped_session[Any]", name: str) -> None:
    """Let others who take turns under this name wait for the end of this transaction.

    It takes the place of a row to lock where there is none yet. Two names with the same hash wait for each
    other, no more.
    """
    statements.execute(session, TURN, {"name": name}, flush=False)
