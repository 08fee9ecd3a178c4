"""RULES: seats in a session: taken, released, waited for.

`current_participants` always equals the active rows. Every change of both is one transaction. It takes the
turn of the person (`in_turn`) before it locks a row. People who wait get a seat without their turn, from a
transaction that has locked the session (`promote`), and they stop waiting under the same lock. So no two
transactions wait for each other. While a person waits, no seat is free: a seat that is released is given away
in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Integer,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from chassis.clock import now
from chassis.data import statements
from chassis.data.keyset import after_bound, after_values
from chassis.data.limits import take_turns
from chassis.errors import Conflict
from study_session_service import rooms
from study_session_service.lifecycle import require_open
from study_session_service.models import OPEN, Participant, Role, StudySession, Waiting, apart, db
from study_session_service.notifications import FACTS, Kind, notify
from study_session_service.rows import SessionRow, columns_of, fetch

TOLD = ("last_seq", "join_code", *FACTS)
# Whether a person came is for the host and for that person alone.
KEPT = tuple(column.key for column in Participant.__table__.columns if column.key != "attended")

IS_GIVEN = StudySession.id == bindparam("session", type_=Uuid)
AT = bindparam("at", type_=DateTime(timezone=True))
HAS_SEAT = and_(
    StudySession.is_open,
    StudySession.ends_at > AT,
    StudySession.current_participants < StudySession.max_participants,
)


class SessionFull(Conflict):
    """The session is full."""

    code = "session_full"


def in_turn(*user_ids: UUID) -> None:
    """Let others who change where these people have a seat wait for the end of this transaction.

    Before any row is locked, never after.
    """
    # In one order: two who hand sessions to each other would each wait for the other's turn.
    for user_id in sorted(user_ids):
        take_turns(db.session, f"joining:{user_id}")


def take(session_id: UUID, user_id: UUID, *, promoted: bool = False) -> Row[Any] | None:
    """Seat the person, and return their row.

    None if they have a seat, may not come back, or there is plainly no seat.
    Raises `SessionFull`, or what `require_open` does, if the last seat was taken while this waited for
    the row: the participant's row is written by then, and only a rollback takes it back.
    """
    values = {"session": session_id, "user": user_id, "at": now()}
    rows = statements.execute(db.session, taking(), values)
    if not rows:
        return None
    [taken] = rows
    if taken.last_seq is None:
        require_open(db.session.get_one(StudySession, session_id, populate_existing=True))
        raise SessionFull
    rooms.tell(session_id, taken.last_seq, "joined", taken, members_changed=[user_id])
    session = _session_in(taken, session_id)
    notify(session, Kind.PERSON_JOINED, [session.host_id], taken.last_seq, actor=user_id)
    if promoted:
        notify(session, Kind.WAITLIST_PROMOTION, [user_id], taken.last_seq)
    return taken


def release(participant: Participant, *, removed: bool = False, reason: str | None = None) -> None:
    """Release the seat of a person who left or was removed, and give it to the first on the waitlist."""
    session_id, user_id = participant.session_id, participant.user_id
    [row] = statements.execute(db.session, _release(), {"session": session_id, "at": now()})
    event = "removed" if removed else "left"
    rooms.tell(session_id, row.last_seq, event, participant, members_changed=[user_id])
    session = _session_in(row, session_id)
    if removed:
        notify(session, Kind.REMOVED, [user_id], row.last_seq, actor=session.host_id, reason=reason)
    elif session.status_at(now()) in OPEN:
        host_id, seq = session.host_id, row.last_seq
        notify(session, Kind.PERSON_LEFT, [host_id], seq, actor=user_id, removed=False)
    promote(session_id)


def promote(session_id: UUID) -> None:
    """Give the free seats of a session, whose row this transaction has locked, to the waitlist, in order."""
    # Until the waitlist or the seats run out: if `take` refuses a person because they already have a
    # seat, the next in line gets it.
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
    return query.where(after_bound(order)) if follows else query


def _call_up(session_id: UUID) -> Sequence[Waiting]:
    """Take off the waitlist as many people as there are free seats."""
    free_seats = (
        select(StudySession.max_participants - StudySession.current_participants)
        .where(IS_GIVEN, HAS_SEAT)
        .scalar_subquery()
    )
    host_id = select(StudySession.host_id).where(IS_GIVEN).scalar_subquery()
    first = (
        select(Waiting.number)
        .where(Waiting.session_id == session_id)
        .where(Waiting.user_id.not_in(apart.people_apart_from(host_id)))
        .order_by(Waiting.number)
    )
    # NULL seats: the session is over, and LIMIT NULL would mean all.
    called = (
        delete(Waiting)
        .where(Waiting.number.in_(first.limit(func.coalesce(free_seats, 0))))
        .returning(Waiting)
    )
    waiting = db.session.scalars(called, {"session": session_id, "at": now()}).all()
    return sorted(waiting, key=lambda waiting: waiting.number)


def _position(session_id: UUID, user_id: UUID) -> int:
    own = (
        select(Waiting.number)
        .where(Waiting.session_id == session_id, Waiting.user_id == user_id)
        .scalar_subquery()
    )
    before = select(func.count()).where(Waiting.session_id == session_id, Waiting.number <= own)
    return db.session.execute(before).scalar_one()


@cache
def taking() -> Select[*tuple[Any, ...]]:
    """The row of a person who gets a seat, the number of that, and the session's join code.

    The number is NULL if the last seat was just taken.
    """
    row = {
        "session_id": StudySession.id,
        "user_id": bindparam("user", type_=Uuid),
        "role": literal(Role.PARTICIPANT),
        "joined_at": AT,
        "is_active": true(),
    }
    seat = (
        insert(Participant)
        .from_select(list(row), select(*row.values()).where(IS_GIVEN, HAS_SEAT))
        # So that of two requests of one person the second finds the row of the first.
        .on_conflict_do_update(
            index_elements=["session_id", "user_id"],
            set_={"role": Role.PARTICIPANT, "joined_at": AT, "left_at": None, "is_active": True},
            where=and_(Participant.left_at.is_not(None), Participant.removed_at.is_(None)),
        )
        .returning(*columns_of(Participant, KEPT))
        .cte("seat")
    )
    # The UPDATE waits for another holder of the row, and then asks the condition of what that has left
    # (READ COMMITTED).
    is_its = StudySession.id == seat.c.session_id
    counted = _counted(1).where(is_its, HAS_SEAT).cte("counted")
    told = [counted.c[name] for name in TOLD]
    return select(seat, *told).outerjoin_from(seat, counted, true())


@cache
def _release() -> ReturningUpdate[*tuple[Any, ...]]:
    return _counted(-1).where(IS_GIVEN)


def _session_in(row: Row[Any], session_id: UUID) -> SessionRow:
    """The session as it is after the counter changed."""
    return SessionRow(id=session_id, **{name: getattr(row, name) for name in FACTS})


def _counted(change: int) -> ReturningUpdate[*tuple[Any, ...]]:
    """A change of the counter, with the number of what happened and the session as it is now."""
    return (
        update(StudySession)
        .values(
            current_participants=StudySession.current_participants + change,
            last_seq=StudySession.last_seq + 1,
            updated_at=AT,
        )
        .returning(*columns_of(StudySession, TOLD))
    )
