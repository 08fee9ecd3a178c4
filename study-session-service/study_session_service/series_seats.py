"""RULES: seats in several sessions of a series at once: joined, left, and taken from people by the host.

What a person asks for is done in every session where it can be done, and the answer says what came of it in
each. The sessions are locked first, in one order, so what is seen of them holds until the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
from chassis.data.limits import counting, take_turns
from chassis.errors import Forbidden, NotFound
from study_session_service import cache, join_codes, lifecycle, participation, seats
from study_session_service.models import Participant, Role, StudySession, Waiting, db, messages
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.participation import (
    JOINED,
    JoinedSessionLimitReached,
    TransferRequired,
)
from study_session_service.rooms import KIND
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.series import (
    ARE_GIVEN,
    IDS,
    Scope,
    is_going_on,
    lock_rows,
    lock_within,
    promote,
)
from study_session_service.visibility import (
    IS_MINE,
    MINE,
    OUT_OF_REACH,
    POSITION,
    SeenSession,
    look,
    see,
    seen_by,
)

FACTS = (
    "id",
    "host_id",
    "title",
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
    select(
        *columns_of(StudySession, FACTS),
        *MINE,
        POSITION.label("position"),
        OUT_OF_REACH.label("out_of_reach"),
    )
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


class Outcome(StrEnum):
    """What came of asking for a seat in one session of a series."""

    JOINED = "joined"
    WAITING = "waiting"
    FULL = "full"
    REFUSED = "refused"


@dataclass(frozen=True)
class Part:
    """What the person is in one session of the series afterwards, or why not."""

    session_id: UUID
    start_time: datetime
    outcome: Outcome
    position: int | None = None


def join(
    session_id: UUID,
    user_id: UUID,
    scope: Scope,
    *,
    join_code: str | None = None,
    waitlist: bool = False,
) -> Sequence[Part]:
    """Take a seat in each session that is meant and is not over, or with `waitlist` wait where there is none.

    Sessions that are secret to the person are passed over. Joining twice is joining once.
    """
    # Before any row is locked, so that two of one person's requests never wait for each other.
    take_turns(db.session, f"joining:{user_id}")
    asked = look(session_id, user_id)
    participation.admit(asked, join_code)
    known = [
        each for each in lock_seen(asked.session, scope, user_id) if _is_open_to(each, join_code)
    ]
    if not known:
        lifecycle.require_open(asked.session)
        raise NotFound
    outcomes = {each.session.id: _outcome(each, waitlist=waitlist) for each in known}
    new = {
        outcome: [
            each.session.id
            for each in known
            if outcomes[each.session.id] == outcome and not (each.is_inside or each.position)
        ]
        for outcome in (Outcome.JOINED, Outcome.WAITING)
    }
    _require_room(user_id, sum(map(len, new.values())))
    take(new[Outcome.JOINED], user_id)
    positions = wait(new[Outcome.WAITING], user_id)
    return [
        Part(
            each.session.id,
            each.session.start_time,
            outcomes[each.session.id],
            each.position or positions.get(each.session.id),
        )
        for each in known
    ]


def leave(session_id: UUID, user_id: UUID, scope: Scope) -> None:
    """Give up the seats, and the waits for one, in the sessions that are meant and are not over."""
    session = see(session_id, user_id).session
    if session.series_id is None or scope == Scope.THIS:
        participation.leave(session_id, user_id)
        return
    own = lock_seen(session, scope, user_id)
    if any(each.is_inside and each.session.host_id == user_id for each in own):
        raise TransferRequired
    released = release([each.session.id for each in own if each.is_inside], user_id)
    happenings = [Happening(each, each.last_seq, [each.host_id]) for each in released]
    notify_once(Kind.PERSON_LEFT, happenings, actor=user_id, removed=False)
    stop_waiting([each.session.id for each in own if each.position], user_id)
    promote([each.id for each in released])


def remove(
    session_id: UUID,
    host_id: UUID,
    user_id: UUID,
    reason: str | None = None,
    scope: Scope = Scope.THIS,
) -> None:
    """Send a participant away for good from the session, or from several of its series that are not over; a
    private series gets another code. They are told once, and the reason.
    """
    session = see(session_id, host_id).session
    if session.series_id is None or not is_going_on(session):
        participation.remove(session_id, host_id, user_id, reason)
        return
    # All of the series: they have one code.
    everywhere = lock_seen(session, Scope.ALL, user_id)
    session = see(session_id, host_id).session
    if session.host_id != host_id:
        raise Forbidden("Only the host may do this.", required="host")
    meant = [each for each in everywhere if _is_meant(each, session, scope)]
    theirs = [each for each in meant if each.mine or each.position]
    if not any(each.mine for each in meant):
        raise NotFound
    if user_id == host_id:
        raise TransferRequired
    was_removed = all(each.mine and each.mine.removed_at for each in meant)
    released = release(
        [each.session.id for each in theirs if each.is_inside], user_id, removed=True
    )
    # Also out of those in which they never were.
    keep_out([each.session.id for each in meant], user_id)
    waited = [each for each in theirs if each.position]
    stop_waiting([each.session.id for each in waited], user_id)
    numbers = {each.id: each.last_seq for each in released}
    told = [each.session for each in theirs if each.is_inside or each.position]
    happenings = [Happening(each, numbers.get(each.id, 0), [user_id]) for each in told]
    notify_once(Kind.REMOVED, happenings, actor=host_id, reason=reason)
    promote([each.id for each in released])
    # Removed again, they do not know the present one.
    if not was_removed:
        join_codes.renew(
            *(each.session.id for each in everywhere if each.session.host_id == host_id)
        )


def lock_seen(session: SessionRow, scope: Scope, user_id: UUID) -> Sequence[SeenSession]:
    """The sessions that are meant and not over, locked with the person's rows; how they stand to them."""
    # The participant's rows before the sessions', as everywhere.
    lock_rows(session, scope, user_id)
    ids = [each.id for each in lock_within(session, scope)]
    at = now()
    rows = fetch(STANDINGS, {"ids": ids, "viewer_id": user_id})
    seen = [seen_by(row, FACTS, at) for row in rows]
    return [each for each in seen if is_going_on(each.session)]


