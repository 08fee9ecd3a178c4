"""RULES: a session, for those who may see it; its list; and its end before it began."""

from datetime import datetime
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


class Sort(StrEnum):
    DATE = "session_date"
    DATE_DESCENDING = "-session_date"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"


def get(
    caller: Caller, session_id: int, *, lock: bool = False, expected: ExpectedVersion = ANY
) -> tuple[TutoringSession, Role]:
    """The session with its booking, and the caller's role in it; `NotFound` for strangers.

    With `lock` nobody else changes it meanwhile; `PreconditionFailed` unless its version is expected.
    """
    session = db.session.scalar(with_booking(lock=lock).where(TutoringSession.id == session_id))
    if session is None:
        raise NotFound
    booking = session.booking
    role = role_in(booking.enrolled_courses_id, booking.tutor_id, booking.student_id, caller)
    expected.check(booking.version)
    return session, role


def find(caller: Caller, wanted: dict[str, Any]) -> Page[TutoringSession]:
    """The sessions that meet the filters: those the caller gives, takes, or follows as a parent; an
    admin's are all.
    """
    by_date = wanted["sort"] in (Sort.DATE, Sort.DATE_DESCENDING)
    columns: Columns = (
        (SessionBooking.starts_at, SessionBooking.session_id)
        if by_date
        else (TutoringSession.created_at, TutoringSession.id)
    )
    query = _page_of(with_booking(), columns, wanted).where(*_filters(wanted))
    mine = _mine(caller, wanted["role"], everything=not wanted["mine"])
    if mine is not None:
        # UNION ALL, because IN does not mind what is there twice, and to find that out costs a
        # sort.
        query = query.where(
            TutoringSession.id.in_(union_all(*(_ids(columns, wanted, one) for one in mine)))
        )
    rows = db.session.scalars(query).all()
    return cut(
        rows,
        wanted["limit"],
        lambda row: (row.booking.starts_at if by_date else row.created_at, row.id),
    )


def with_booking(*, lock: bool = False) -> Select[TutoringSession]:
    """Sessions with their bookings, as they are now.

    `lock` locks both rows: of a row that it had to wait for, PostgreSQL reads the new state, and of
    a row that is only joined the state from before the wait.
    """
    query = (
        select(TutoringSession)
        .join(TutoringSession.booking)
        .options(contains_eager(TutoringSession.booking))
        .execution_options(populate_existing=True)
    )
    return (
        query.with_for_update(of=(SessionBooking, TutoringSession), key_share=True)
        if lock
        else query
    )


def remove(caller: Caller, session_id: int) -> None:
    """Take back a session that was never started."""
    session, role = get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.ADMIN)
    if session.booking.started_at or session.status in (
        SessionStatus.IN_PROGRESS,
        SessionStatus.COMPLETED,
    ):
        raise InvalidTransition(str(session.status), DELETED, "A session that was started is kept.")
    session.booking.version += 1
    if session.status == SessionStatus.SCHEDULED:  # of one that was called off they have been told
        # Told before the deletion, while it can still be read who they are.
        notifications.tell(
            Kind.SESSION_CANCELLED,
            notifications.everyone(session.booking),
            session.booking,
            caller.id,
        )
    db.session.flush()
    # In SQL: the database deletes what hangs on it, which the ORM would read first.
    db.session.execute(delete(TutoringSession).where(TutoringSession.id == session_id))


def _filters(wanted: dict[str, Any]) -> list[ColumnElement[bool]]:
    session, booking = TutoringSession, SessionBooking
    filters = [getattr(session, name) == wanted[name] for name in EQUAL if wanted[name] is not None]
    filters += [getattr(session, name).in_(wanted[name]) for name in AMONG if wanted[name]]
    since: datetime | None = wanted["since"]
    until: datetime | None = wanted["until"]
    filters += [booking.starts_at >= since] if since else []
    filters += [booking.starts_at < until] if until else []
    if wanted["has_whiteboard"] is not None:
        used = session.whiteboard_id.is_not(None)
        filters.append(used if wanted["has_whiteboard"] else ~used)
    return filters


def _page_of(query: Select[Any], columns: Columns, wanted: dict[str, Any]) -> Select[Any]:
    return ordered(
        query, columns, wanted["limit"], wanted["cursor"], descending=wanted["sort"].startswith("-")
    )


def _ids(columns: Columns, wanted: dict[str, Any], mine: ColumnElement[bool]) -> Select[Any]:
    """The page's worth of sessions in one role: each role reads its own index in order, and no
    further than a page.
    """
    query = select(SessionBooking.session_id).join(SessionBooking.session)
    return _page_of(query, columns, wanted).where(mine, *_filters(wanted))


def _mine(
    caller: Caller, role: str | None, *, everything: bool
) -> list[ColumnElement[bool]] | None:
    """The bookings the caller may see in this role, or in each; None for all, if that is what an
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
    return [ways[Role(role)]] if role else list(ways.values())
