"""RULES: which members are present in a session. A member whose client is silent for 90 seconds is absent;
intervals are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from chassis.clock import now
from chassis.data.limits import LimitReached
from chassis.errors import InvalidTransition, NotFound
from havruta_service.havrutas import is_member
from havruta_service.models import ABSENT_AFTER, HavrutaSession, Presence, SessionStatus, db
from havruta_service.rooms import Departed, tell_session

# So few that hardly a page waits to be turned: the sessions are locked until the sweep commits.
BATCH = 50


class SessionEventLimitReached(LimitReached):
    """As much has happened in the session as may; `most` is how many live events it can have."""

    code = "session_event_limit_reached"
    most = 20_000


@dataclass(frozen=True)
class Interval:
    """From when until when a member was present."""

    user_id: UUID
    begin: datetime
    end: datetime


def join(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """Join the session. Joining it again changes nothing."""
    session = in_progress(session_id, user_id)
    require_room(session)
    touch(session, user_id)
    return session


def require_room(session: HavrutaSession) -> None:
    """Raise if no more moves and intervals of the session, which is locked, are kept."""
    # Each has a number of its own, so that nothing has to be counted.
    if session.seq >= SessionEventLimitReached.most:
        raise SessionEventLimitReached


def heartbeat(session_id: UUID, user_id: UUID) -> int:
    """Stay present; the number of the last event. A member who was absent joins again."""
    # Every client sends this all the time, so the session is not locked, and pages turn meanwhile. The
    # interval is enough: what ends it locks it too, and then `left_at` is set. Machines' clocks differ,
    # but its time does not go back.
    beat = (
        update(Presence)
        .where(_open(session_id, user_id), Presence.last_seen_at > now() - ABSENT_AFTER)
        .values(last_seen_at=func.greatest(Presence.last_seen_at, now()))
        .execution_options(synchronize_session=False)
        .returning(Presence.id)
    )
    if db.session.scalar(beat) is None:
        return join(session_id, user_id).seq
    return db.session.scalars(
        select(HavrutaSession.seq).where(HavrutaSession.id == session_id)
    ).one()


def leave(session_id: UUID, user_id: UUID) -> None:
    """Leave the session. Leaving it again changes nothing; its owner and navigator stay the same."""
    session = of_member(session_id, user_id)
    _close(session, Presence.user_id == user_id)


def expel(session: HavrutaSession, user_id: UUID) -> None:
    """End the presence of a person who is no longer a member, and may not watch either. The session is
    locked.
    """
    # A member who watches without being present has no interval to end. This event has their right to
    # watch asked again.
    if not _close(session, Presence.user_id == user_id, gone=[user_id]):
        tell_session(session, "left", Departed(user_id), gone=[user_id])


def touch(session: HavrutaSession, user_id: UUID) -> None:
    """Record that the member is present: seen again, or joining (again). The session is locked."""
    interval = db.session.scalar(
        select(Presence).where(_open(session.id, user_id)).with_for_update(key_share=True)
    )
    if interval and interval.last_seen_at > now() - ABSENT_AFTER:
        interval.last_seen_at = max(interval.last_seen_at, now())
        return
    if interval:
        # Ended in the database first: there is one open interval of a person at most (unique key).
        interval.left_at = interval.last_seen_at
        db.session.flush()
    at = now()
    interval = Presence(session_id=session.id, user_id=user_id, joined_at=at, last_seen_at=at)
    db.session.add(interval)
    tell_session(session, "joined", interval)


def close_all(session: HavrutaSession, at: datetime) -> None:
    """End the open intervals when the session ends."""
    still_open = (Presence.session_id == session.id) & Presence.left_at.is_(None)
    for interval in db.session.scalars(
        select(Presence).where(still_open).with_for_update(key_share=True)
    ):
        _end(interval, at)
    db.session.flush()


def notice_absence() -> int:
    """Record which members are absent in sessions in progress; how many they were."""
    stale = Presence.left_at.is_(None) & (Presence.last_seen_at <= now() - ABSENT_AFTER)
    with_absent = select(Presence.session_id).where(stale).limit(BATCH)
    # A session that is locked is in use, and waits for the next round instead of holding up this
    # one.
    found = db.session.scalars(
        select(HavrutaSession)
        .where(HavrutaSession.id.in_(with_absent), HavrutaSession.status == SessionStatus.ACTIVE)
        .order_by(HavrutaSession.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    return sum(_close(session, stale) for session in found)


def present(session_id: UUID) -> Sequence[Presence]:
    """The members who are present, in the order in which they joined."""
    here = (
        (Presence.session_id == session_id)
        & Presence.left_at.is_(None)
        & (Presence.last_seen_at > now() - ABSENT_AFTER)
    )
    return db.session.scalars(
        select(Presence).where(here).order_by(Presence.joined_at, Presence.id)
    ).all()


def is_present(session_id: UUID, user_id: UUID) -> bool:
    return any(interval.user_id == user_id for interval in present(session_id))


def intervals(session_id: UUID) -> list[Interval]:
    """All intervals of a session that has ended."""
    rows = db.session.scalars(
        select(Presence).where(Presence.session_id == session_id).order_by(Presence.joined_at)
    )
    return [Interval(row.user_id, row.joined_at, row.left_at or row.last_seen_at) for row in rows]


def seconds_with(intervals: Iterable[Interval], people: int) -> float:
    """For how many seconds at least so many people were present at once."""
    changes = []
    for interval in intervals:
        changes += [(interval.begin, 1), (interval.end, -1)]
    # Between two changes the number of people stays the same.
    total, here, since = 0.0, 0, None
    for at, change in sorted(changes):
        if here >= people and since:
            total += (at - since).total_seconds()
        here, since = here + change, at
    return total


def whole_minutes(seconds: float) -> int:
    return int(seconds // 60)


def in_progress(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """A session in progress in a havruta of the person, locked."""
    session = of_member(session_id, user_id)
    if not session.is_active:
        raise InvalidTransition(
            session.current_status, SessionStatus.ACTIVE, "The session has to be in progress."
        )
    return session


def of_member(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """A session of a havruta of the person, locked. Membership is read under the lock, so it is
    true until the end.
    """
    session = db.session.get(
        HavrutaSession, session_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if session is None or not is_member(session.havruta_id, user_id):
        raise NotFound
    return session


def _open(session_id: UUID, user_id: UUID) -> Any:
    return (
        (Presence.session_id == session_id)
        & (Presence.user_id == user_id)
        & Presence.left_at.is_(None)
    )


def _close(
    session: HavrutaSession, whose: ColumnElement[bool], *, gone: Sequence[UUID] = ()
) -> int:
    """End these open intervals: now, or at the last heartbeat of members who are absent already; how many
    they were.
    """
    # PostgreSQL looks at the condition again after waiting for an interval: a member whose heartbeat came
    # meanwhile is not absent.
    still_open = (Presence.session_id == session.id) & Presence.left_at.is_(None) & whose
    intervals = db.session.scalars(
        select(Presence).where(still_open).with_for_update(key_share=True)
    ).all()
    for interval in intervals:
        _end(interval, now())
        tell_session(session, "left", interval, gone=gone)
    return len(intervals)


def _end(interval: Presence, at: datetime) -> None:
    interval.left_at = interval.last_seen_at
    # A member who was still there is present until now; one who fell silent was, until last seen.
    if interval.last_seen_at > at - ABSENT_AFTER:
        interval.left_at = max(at, interval.last_seen_at)
