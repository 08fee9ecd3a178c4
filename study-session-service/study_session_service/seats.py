"""RULES: seats in a session: taken, released, waited for.

`current_participants` always equals the active rows. Every change of both is one transaction that
touches the participant's row first and the session's row last, so two such transactions never wait
for each other (but see `promote`). While a person waits, no seat is free: a seat that is released is
given away in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.errors import Conflict
from study_session_service import rooms
from study_session_service.lifecycle import require_open
from study_session_service.models import Participant, Role, StudySession, Waiting, db
from study_session_service.notifications import Kind, notify
from study_session_service.rows import SessionRow, after, after_values, columns_of, fetch

KEPT = tuple(column.key for column in Participant.__table__.columns)


class SessionFull(Conflict):
    """The session is full."""

    code = "session_full"


def take(session_id: UUID, user_id: UUID, *, promoted: bool = False) -> Participant | None:
    """Seat the person; None if they have a seat, may not come back, or there is plainly no seat.

    Raises `SessionFull`, or what `require_open` does, if the last seat was taken while this waited for
    the row: the participant's row is written by then, and only a rollback takes it back.
    """
    at = now()
    free_seat = select(
        StudySession.id, literal(user_id), literal(Role.PARTICIPANT), literal(at), literal(True)
    ).where(StudySession.id == session_id, _has_seat(at))
    row = insert(Participant).from_select(
        ["session_id", "user_id", "role", "joined_at", "is_active"], free_seat
    )
    # One statement, so that of two requests of one person the second finds the row of the first.
    seat = row.on_conflict_do_update(
        index_elements=["session_id", "user_id"],
        set_={"role": Role.PARTICIPANT, "joined_at": at, "left_at": None, "is_active": True},
        where=and_(Participant.left_at.is_not(None), Participant.removed_at.is_(None)),
    ).returning(Participant)
    taken = db.session.scalars(seat, execution_options={"populate_existing": True}).one_or_none()
    if taken is None:
        return None
    # The UPDATE waits for another holder of the row, and then asks the condition of what that has left
    # (READ COMMITTED).
    if not _count(session_id, 1, _has_seat(at)):
        require_open(db.session.get_one(StudySession, session_id, populate_existing=True))
        raise SessionFull
    seq = rooms.record(session_id, "joined", taken, members_changed=[user_id])
    if promoted:
        session = db.session.get_one(StudySession, session_id)
        notify(session, Kind.WAITLIST_PROMOTION, [user_id], seq)
    return taken


def release(participant: Participant, event: str) -> None:
    """Release the seat of a person who left or was removed, and give it to the first on the waitlist."""
    db.session.flush()
    _count(participant.session_id, -1)
    session_id, user_id = participant.session_id, participant.user_id
    rooms.record(session_id, event, participant, members_changed=[user_id])
    promote(session_id)


def promote(session_id: UUID) -> None:
    """Give the free seats of a session, whose row this transaction has locked, to the waitlist, in order."""
    # Until the waitlist or the seats run out: if `take` refuses a person because they already have a
    # seat, the next in line gets it. Here the session's row is locked before those of participants.
    # A person who had a seat once and stops waiting at this moment may wait for this transaction, and
    # this one for theirs: PostgreSQL ends one of the two, and `in_transaction` runs it again.
    while called := _call_up(session_id):
        for waiting in called:
            take(session_id, waiting.user_id, promoted=True)


def wait(session: SessionRow, user_id: UUID) -> int:
    """Put the person at the end of the waitlist of the locked, full session; their position.

    A person who is on it keeps their position.
    """
    entry = insert(Waiting).values(session_id=session.id, user_id=user_id, created_at=now())
    db.session.execute(entry.on_conflict_do_nothing())
    return _position(session.id, user_id)


def stop_waiting(session_id: UUID, user_id: UUID) -> bool:
    """Take the person off the waitlist of the locked session; whether they were on it."""
    own = delete(Waiting).where(Waiting.session_id == session_id, Waiting.user_id == user_id)
    return db.session.scalar(own.returning(Waiting.number)) is not None


def participants(session_id: UUID, count: int, cursor: str | None = None) -> Sequence[Row[Any]]:
    """The first so many people who have a seat, in the order of joining, after the cursor."""
    query = _participants(follows=bool(cursor))
    start = after_values(cursor, [datetime, UUID])
    return fetch(query, {"session_id": session_id, "limit": count, **start})


@cache
def _participants(*, follows: bool) -> Select[*tuple[Any, ...]]:
    order = [Participant.joined_at, Participant.id]
    query = (
        select(*columns_of(Participant, KEPT))
        .where(Participant.session_id == bindparam("session_id"), Participant.is_active)
        .order_by(*order)
        .limit(bindparam("limit", type_=Integer))
    )
    return query.where(after(order)) if follows else query


def _call_up(session_id: UUID) -> Sequence[Waiting]:
    """Take off the waitlist as many people as there are free seats."""
    free_seats = (
        select(StudySession.max_participants - StudySession.current_participants)
        .where(StudySession.id == session_id, _has_seat(now()))
        .scalar_subquery()
    )
    first = select(Waiting.number).where(Waiting.session_id == session_id).order_by(Waiting.number)
    # NULL seats: the session is over, and LIMIT NULL would mean all.
    called = (
        delete(Waiting)
        .where(Waiting.number.in_(first.limit(func.coalesce(free_seats, 0))))
        .returning(Waiting)
    )
    return sorted(db.session.scalars(called).all(), key=lambda waiting: waiting.number)


def _position(session_id: UUID, user_id: UUID) -> int:
    own = (
        select(Waiting.number)
        .where(Waiting.session_id == session_id, Waiting.user_id == user_id)
        .scalar_subquery()
    )
    before = select(func.count()).where(Waiting.session_id == session_id, Waiting.number <= own)
    return db.session.execute(before).scalar_one()


def _has_seat(at: datetime) -> ColumnElement[bool]:
    return and_(
        StudySession.is_open,
        StudySession.ends_at > at,
        StudySession.current_participants < StudySession.max_participants,
    )


def _count(session_id: UUID, change: int, condition: ColumnElement[bool] | None = None) -> bool:
    """Change the counter; whether the condition held once this transaction had the row."""
    counted = (
        update(StudySession)
        .where(StudySession.id == session_id, *([] if condition is None else [condition]))
        .values(current_participants=StudySession.current_participants + change)
        .returning(StudySession.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(counted) is not None
