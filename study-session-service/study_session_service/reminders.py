"""RULES: who is reminded of a session, and when.

Everyone who has a seat is, at the default times; a person may choose other times for themselves, or none.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, null, select

from chassis.clock import now
from chassis.messaging.reminders import Choice, RemindersBefore, Told
from study_session_service import lifecycle, notifications
from study_session_service.models import (
    Participant,
    SessionReminder,
    StudySession,
    apart,
    messages,
)
from study_session_service.notifications import Kind, notify
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.visibility import see_inside

IDS = bindparam("ids", type_=ARRAY(Uuid))
NOT_OVER = StudySession.is_open & (
    StudySession.ends_at > bindparam("at", type_=DateTime(timezone=True))
)
# No one, as a stranger, is kept apart from those who are suspended alone.
PEOPLE = (
    select(Participant.session_id, Participant.user_id)
    .join(StudySession, StudySession.id == Participant.session_id)
    .where(StudySession.id == any_(IDS), NOT_OVER, Participant.is_active)
    .where(Participant.user_id.not_in(apart.people_apart_from(null())))
    .order_by(Participant.joined_at)
)
SESSIONS = select(
    *columns_of(StudySession, ("id", "last_seq", *notifications.FACTS)),
).where(StudySession.id == any_(IDS))


def of_person(session_id: UUID, user_id: UUID) -> Choice:
    """What the person, who has a seat, has chosen."""
    see_inside(session_id, user_id)
    return reminders.choice(session_id, user_id)


def choose(session_id: UUID, user_id: UUID, minutes_before: Collection[int] | None) -> Choice:
    """Remind the person at these times, at none, or for None by default."""
    see_inside(session_id, user_id)
    # It must not move before the reminders are written. Nor do two choices of one person meet.
    session = lifecycle.locked(session_id)
    lifecycle.require_open(session)
    reminders.choose(session_id, user_id, minutes_before)
    return reminders.choice(session_id, user_id)


def _people_in(session_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
    """Those who have a seat in each of the sessions that are not over."""
    found: dict[UUID, list[UUID]] = {}
    for row in fetch(PEOPLE, {"ids": list(session_ids), "at": now()}):
        found.setdefault(row.session_id, []).append(row.user_id)
    return found


def _tell(told: Told) -> None:
    rows = fetch(SESSIONS, {"ids": list({session_id for session_id, _ in told})})
    sessions: dict[UUID, Any] = {row.id: SessionRow(**row._mapping) for row in rows}
    for (session_id, minutes), people in told.items():
        session = sessions[session_id]
        notify(session, Kind.REMINDER, people, session.last_seq, minutes_before=minutes)


reminders = RemindersBefore(
    messages,
    SessionReminder,
    "session_id",
    StudySession.id,
    StudySession.start_time,
    StudySession.is_open,
    _people_in,
    _tell,
)
plan, replan, forget = reminders.plan, reminders.replan, reminders.forget
send_due, reconcile = reminders.send_due, reminders.reconcile
