"""RULES: who is reminded of a planned session, and when.

Every member is, at the default times, unless they answered that they will not come; a person may choose other
times for themselves, or none.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, null, select

from chassis.clock import now
from chassis.messaging.reminders import Choice, RemindersBefore, Told
from havruta_service import sessions
from havruta_service.models import (
    MISSED_AFTER,
    Havruta,
    HavrutaSession,
    Member,
    Rsvp,
    SessionReminder,
    SessionRsvp,
    SessionStatus,
    apart,
    db,
    messages,
)
from havruta_service.notifications import Kind, notify_session


def of_person(session_id: UUID, user_id: UUID) -> Choice:
    """What the member has chosen."""
    sessions.get(session_id, user_id)
    return reminders.choice(session_id, user_id)


def choose(session_id: UUID, user_id: UUID, minutes_before: Collection[int] | None) -> Choice:
    """Remind the member at these times, at none, or for None by default."""
    # It must not move before the reminders are written. Nor do two choices of one person meet.
    havruta, session = sessions.with_havruta(session_id, user_id)
    sessions.check_scheduled(havruta, session, SessionStatus.SCHEDULED)
    reminders.choose(session_id, user_id, minutes_before)
    return reminders.choice(session_id, user_id)


def _people_in(session_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
    """The members who may come to each of the sessions that wait to be started."""
    at, session = now(), HavrutaSession
    ends_at = session.start_time + func.make_interval(0, 0, 0, 0, 0, session.planned_minutes)
    will_not_come = select(SessionRsvp).where(
        SessionRsvp.session_id == session.id,
        SessionRsvp.user_id == Member.user_id,
        SessionRsvp.answer == Rsvp.NO,
    )
    query = (
        select(session.id, Member.user_id)
        .join(Member, Member.havruta_id == session.havruta_id)
        .where(session.id.in_(session_ids), session.status == SessionStatus.SCHEDULED)
        .where(session.start_time > at - MISSED_AFTER, ends_at > at, ~will_not_come.exists())
        # No one, as a stranger, is kept apart from those who are suspended alone.
        .where(Member.user_id.not_in(apart.people_apart_from(null())))
        .order_by(Member.joined_at, Member.user_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for session_id, user_id in db.session.execute(query):
        found.setdefault(session_id, []).append(user_id)
    return found


def _tell(told: Told) -> None:
    query = (
        select(HavrutaSession, Havruta)
        .join(Havruta, Havruta.id == HavrutaSession.havruta_id)
        .where(HavrutaSession.id.in_({session_id for session_id, _ in told}))
    )
    found = {session.id: (havruta, session) for session, havruta in db.session.execute(query)}
    for (session_id, minutes), people in told.items():
        havruta, session = found[session_id]
        notify_session(Kind.REMINDER, havruta, session, people, actor=None, minutes_before=minutes)


reminders = RemindersBefore(
    messages,
    SessionReminder,
    "session_id",
    HavrutaSession.id,
    HavrutaSession.start_time,
    HavrutaSession.status == SessionStatus.SCHEDULED,
    _people_in,
    _tell,
)
plan, replan, forget = reminders.plan, reminders.replan, reminders.forget
send_due, reconcile = reminders.send_due, reminders.reconcile
