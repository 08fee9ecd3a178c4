"""RULES: how a session ends: by its owner, or by the clock when no one is present any longer or it takes
too long.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from chassis.clock import now
from chassis.errors import InvalidTransition, NotFound
from havruta_service import coverage, havrutas, presence
from havruta_service.models import EndReason, Havruta, HavrutaSession, Presence, SessionStatus, db
from havruta_service.navigation import book_of
from havruta_service.reference_reader import passage_in
from havruta_service.rooms import tell_havruta, tell_session

# Time to come back after the connection broke; much longer than it takes to be absent.
EMPTY_FOR = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
# All in one transaction, and for the lock of each it may wait 3 seconds.
BATCH = 20


def end(session_id: UUID, user_id: UUID) -> HavrutaSession:
    """End the session where it is. Ending it again changes nothing."""
    havruta_id = db.session.scalar(
        select(HavrutaSession.havruta_id).where(HavrutaSession.id == session_id)
    )
    if havruta_id is None:
        raise NotFound
    havruta = havrutas.locked(havruta_id, user_id)
    havrutas.check_owner(havruta, user_id)
    session = presence.of_member(session_id, user_id)
    if session.is_active:
        complete(havruta, session, now(), EndReason.OWNER)
    elif session.status != SessionStatus.COMPLETED:
        raise InvalidTransition(session.current_status, SessionStatus.COMPLETED)
    return session


def end_overdue() -> int:
    """End the sessions that the clock has ended; how many they were."""
    # Found without a lock, because the havruta is locked before its session; under both locks each
    # is looked at again.
    due = select(HavrutaSession.id, HavrutaSession.havruta_id).where(_overdue(now())).limit(BATCH)
    return sum(
        _end_if_overdue(session_id, havruta_id)
        for session_id, havruta_id in db.session.execute(due).all()
    )


def end_if_overdue(havruta: Havruta, session: HavrutaSession) -> bool:
    """End a session that the clock has ended. Both are locked."""
    at = now()
    last_seen = db.session.scalar(_last_seen(session.id)) or session.start_time
    if at - last_seen >= EMPTY_FOR:
        complete(havruta, session, max(last_seen, session.start_time), EndReason.EMPTY)
    elif at - session.start_time >= LONGEST:
        complete(havruta, session, at, EndReason.TOO_LONG)
    return not session.is_active


def complete(havruta: Havruta, session: HavrutaSession, at: datetime, reason: EndReason) -> None:
    """Record what was studied, and where to go on next time. Both are locked."""
    book = book_of(havruta)
    # Minutes are counted from closed intervals.
    presence.close_all(session, at)
    covered = coverage.of_session(session, book)
    # This machine's clock may be behind that of the one where the session began; a check refuses
    # such an end.
    session.end_time = max(at, session.start_time)
    session.status, session.end_reason = SessionStatus.COMPLETED, reason
    session.ending_section = str(passage_in(book, session.position))
    session.coverage_range, session.sections_studied = covered.span.coverage, covered.sections
    session.segments = covered.span.segments
    session.minutes, session.minutes_together = covered.minutes, covered.minutes_together
    havruta.last_place = session.ending_section
    tell_session(session, "ended", session)
    tell_havruta(havruta, "session_ended", session)


def _end_if_overdue(session_id: UUID, havruta_id: UUID) -> int:
    havruta = havrutas.lock(havruta_id)
    session = db.session.get(
        HavrutaSession, session_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if havruta is None or session is None or not session.is_active:
        return 0
    return int(end_if_overdue(havruta, session))


def _overdue(at: datetime) -> ColumnElement[bool]:
    last_seen = func.coalesce(
        _last_seen(HavrutaSession.id).scalar_subquery(), HavrutaSession.start_time
    )
    over = (last_seen <= at - EMPTY_FOR) | (HavrutaSession.start_time <= at - LONGEST)
    return (HavrutaSession.status == SessionStatus.ACTIVE) & over


def _last_seen(session_id: object) -> Select[datetime]:
    """When a member was last seen in the session."""
    return select(func.max(func.coalesce(Presence.left_at, Presence.last_seen_at))).where(
        Presence.session_id == session_id
    )