def _is_open_to(seen: SeenSession, join_code: str | None) -> bool:
    """Whether the person knows of the session, or has the code that opens it."""
    if seen.is_known or (seen.mine and seen.mine.removed_at):
        return True
    return not seen.is_out_of_reach and join_codes.opens(join_code, seen.session.join_code)


def _outcome(seen: SeenSession, *, waitlist: bool) -> Outcome:
    if seen.is_inside:
        return Outcome.JOINED
    if seen.mine and seen.mine.removed_at:
        return Outcome.REFUSED
    if seen.position:
        return Outcome.WAITING
    if seen.session.seats_left:
        return Outcome.JOINED
    return Outcome.WAITING if waitlist else Outcome.FULL


def _require_room(user_id: UUID, more: int) -> None:
    """`JoinedSessionLimitReached` if the person would have joined too many; then none is joined."""
    most = JoinedSessionLimitReached.most
    joined = counting(JOINED)
    values = {"viewer_id": user_id, "at": now(), "most": most}
    if more and db.session.execute(joined, values).scalar_one() + more > most:
        raise JoinedSessionLimitReached


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


def _counted(ids: Sequence[UUID], change: int) -> Sequence[SessionRow]:
    """Change the counters of these locked sessions, and number what happened; earliest first."""
    rows = statements.execute(db.session, COUNTING, {"ids": ids, "change": change, "at": now()})
    found = [SessionRow(**row._mapping) for row in rows]
    return sorted(found, key=lambda each: (each.start_time, each.id))


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


def _is_meant(seen: SeenSession, session: SessionRow, scope: Scope) -> bool:
    """Whether the host of the session means this one, too."""
    each = seen.session
    if each.id == session.id:
        return True
    if scope == Scope.THIS or each.host_id != session.host_id:
        return False
    return scope == Scope.ALL or each.start_time >= session.start_time
