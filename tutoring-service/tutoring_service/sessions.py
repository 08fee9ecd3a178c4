"""RULES: a session, for those who may see it; its list; and its end before it began."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from chassis.auth.tokens import Caller
from chassis.data.keyset import ordered
from chassis.errors import Forbidden, InvalidTransition, NotFound
from chassis.pages import Page, cut
from chassis.versions import ANY, ExpectedVersion
from tutoring_service import notifications
from tutoring_service.models import (
    EnrollmentParent,
    SessionBooking,
    TutoringSession,
    db,
)
from tutoring_service.notifications import Kind
from tutoring_service.roles import require, role_in
from tutoring_service.states import Role, SessionStatus

AMONG = ("status", "session_mode", "priority_level")
EQUAL = ("enrolled_courses_id", "is_featured", "is_recurring")

DELETED = "deleted"
"""The end of a session that no row is left to say."""

Columns = tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int]]
BY_DATE: Columns = (SessionBooking.starts_at, SessionBooking.session_id)


class Sort(StrEnum):
    DATE = "session_date"
    DATE_DESCENDING = "-session_date"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"


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


def find(caller: Caller, wanted: dict[str, Any]) -> Page[TutoringSession]:
    """The sessions that meet the filters: those that the caller gives, takes, or follows as a parent;
    for an admin all.
    """
    columns = _order(wanted["sort"])
    query = _page_of(with_booking(), columns, wanted).where(*_filters(wanted))
    own = _own(caller, wanted["role"], everything=not wanted["mine"])
    if own is not None:
        # UNION ALL, because IN does not mind what is there twice, and to find that out costs a
        # sort.
        ids = union_all(*(_ids(columns, wanted, condition) for condition in own))
        query = query.where(TutoringSession.id.in_(ids))
    rows = db.session.scalars(query).all()
    by_date = columns == BY_DATE

    def position(row: TutoringSession) -> tuple[Any, int]:
        return row.booking.starts_at if by_date else row.created_at, row.id

    return cut(rows, wanted["limit"], position)


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


def remove(caller: Caller, session_id: int) -> None:
    """Delete a session that was never started."""
    session, role = get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.ADMIN)
    if session.booking.started_at or session.status in (
        SessionStatus.IN_PROGRESS,
        SessionStatus.COMPLETED,
    ):
        raise InvalidTransition(str(session.status), DELETED, "A session that was started is kept.")
    session.booking.version += 1
    # Of one that was cancelled they have been told already.
    if session.status == SessionStatus.SCHEDULED:
        # Before the deletion, while it can still be read which people they are.
        notifications.tell(
            Kind.SESSION_CANCELLED,
            notifications.everyone(session.booking),
            session.booking,
            caller.id,
        )
    db.session.flush()
    # In SQL: the database deletes what hangs on it, which the ORM would read first.
    db.session.execute(delete(TutoringSession).where(TutoringSession.id == session_id))


def _order(sort: str) -> Columns:
    if sort in (Sort.DATE, Sort.DATE_DESCENDING):
        return BY_DATE
    return TutoringSession.created_at, TutoringSession.id


def _filters(wanted: dict[str, Any]) -> list[ColumnElement[bool]]:
    session, booking = TutoringSession, SessionBooking
    filters: list[ColumnElement[bool]] = []
    for name in EQUAL:
        if wanted[name] is not None:
            filters.append(getattr(session, name) == wanted[name])
    for name in AMONG:
        if wanted[name]:
            filters.append(getattr(session, name).in_(wanted[name]))
    if wanted["since"]:
        filters.append(booking.starts_at >= wanted["since"])
    if wanted["until"]:
        filters.append(booking.starts_at < wanted["until"])
    if wanted["has_whiteboard"] is True:
        filters.append(session.whiteboard_id.is_not(None))
    if wanted["has_whiteboard"] is False:
        filters.append(session.whiteboard_id.is_(None))
    return filters


def _page_of(query: Select[Any], columns: Columns, wanted: dict[str, Any]) -> Select[Any]:
    return ordered(
        query, columns, wanted["limit"], wanted["cursor"], descending=wanted["sort"].startswith("-")
    )


def _ids(columns: Columns, wanted: dict[str, Any], own: ColumnElement[bool]) -> Select[Any]:
    """The page's worth of sessions in one role: each role reads its own index in order, and no
    further than a page.
    """
    query = select(SessionBooking.session_id).join(SessionBooking.session)
    return _page_of(query, columns, wanted).where(own, *_filters(wanted))


def _own(caller: Caller, role: str | None, *, everything: bool) -> list[ColumnElement[bool]] | None:
    """The bookings that the caller may see in this role, or in each; None for all, if that is what an
    admin wants.
    """
    booking = SessionBooking
    if everything and role in (None, Role.ADMIN) and Role.ADMIN in caller.roles:
        return None
    if role == Role.ADMIN:
        raise Forbidden("This is for an admin.", required=Role.ADMIN)
    followed = select(EnrollmentParent.enrollment_id).filter_by(parent_id=caller.id)
    ways = {
        Role.TUTOR: booking.tutor_id == caller.id,
        Role.STUDENT: booking.student_id == caller.id,
        Role.PARENT: booking.enrolled_courses_id.in_(followed),
    }
    if role:
        return [ways[Role(role)]]
    return list(ways.values())
