"""RULES: seats in several locked sessions: taken, given back and waited for at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Integer,
    Row,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    false,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.data import statements
from study_session_service import cache, seats
from study_session_service.models import Participant, Role, StudySession, Waiting, db, messages
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.rooms import KIND
from study_session_service.rows import SessionRow, columns_of, earliest_first, fetch
from study_session_service.series.scope import Scope, is_going_on, lock_within
from study_session_service.series.writing import ARE_GIVEN, IDS
from study_session_service.visibility import ABOUT_VIEWER, IS_MINE, SeenSession, seen_by

FACTS = (
    "id",
    "host_id",
    "title",
    "version",
    "visibility",
    "join_code",
    "start_time",
    "ends_at",
    "started_at",
    "ended_at",
    "cancelled_at",
    "max_participants",
    "current_participants",
)
STANDINGS = (
    select(*columns_of(StudySession, FACTS), *ABOUT_VIEWER)
    .outerjoin_from(StudySession, Participant, IS_MINE)
    .where(ARE_GIVEN)
    .order_by(StudySession.start_time, StudySession.id)
)
LENGTHS = (
    select(Waiting.session_id, func.count().label("length"))
    .where(Waiting.session_id == any_(IDS))
    .group_by(Waiting.session_id)
)
USER = bindparam("user_id", type_=Uuid)
AT = bindparam("at", type_=DateTime(timezone=True))
IS_THEIRS = and_(Participant.session_id == any_(IDS), Participant.user_id == USER)
SEAT = {
    "session_id": StudySession.id,
    "user_id": USER,
    "role": literal(Role.PARTICIPANT),
    "joined_at": AT,
    "is_active": true(),
}
TAKING = (
    insert(Participant)
    .from_select(list(SEAT), select(*SEAT.values()).where(ARE_GIVEN))
    .on_conflict_do_update(
        index_elements=["session_id", "user_id"],
        set_={"role": Role.PARTICIPANT, "joined_at": AT, "left_at": None, "is_active": True},
    )
    .returning(*columns_of(Participant, seats.KEPT))
)
GIVING_UP = (
    update(Participant)
    .where(IS_THEIRS)
    .values(is_active=False, left_at=AT)
    .returning(*columns_of(Participant, seats.KEPT))
)
NO_SEAT = {**SEAT, "is_active": false(), "left_at": AT, "removed_at": AT}
KEEPING_OUT = (
    insert(Participant)
    .from_select(list(NO_SEAT), select(*NO_SEAT.values()).where(ARE_GIVEN))
    .on_conflict_do_update(
        index_elements=["session_id", "user_id"],
        set_={
            "is_active": False,
            "left_at": func.coalesce(Participant.left_at, AT),
            "removed_at": func.coalesce(Participant.removed_at, AT),
        },
    )
)
COUNTING = (
    update(StudySession)
    .where(ARE_GIVEN)
    .values(
        current_participants=StudySession.current_participants + bindparam("change", type_=Integer),
        last_seq=StudySession.last_seq + 1,
        updated_at=AT,
    )
    .returning(*columns_of(StudySession, (*FACTS, "last_seq")))
)
NO_LONGER_WAITING = delete(Waiting).where(Waiting.session_id == any_(IDS), Waiting.user_id == USER)
AWAITED = select(Waiting.session_id).where(Waiting.session_id == any_(IDS)).distinct()


def lock_seen(session: SessionRow, scope: Scope, user_id: UUID) -> Sequence[SeenSession]:
    """The sessions that are meant and not over, locked; how they stand to the person, whose turn it is."""
    ids = [each.id for each in lock_within(session, scope)]
    at = now()
    rows = fetch(STANDINGS, {"ids": ids, "viewer_id": user_id})
    seen = [seen_by(row, FACTS, at) for row in rows]
    return [each for each in seen if is_going_on(each.session)]


def take(ids: Sequence[UUID], user_id: UUID) -> None:
    """Seat the person in these locked sessions, each of which has a seat."""
    if not ids:
        return
    seated = statements.execute(db.session, TAKING, {"ids": ids, "user_id": user_id, "at": now()})
    counted = _counted(ids, 1)
    _tell("joined", counted, seated, user_id)
    happenings = [Happening(each, each.last_seq, [each.host_id]) for each in counted]
    notify_once(Kind.PERSON_JOINED, happenings, actor=user_id)


def release(ids: Sequence[UUID], user_id: UUID, *, removed: bool = False) -> Sequence[SessionRow]:
    """Take the person's seats in these locked sessions back; the sessions as they are then."""
    if not ids:
        return []
    values = {"ids": ids, "user_id": user_id, "at": now()}
    given_up = statements.execute(db.session, GIVING_UP, values)
    counted = _counted(ids, -1)
    _tell("removed" if removed else "left", counted, given_up, user_id)
    return counted


def wait(ids: Sequence[UUID], user_id: UUID) -> dict[UUID, int]:
    """Put the person at the end of the waitlists of these locked, full sessions; the positions."""
    if not ids:
        return {}
    entries = [{"session_id": id_, "user_id": user_id, "created_at": now()} for id_ in ids]
    db.session.execute(insert(Waiting), entries)
    return {row.session_id: row.length for row in fetch(LENGTHS, {"ids": ids})}


def stop_waiting(ids: Sequence[UUID], user_id: UUID) -> None:
    statements.execute(db.session, NO_LONGER_WAITING, {"ids": ids, "user_id": user_id})


def keep_out(ids: Sequence[UUID], user_id: UUID) -> None:
    """Let the person never again have a seat in these locked sessions."""
    statements.execute(db.session, KEEPING_OUT, {"ids": ids, "user_id": user_id, "at": now()})


def promote(session_ids: Sequence[UUID]) -> None:
    """Give the free seats of these locked sessions to their waitlists."""
    for row in sorted(fetch(AWAITED, {"ids": session_ids})):
        seats.promote(row.session_id)


def _counted(ids: Sequence[UUID], change: int) -> Sequence[SessionRow]:
    """Change the counters of these locked sessions, and number what happened; earliest first."""
    rows = statements.execute(db.session, COUNTING, {"ids": ids, "change": change, "at": now()})
    return earliest_first(rows)


def _tell(
    event: str, counted: Sequence[SessionRow], rows: Sequence[Row[Any]], user_id: UUID
) -> None:
    seats_of = {row.session_id: row for row in rows}
    with messages.gathered():
        for each in counted:
            room, participant = f"{KIND}:{each.id}", seats_of[each.id]
            messages.publish_live(
                room, each.last_seq, event, participant, members_changed=[user_id]
            )
    cache.forget(*(each.id for each in counted))
