"""RULES: sessions that begin immediately or as planned, and lists of sessions."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager

from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import DeadlinePassed, InvalidTransition, NotFound, TooEarly
from chassis.pages import Page, cut
from havruta_service import completion, havrutas, membership, navigation, presence
from havruta_service.models import (
    MISSED_AFTER,
    EndReason,
    Havruta,
    HavrutaSession,
    Member,
    SessionStatus,
    SessionType,
    db,
)
from havruta_service.notifications import Kind, notify_others
from havruta_service.reference_reader import passage_in
from havruta_service.rooms import tell_havruta

EARLIEST_START = timedelta(minutes=15)


class HavrutaSessionLimitReached(LimitReached):
    """The havruta has as many sessions as it may, those of all states; `most` is how many."""

    code = "havruta_session_limit_reached"
    most = 5000


def require_room_for(havruta: Havruta, more: int) -> None:
    """Raise if the havruta cannot have so many more sessions."""
    its = select(HavrutaSession.id).filter_by(havruta_id=havruta.id)
    require_room(db.session, HavrutaSessionLimitReached, its, of=havruta.id, more=more)


def start_now(havruta_id: UUID, user_id: UUID) -> HavrutaSession:
    """Begin an instant session, where the havruta stopped."""
    havruta = _ready(havruta_id, user_id)
    require_room_for(havruta, 1)
    session = HavrutaSession(havruta_id=havruta.id, type=SessionType.INSTANT, created_by=user_id)
    db.session.add(session)
    return _begin(havruta, session, user_id)


def start(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """Begin a session that was planned. Starting it again changes nothing."""
    havruta, session = with_havruta(session_id, user_id)
    if session.is_active:
        return session
    _check_time(havruta, session)
    _ready(havruta.id, user_id)
    return _begin(havruta, session, user_id)


def get(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """A session of one of the person's havrutas."""
    session = db.session.scalar(_mine(user_id).where(HavrutaSession.id == session_id))
    if session is None:
        raise NotFound
    return session


def of_havruta(
    havruta_id: UUID,
    user_id: UUID,
    *,
    status: Collection[SessionStatus] | None = None,
    series_id: UUID | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[HavrutaSession]:
    """The sessions of a havruta that begin within a period, newest first."""
    havrutas.get(havruta_id, user_id)
    query = _mine(user_id).where(HavrutaSession.havruta_id == havruta_id)
    if series_id:
        query = query.where(HavrutaSession.series_id == series_id)
    query = _with_status(within(query, since, until), status)
    return page(query, limit, cursor, descending=True)


def mine(
    user_id: UUID,
    *,
    status: Collection[SessionStatus] | None = None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[HavrutaSession]:
    """The sessions of all the person's havrutas that begin within a period, earliest first."""
    query = _with_status(within(_mine(user_id), since, until), status)
    return page(query, limit, cursor, descending=False)


def within(
    query: Select[HavrutaSession], since: datetime | None, until: datetime | None
) -> Select[HavrutaSession]:
    """Those that begin at `since` or later, and before `until`."""
    if since:
        query = query.where(HavrutaSession.start_time >= since)
    if until:
        query = query.where(HavrutaSession.start_time < until)
    return query


def page(
    query: Select[HavrutaSession], limit: int, cursor: str | None, *, descending: bool
) -> Page[HavrutaSession]:
    """A page of sessions in the order in which they begin."""
    order = [HavrutaSession.start_time, HavrutaSession.id]
    rows = db.session.scalars(ordered(query, order, limit, cursor, descending=descending)).all()
    return cut(rows, limit, lambda session: (session.start_time, session.id))


def has_status(status: SessionStatus) -> ColumnElement[bool]:
    """The session has this status by the clock, written down or not."""
    waiting = HavrutaSession.status == SessionStatus.SCHEDULED
    missed = waiting & (HavrutaSession.start_time <= now() - MISSED_AFTER)
    if status == SessionStatus.SCHEDULED:
        return waiting & ~missed
    if status == SessionStatus.CANCELLED:
        return (HavrutaSession.status == status) | missed
    return HavrutaSession.status == status


def with_havruta(session_id: UUID, user_id: UUID) -> tuple[Havruta, HavrutaSession]:
    """The session and its havruta, locked from the top."""
    # Read without a lock: a session never goes to another havruta, and the havruta is locked before it.
    havruta_id = db.session.scalar(
        select(HavrutaSession.havruta_id).where(HavrutaSession.id == session_id)
    )
    if havruta_id is None:
        raise NotFound
    return havrutas.locked(havruta_id, user_id), presence.of_member(session_id, user_id)


def check_scheduled(havruta: Havruta, session: HavrutaSession, step: SessionStatus) -> None:
    """Refuse a step of a session that no longer waits to be started, or whose havruta is archived."""
    if havruta.is_archived:
        raise havrutas.HavrutaArchived
    if session.current_status != SessionStatus.SCHEDULED:
        raise InvalidTransition(session.current_status, step, end_reason=session.current_reason)


def _check_time(havruta: Havruta, session: HavrutaSession) -> None:
    """Refuse to start a session that is not planned for now."""
    if session.current_reason == EndReason.MISSED and not havruta.is_archived:
        raise DeadlinePassed(session.start_time + MISSED_AFTER, "Plan another session.")
    check_scheduled(havruta, session, SessionStatus.ACTIVE)
    earliest = session.start_time - EARLIEST_START
    if now() < earliest:
        raise TooEarly(earliest, "A session can be started from 15 minutes before its time.")


def _ready(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta without a session in progress, locked. One that the clock has ended is not in the way."""
    havruta = havrutas.open_for(havruta_id, user_id)
    going_on = membership.active_session(havruta)
    if going_on and not completion.end_if_overdue(havruta, going_on):
        raise havrutas.SessionInProgress("Join it instead.", session_id=str(going_on.id))
    # The old one is over in the database before the next begins: one is active at most (unique key).
    db.session.flush()
    return havruta


def _begin(havruta: Havruta, session: HavrutaSession, user_id: UUID) -> HavrutaSession:
    passage = passage_in(navigation.book_of(havruta), havruta.last_place)
    session.status, session.start_time = SessionStatus.ACTIVE, now()
    session.starting_section = session.position = str(passage)
    session.navigator_id = havruta.owner_id
    db.session.flush()
    # Where it begins is its first move, so that the moves alone say what was covered. The right to watch
    # of everyone who waited for it is asked again: a member who leaves is not announced in the rooms of
    # planned sessions.
    navigation.record_move(session, passage, user_id, gone=None)
    presence.touch(session, user_id)
    tell_havruta(havruta, "session_started", session)
    notify_others(Kind.STARTED, havruta, session, actor=user_id)
    db.session.flush()
    return session


def _mine(user_id: UUID) -> Select[HavrutaSession]:
    return (
        select(HavrutaSession)
        .join(
            Member, (Member.havruta_id == HavrutaSession.havruta_id) & (Member.user_id == user_id)
        )
        .join(HavrutaSession.havruta)
        .options(contains_eager(HavrutaSession.havruta))
    )


def _with_status(
    query: Select[HavrutaSession], statuses: Collection[SessionStatus] | None
) -> Select[HavrutaSession]:
    if statuses is None:
        return query
    return query.where(or_(*map(has_status, statuses)))
