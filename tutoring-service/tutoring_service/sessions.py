"""RULES: a session, for those who may see it, and its list."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Uuid,
    any_,
    bindparam,
    select,
    union_all,
)
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.errors import Forbidden, NotFound
from chassis.pages import Page, cut
from chassis.versions import ANY, ExpectedVersion
from tutoring_service.models import (
    EnrollmentParent,
    SessionBooking,
    TutoringSession,
    db,
)
from tutoring_service.roles import role_in
from tutoring_service.states import Role

EQUAL = ("enrolled_courses_id", "is_featured", "is_recurring")
AMONG = ("status", "session_mode", "priority_level")
FILTERS: Mapping[str, ColumnElement[bool]] = {
    **{name: getattr(TutoringSession, name) == bindparam(name) for name in EQUAL},
    **{
        # An array, because SQLAlchemy writes an IN again for each list.
        name: getattr(TutoringSession, name) == any_(bindparam(name, type_=ARRAY(String)))
        for name in AMONG
    },
    "since": SessionBooking.starts_at >= bindparam("since"),
    "until": SessionBooking.starts_at < bindparam("until"),
}
CALLER = bindparam("caller_id", type_=Uuid)
FOLLOWED = select(EnrollmentParent.enrollment_id).where(EnrollmentParent.parent_id == CALLER)
OWN: Mapping[Role, ColumnElement[bool]] = {
    Role.TUTOR: SessionBooking.tutor_id == CALLER,
    Role.STUDENT: SessionBooking.student_id == CALLER,
    Role.PARENT: SessionBooking.enrolled_courses_id.in_(FOLLOWED),
}

"""The end of a session that no row is left to say."""

Columns = tuple[Any, Any]
BY_DATE: Columns = (SessionBooking.starts_at, SessionBooking.session_id)
# The columns of a booking have other names than those of its session, but for this one.
IN_BOTH = "enrolled_courses_id"
IN_LISTS = [
    *TutoringSession.__table__.columns,
    *(column for column in SessionBooking.__table__.columns if column.key != IN_BOTH),
]


class Sort(StrEnum):
    DATE = "session_date"
    DATE_DESCENDING = "-session_date"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"


class Shape(NamedTuple):
    """What decides the text of a list's statement. Everything else is bound."""

    roles: tuple[Role, ...] | None
    filters: frozenset[str]
    has_whiteboard: bool | None
    sort: str
    follows: bool


def get(
    caller: Caller, session_id: int, *, lock: bool = False, expected: ExpectedVersion = ANY
) -> tuple[TutoringSession, Role]:
    """The session with its booking, and the caller's role in it; `NotFound` for strangers.

    With `lock` no other transaction changes it meanwhile; `PreconditionFailed` unless its version is
    expected.
    """
    session = db.session.scalar(with_booking(lock=lock).where(TutoringSession.id == session_id))
    if session is None:
        raise NotFound
    booking = session.booking
    role = role_in(booking.enrolled_courses_id, booking.tutor_id, booking.student_id, caller)
    expected.check(booking.version)
    return session, role


def find(caller: Caller, wanted: dict[str, Any]) -> Page[Row[Any]]:
    """The sessions that meet the filters: those that the caller gives, takes, or follows as a parent;
    for an admin all. Each is a row with the columns of its booking.
    """
    roles = _roles(caller, wanted["role"], everything=not wanted["mine"])
    values = {name: wanted[name] for name in FILTERS if _is_given(wanted[name])}
    cursor, sort, limit = wanted["cursor"], wanted["sort"], wanted["limit"]
    shape = Shape(roles, frozenset(values), wanted["has_whiteboard"], sort, bool(cursor))
    values |= {name: sorted(values[name]) for name in AMONG if name in values}
    values |= {"caller_id": caller.id, "limit": limit + 1}
    rows = reads.rows(db.session, _statement(shape), values | after_values(cursor, [datetime, int]))
    by_date = _order(sort) == BY_DATE
    return cut(rows, limit, lambda row: (row.starts_at if by_date else row.created_at, row.id))


def with_booking(*, lock: bool = False) -> Select[TutoringSession]:
    """Sessions with their bookings, as they are now.

    `lock` locks both rows: of a row that it had to wait for, PostgreSQL reads the new state, and of
    a row that is only joined the state from before the wait.
    """
    query = (
        select(TutoringSession)
        .join(TutoringSession.booking)
        .options(contains_eager(TutoringSession.booking))
        # What this transaction has read before may be from before the wait.
        .execution_options(populate_existing=True)
    )
    if lock:
        # Without the keys: rows that refer to a session, such as reviews, are written meanwhile.
        query = query.with_for_update(of=(SessionBooking, TutoringSession), key_share=True)
    return query


def _order(sort: str) -> Columns:
    if sort in (Sort.DATE, Sort.DATE_DESCENDING):
        return BY_DATE
    return TutoringSession.created_at, TutoringSession.id


def _is_given(value: Any) -> bool:
    return value is not None and value != frozenset()


@lru_cache(maxsize=512)
def _statement(shape: Shape) -> Select[*tuple[Any, ...]]:
    """The statement for a page of a list of this shape."""
    query = _page_of(select(*IN_LISTS).join(TutoringSession.booking), shape)
    if shape.roles is None:
        return query
    # UNION ALL, because IN does not mind what is there twice, and to find that out costs a sort.
    ids = union_all(*(_ids(shape, role) for role in shape.roles))
    return query.where(TutoringSession.id.in_(ids))


def _page_of(query: Select[*tuple[Any, ...]], shape: Shape) -> Select[*tuple[Any, ...]]:
    columns, descending = _order(shape.sort), shape.sort.startswith("-")
    query = query.where(*(FILTERS[name] for name in sorted(shape.filters)))
    if shape.has_whiteboard is not None:
        has_none = TutoringSession.whiteboard_id.is_(None)
        query = query.where(~has_none if shape.has_whiteboard else has_none)
    if shape.follows:
        query = query.where(after_bound(columns, descending=descending))
    order = [column.desc() if descending else column for column in columns]
    return query.order_by(*order).limit(bindparam("limit", type_=Integer))


def _ids(shape: Shape, role: Role) -> Select[*tuple[Any, ...]]:
    """The page's worth of sessions in one role: each role reads its own index in order, and no
    further than a page.
    """
    query = select(SessionBooking.session_id).join(SessionBooking.session)
    return _page_of(query, shape).where(OWN[role])


def _roles(caller: Caller, role: str | None, *, everything: bool) -> tuple[Role, ...] | None:
    """The roles in which the caller sees sessions, or the one; None for all sessions, if that is what
    an admin wants.
    """
    if everything and role in (None, Role.ADMIN) and Role.ADMIN in caller.roles:
        return None
    if role == Role.ADMIN:
        raise Forbidden("This is for an admin.", required=Role.ADMIN)
    return (Role(role),) if role else tuple(OWN)
