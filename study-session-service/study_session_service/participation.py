"""RULES: who takes part: join, leave, remove, hand over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from chassis.clock import now
from chassis.data.limits import LimitReached, counting
from chassis.errors import Conflict, Forbidden, NotFound
from chassis.pages import Page, cut
from study_session_service import join_codes, lifecycle, rooms, seats
from study_session_service.models import Participant, Role, StudySession, Waiting, db
from study_session_service.notifications import Kind, notify
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.visibility import (
    VIEWER,
    Mine,
    SeenSession,
    see,
    see_inside,
    seen_by,
    standing,
)

OVERLAPS_SHOWN = 10
# What is shown of them, and what that follows from.
OVERLAP = ("id", "title", "start_time", "started_at", "ends_at", "ended_at")

OVERLAPPING = (
    select(*columns_of(StudySession, OVERLAP))
    .join(Participant, Participant.session_id == StudySession.id)
    .where(Participant.user_id == VIEWER, Participant.is_active, StudySession.is_open)
    .where(StudySession.id != bindparam("session_id"))
    .where(StudySession.starts_at < bindparam("ends"), StudySession.ends_at > bindparam("begins"))
    .order_by(StudySession.start_time, StudySession.id)
    .limit(OVERLAPS_SHOWN)
)
JOINED = select(StudySession.id).where(
    StudySession.is_open,
    StudySession.ends_at > bindparam("at"),
    StudySession.id.in_(
        # Those that were left, too: the row stays.
        select(Participant.session_id)
        .where(Participant.user_id == VIEWER)
        .union(select(Waiting.session_id).where(Waiting.user_id == VIEWER))
    ),
)
# What decides whether a person may join: of the session, and how many they joined.
FACTS = (
    "id",
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
STANDING = standing(FACTS, counting(JOINED).scalar_subquery().label("joined"))


class RemovedByHost(Forbidden):
    """The host has removed you from this session."""

    code = "removed_by_host"


class TransferRequired(Conflict):
    """Hand it over to another member before you leave."""

    code = "transfer_required"


class NotAParticipant(Conflict):
    """Only an active participant can become the host."""

    code = "not_a_participant"


class JoinedSessionLimitReached(LimitReached):
    """You have joined as many sessions that are not over as one person may; `most` is how many."""

    code = "joined_session_limit_reached"
    most = 1000


@dataclass(frozen=True)
class Joining:
    """What came of asking to join: a seat or, without one, a position on the waitlist."""

    session_id: UUID
    user_id: UUID
    overlaps: Sequence[SessionRow]
    participant: Row[Any] | Mine | None = None
    position: int | None = None
    is_new: bool = False


def join(
    session_id: UUID, user_id: UUID, *, join_code: str | None = None, waitlist: bool = False
) -> Joining:
    """Take a seat, or with `waitlist` wait for one. Joining twice is joining once."""
    seats.in_turn(user_id)
    # Only a person who may have to wait needs the lock: that there is no seat must still be true when
    # the wait is written.
    if waitlist:
        lifecycle.lock(session_id)
    seen, joined = _asked(session_id, user_id)
    admit(seen, join_code)
    if not seen.is_inside:
        _require_room(seen.session, joined, waitlist=waitlist)
    # The overlaps are read before a seat is taken, because that locks the session's row.
    joining = Joining(session_id, user_id, overlapping(seen.session, user_id))
    if seen.is_inside:
        return replace(joining, participant=seen.mine)
    if not seen.session.seats_left:
        return replace(joining, position=seats.wait(seen.session, user_id))
    if seat := seats.take(session_id, user_id):
        # The host may have changed the code while this waited for the session's row.
        if seen.my_participation is None and not join_codes.opens(join_code, seat.join_code):
            raise NotFound
        return replace(joining, participant=seat, is_new=True)
    # No seat, or another request was faster and has seated, removed or kept out this very person.
    seen, _ = _asked(session_id, user_id)
    admit(seen, join_code)
    if seen.is_inside:
        return replace(joining, participant=seen.mine)
    lifecycle.require_open(seen.session)
    raise seats.SessionFull


def admit(seen: SeenSession, join_code: str | None) -> None:
    """`RemovedByHost`, or `NotFound` if the session is a secret that the code does not open."""
    if seen.mine and seen.mine.removed_at:
        raise RemovedByHost
    if seen.is_known:
        return
    if seen.is_out_of_reach or not join_codes.opens(join_code, seen.session.join_code):
        raise NotFound


def _asked(session_id: UUID, user_id: UUID) -> tuple[SeenSession, int]:
    """The session as the person sees it, and how many that are not over they joined or wait for."""
    at = now()
    values = {"session_id": session_id, "viewer_id": user_id, "at": at}
    rows = fetch(STANDING, {**values, "most": JoinedSessionLimitReached.most})
    if not rows:
        raise NotFound
    [row] = rows
    return seen_by(row, FACTS, at), row.joined


def _require_room(session: SessionRow, joined: int, *, waitlist: bool) -> None:
    lifecycle.require_open(session)
    # Exact: one after the other of the person's requests comes here.
    if joined >= JoinedSessionLimitReached.most:
        raise JoinedSessionLimitReached
    if not (session.seats_left or waitlist):
        raise seats.SessionFull


def leave(session_id: UUID, user_id: UUID) -> None:
    """Give up the seat, or the wait for one. Leaving twice is leaving once."""
    seats.in_turn(user_id)
    seen = see(session_id, user_id)
    if seen.position:
        # Before their row: that of a person who waits may be about to get a seat.
        lifecycle.lock(session_id)
        if not seats.stop_waiting(session_id, user_id):
            leave(session_id, user_id)  # the seat waited for has just come
        return
    participant = own_row(session_id, user_id)
    if participant and participant.is_active:
        if participant.is_host and seen.is_open:
            raise TransferRequired
        participant.is_active, participant.left_at = False, now()
        seats.release(participant)


def remove(session_id: UUID, host_id: UUID, user_id: UUID, reason: str | None = None) -> None:
    """Send a participant away for good, and change the code that they know. They are told the reason."""
    seats.in_turn(user_id)
    session = lifecycle.hosted(session_id, host_id)
    participant = own_row(session_id, user_id)
    if participant is None:
        raise NotFound
    if participant.is_host:
        raise TransferRequired
    was_active, was_removed, at = participant.is_active, bool(participant.removed_at), now()
    participant.is_active = False
    participant.left_at = participant.left_at or at
    participant.removed_at = participant.removed_at or at
    if was_active:
        seats.release(participant, removed=True, reason=reason)
    elif seats.stop_waiting(session_id, user_id):
        notify(session, Kind.REMOVED, [user_id], session.last_seq, actor=host_id, reason=reason)
    # Removed again, they do not know the present one.
    if not was_removed:
        join_codes.renew(session_id)


def hand_over(session_id: UUID, host_id: UUID, to: UUID) -> StudySession:
    """Make another active participant the host; the host stays as a participant."""
    seats.in_turn(host_id, to)
    session = lifecycle.hosted(session_id, host_id)
    rows = {row.user_id: row for row in _lock_rows(session_id, host_id, to)}
    lifecycle.require_open(session)
    if to not in rows or not rows[to].is_active:
        raise NotAParticipant
    if to == host_id:
        return session
    rows[host_id].role = Role.PARTICIPANT
    # A unique index allows one host at a time, and the ORM would write the two rows in the order of
    # their keys.
    db.session.flush()
    rows[to].role, session.host_id = Role.HOST, to
    session.version += 1
    db.session.flush()
    seq = rooms.record(session_id, "host_changed", session, members_changed=[host_id, to])
    notify(session, Kind.MADE_HOST, [to], seq, actor=host_id)
    return session


def participants(session_id: UUID, viewer_id: UUID, limit: int, cursor: str | None) -> Page[Any]:
    """The participants in the order of joining, for one of them."""
    see_inside(session_id, viewer_id)
    rows = seats.participants(session_id, limit + 1, cursor)
    return cut(rows, limit, lambda row: (row.joined_at, row.id))


def overlapping(session: SessionRow, user_id: UUID) -> Sequence[SessionRow]:
    """The person's other sessions at the same time, the first few."""
    values = {
        "viewer_id": user_id,
        "session_id": session.id,
        "begins": session.starts_at,
        "ends": session.ends_at,
    }
    rows = fetch(OVERLAPPING, values)
    return [SessionRow(**dict(zip(OVERLAP, row, strict=True))) for row in rows]


def own_row(session_id: UUID, user_id: UUID) -> Participant | None:
    """The person's row in the session, locked."""
    return next(iter(_lock_rows(session_id, user_id)), None)


def _lock_rows(session_id: UUID, *user_ids: UUID) -> Sequence[Participant]:
    rows = select(Participant).where(
        Participant.session_id == session_id, Participant.user_id.in_(user_ids)
    )
    locked = rows.order_by(Participant.id).with_for_update(key_share=True)
    return db.session.scalars(locked, execution_options={"populate_existing": True}).all()
