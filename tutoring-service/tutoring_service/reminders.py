"""RULES: who is reminded of a session, and when.

The session's own three columns are the default of its tutor and its student; each person may choose
otherwise for himself. A reminder is marked as sent in the transaction that says it, so it is said
once whatever crashes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from chassis.auth.tokens import Caller
from chassis.clock import now
from tutoring_service import notifications, sessions
from tutoring_service.models import SessionBooking, SessionReminder, TutoringSession, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.states import Role, SessionStatus

BATCH = 100
DEFAULTS = {"notification_enabled": False, "alarm_enabled": False, "alarm_before_minutes": 15}
FIELDS = tuple(DEFAULTS)


def plan(booked: Iterable[TutoringSession]) -> None:
    """Set the reminders of the parties of new sessions."""
    for session in booked:
        for user_id in (session.booking.tutor_id, session.booking.student_id):
            reminder = SessionReminder(session_id=session.id, user_id=user_id)
            reminder.due_at = due_at(session, reminder)
            db.session.add(reminder)


def replan(changed: dict[int, TutoringSession]) -> None:
    """Set the reminders of changed sessions again; one that is due anew is sent anew."""
    # Locked: one that is just being sent is set anew after that, and knows that it was sent.
    query = select(SessionReminder).where(SessionReminder.session_id.in_(changed)).with_for_update()
    for reminder in db.session.scalars(query.execution_options(populate_existing=True)):
        due = due_at(changed[reminder.session_id], reminder)
        if due != reminder.due_at:
            reminder.due_at, reminder.sent_at = due, None


def due_at(session: TutoringSession, reminder: SessionReminder) -> datetime | None:
    """When this person is to be reminded; None if not at all."""
    choice = effective(session, reminder)
    wanted = choice["notification_enabled"] or choice["alarm_enabled"]
    coming = session.status == SessionStatus.SCHEDULED and session.booking.starts_at > now()
    return (
        session.booking.starts_at - timedelta(minutes=choice["alarm_before_minutes"])
        if wanted and coming
        else None
    )


def effective(session: TutoringSession, reminder: SessionReminder | None) -> dict[str, Any]:
    """The person's own choice where there is one, else the session's."""
    effective = {}
    for field, default in DEFAULTS.items():
        choices = (getattr(reminder, field, None), getattr(session, field), default)
        effective[field] = next(choice for choice in choices if choice is not None)
    return effective


def of_caller(caller: Caller, session_id: int) -> dict[str, Any]:
    """The caller's reminder of the session, as it will be."""
    session, role = sessions.get(caller, session_id)
    require(role, Role.TUTOR, Role.STUDENT, Role.PARENT)
    return _shown(session, db.session.get(SessionReminder, (session_id, caller.id)))


def choose(caller: Caller, session_id: int, choice: dict[str, Any]) -> dict[str, Any]:
    """Remind the caller in his own way; None in a field is the session's way."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT, Role.PARENT)
    reminder = db.session.get(SessionReminder, (session_id, caller.id), with_for_update=True)
    if reminder is None:
        reminder = SessionReminder(session_id=session_id, user_id=caller.id)
        db.session.add(reminder)
    for field in FIELDS:
        setattr(reminder, field, choice[field])
    due = due_at(session, reminder)
    if due != reminder.due_at:
        reminder.due_at, reminder.sent_at = due, None
    db.session.flush()
    return _shown(session, reminder)


def send_due() -> int:
    """Say the reminders that are due, some at a time; how many were dealt with. What is over is no
    longer said.
    """
    due = (
        select(SessionReminder, SessionBooking)
        .join(SessionBooking, SessionBooking.session_id == SessionReminder.session_id)
        .where(SessionReminder.sent_at.is_(None), SessionReminder.due_at <= now())
        .order_by(SessionReminder.due_at)
        .limit(BATCH)
        # The reminder alone: a session that is just being changed holds nothing up, and sets its
        # reminders anew after.
        .with_for_update(of=SessionReminder, skip_locked=True)
    )
    rows = db.session.execute(due).all()
    for reminder, booking in rows:
        # Also of what was cancelled or is over: it must not come up again with each round.
        reminder.sent_at = now()
        if booking.held and booking.ends_at > now():
            notifications.tell(Kind.REMINDER, [reminder.user_id], booking)
    return len(rows)


def forget(session_ids: Iterable[int]) -> None:
    """Send no reminder of these sessions."""
    db.session.execute(
        update(SessionReminder)
        .where(SessionReminder.session_id.in_(list(session_ids)))
        .values(due_at=None)
    )


def _shown(session: TutoringSession, reminder: SessionReminder | None) -> dict[str, Any]:
    return {
        **{field: getattr(reminder, field, None) for field in FIELDS},
        "effective": effective(session, reminder),
        "due_at": reminder.due_at if reminder else None,
        "sent_at": reminder.sent_at if reminder else None,
    }
