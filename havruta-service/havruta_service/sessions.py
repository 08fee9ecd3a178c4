"""RULES: meeting to study, at once or as it was planned."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager

from chassis.clock import now, rfc3339
from chassis.data.keyset import ordered
from chassis.errors import Conflict, NotFound
from chassis.pages import Page, cut
from havruta_service import ending, havrutas, membership, navigation, presence
from havruta_service.models import (
    MISSED_AFTER,
    Havruta,
    HavrutaSession,
    Member,
    SessionStatus,
    SessionType,
    db,
)
from havruta_service.references import place_in
from havruta_service.rooms import notify, tell_havruta

EARLIEST_START = timedelta(minutes=15)


class SessionAlreadyActive(Conflict):
    """A session of this havruta is going on already."""

    code = "session_already_active"


class SessionNotScheduled(Conflict):
    """The session is not waiting to be started."""

    code = "session_not_scheduled"


class TooEarly(Conflict):
    """A session can be started from 15 minutes before its time."""

    code = "too_early"


def start_now(havruta_id: UUID, user_id: UUID) -> HavrutaSession:
    """Begin to study at once, where the havruta stopped."""
    havruta = _ready(havruta_id, user_id)
    session = HavrutaSession(havruta_id=havruta.id, type=SessionType.INSTANT, created_by=user_id)
    db.session.add(session)
    return _begin(havruta, session, user_id)


def start(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """Begin a session that was planned. Starting it again changes nothing."""
    havruta, session = with_havruta(session_id, user_id)
    if session.is_active:
        return session
    check_waiting(havruta, session)
    if now() < session.start_time - EARLIEST_START:
        raise TooEarly(starts_at=rfc3339(session.start_time))
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
    status: str | None,
    series_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[HavrutaSession]:
    """The sessions of a havruta, the latest first."""
    havrutas.get(havruta_id, user_id)
    query = _mine(user_id).where(HavrutaSession.havruta_id == havruta_id)
    if series_id:
        query = query.where(HavrutaSession.series_id == series_id)
    return _page(query, status, limit, cursor, descending=True)


def mine(
    user_id: UUID,
    status: str | None,
    begin: datetime | None,
    end: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[HavrutaSession]:
    """The sessions of all the person's havrutas, the earliest first."""
    query = _mine(user_id)
    if begin:
        query = query.where(HavrutaSession.start_time >= begin)
    if end:
        query = query.where(HavrutaSession.start_time < end)
    return _page(query, status, limit, cursor, descending=False)


def with_havruta(session_id: UUID, user_id: UUID) -> tuple[Havruta, HavrutaSession]:
    """The session and its havruta, locked from the top."""
    # Read without a lock: a session never goes to another havruta, and the havruta has to be locked
    # before it.
    havruta_id = db.session.scalar(
        select(HavrutaSession.havruta_id).where(HavrutaSession.id == session_id)
    )
    if havruta_id is None:
        raise NotFound
    return havrutas.locked(havruta_id, user_id), presence.of_member(session_id, user_id)


def check_waiting(havruta: Havruta, session: HavrutaSession) -> None:
    """Refuse what is not waiting to be started, in a havruta that goes on."""
    if havruta.is_archived:
        raise havrutas.HavrutaArchived
    if session.current_status != SessionStatus.SCHEDULED:
        raise SessionNotScheduled(
            session_status=session.current_status, reason=session.current_reason
        )


def _ready(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta in which nothing goes on, locked. What the clock has ended does not stand in the way."""
    havruta = havrutas.open_for(havruta_id, user_id)
    going_on = membership.active_session(havruta)
    if going_on and not ending.end_if_overdue(havruta, going_on):
        raise SessionAlreadyActive(session_id=str(going_on.id))
    # The old one is over in the database before the next begins: one is active at most (unique
    # key).
    db.session.flush()
    return havruta


def _begin(havruta: Havruta, session: HavrutaSession, user_id: UUID) -> HavrutaSession:
    place = place_in(navigation.book_of(havruta), havruta.last_place)
    session.status, session.start_time = SessionStatus.ACTIVE, now()
    session.starting_section = session.position = str(place)
    session.navigator_id = havruta.owner_id
    db.session.flush()
    # Where it begins is its first move, so that the moves alone say what was covered. Everybody who
    # has waited for it is asked about again: who leaves is not told of in the rooms of all that is
    # planned.
    navigation.turn(session, place, user_id, gone=None)
    presence.note(session, user_id)
    tell_havruta(havruta, "session_started", {"session_id": str(session.id), "type": session.type})
    others = havrutas.member_ids(havruta, without=user_id)
    notify(
        session,
        havruta,
        "havruta_session_started",
        others,
        user_id,
        starts_at=rfc3339(session.start_time),
    )
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


def _page(
    query: Select[HavrutaSession],
    status: str | None,
    limit: int,
    cursor: str | None,
    *,
    descending: bool,
) -> Page[HavrutaSession]:
    if status:
        query = query.where(has_status(SessionStatus(status)))
    order = [HavrutaSession.start_time, HavrutaSession.id]
    rows = db.session.scalars(ordered(query, order, limit, cursor, descending=descending)).all()
    return cut(rows, limit, lambda session: (session.start_time, session.id))


def has_status(status: SessionStatus) -> ColumnElement[bool]:
    """The status as it is read, whether or not the clock has been noted."""
    waiting = HavrutaSession.status == SessionStatus.SCHEDULED
    missed = waiting & (HavrutaSession.start_time <= now() - MISSED_AFTER)
    if status == SessionStatus.SCHEDULED:
        return waiting & ~missed
    if status == SessionStatus.CANCELLED:
        return (HavrutaSession.status == status) | missed
    return HavrutaSession.status == status
