"""RULES: which people are reminded of a session, and when.

The session's own three columns are the default of its tutor and its student; each person may choose
otherwise for themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.messaging.reminders import Reminders
from tutoring_service import notifications, sessions
from tutoring_service.models import SessionBooking, SessionReminder, TutoringSession, db, messages
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.states import Role, SessionStatus

DEFAULTS = {"notification_enabled": False, "alarm_enabled": False, "alarm_before_minutes": 15}
FIELDS = tuple(DEFAULTS)


@dataclass(frozen=True)
class Shown:
    """A person's own choice, None where it is the session's, and what comes of both."""

    notification_enabled: bool | None
    alarm_enabled: bool | None
    alarm_before_minutes: int | None
    effective: dict[str, Any]
    due_at: datetime | None
    sent_at: datetime | None


def plan(booked: Iterable[TutoringSession]) -> None:
    """Set the reminders of the tutor and the student of new sessions."""
    for session in booked:
        for user_id in (session.booking.tutor_id, session.booking.student_id):
            reminder = SessionReminder(session_id=session.id, user_id=user_id)
            reminder.due_at = due_at(session, reminder)
            db.session.add(reminder)


def replan(changed: dict[int, TutoringSession]) -> None:
    """Set the reminders of changed sessions again; one that is due at another time is sent again."""
    # Locked: one that the worker is just sending is set after that, with the knowledge that it was sent.
    query = select(SessionReminder).where(SessionReminder.session_id.in_(changed)).with_for_update()
    for reminder in db.session.scalars(query.execution_options(populate_existing=True)):
        reminder.set_due(due_at(changed[reminder.session_id], reminder))


def due_at(session: TutoringSession, reminder: SessionReminder) -> datetime | None:
    """When this person is to be reminded; None if not at all."""
    choice = effective(session, reminder)
    wanted = choice["notification_enabled"] or choice["alarm_enabled"]
    starts_at = session.booking.starts_at
    if not wanted or session.status != SessionStatus.SCHEDULED or starts_at <= now():
        return None
    return starts_at - timedelta(minutes=choice["alarm_before_minutes"])


def effective(session: TutoringSession, reminder: SessionReminder | None) -> dict[str, Any]:
    """The person's own choice where there is one, else the session's."""
    effective = {}
    for field, default in DEFAULTS.items():
        # The last is for sessions of the older application, whose columns may be NULL.
        choices = (getattr(reminder, field, None), getattr(session, field), default)
        effective[field] = next(choice for choice in choices if choice is not None)
    return effective


def of_caller(caller: Caller, session_id: int) -> Shown:
    """The caller's reminder of the session, as it will be."""
    session, role = sessions.get(caller, session_id)
    require(role, Role.TUTOR, Role.STUDENT, Role.PARENT)
    return _shown(session, db.session.get(SessionReminder, (session_id, caller.id)))


def choose(caller: Caller, session_id: int, choice: dict[str, Any]) -> Shown:
    """Remind the caller in their own way; None in a field is the session's way."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT, Role.PARENT)
    reminder = db.session.get(SessionReminder, (session_id, caller.id), with_for_update=True)
    if reminder is None:
        reminder = SessionReminder(session_id=session_id, user_id=caller.id)
        db.session.add(reminder)
    for field in FIELDS:
        setattr(reminder, field, choice[field])
    reminder.set_due(due_at(session, reminder))
    db.session.flush()
    return _shown(session, reminder)


def forget(sessions: Iterable[TutoringSession]) -> None:
    """Send no reminder of these sessions."""
    ids = [session.id for session in sessions]
    none_of_them = update(SessionReminder).where(SessionReminder.session_id.in_(ids))
    db.session.execute(none_of_them.values(due_at=None))


def _tell(due: Sequence[SessionReminder]) -> None:
    """Tell people of sessions that still take place and are not over."""
    ids = {reminder.session_id for reminder in due}
    to_come = select(SessionBooking).where(
        SessionBooking.session_id.in_(ids), SessionBooking.held, SessionBooking.ends_at > now()
    )
    bookings = {booking.session_id: booking for booking in db.session.scalars(to_come)}
    titles = notifications.titles_of({each.enrolled_courses_id for each in bookings.values()})
    locations = notifications.locations_of(bookings)
    for reminder in due:
        if booking := bookings.get(reminder.session_id):
            people = [reminder.user_id]
            notifications.tell(Kind.REMINDER, people, booking, titles=titles, locations=locations)


def _shown(session: TutoringSession, reminder: SessionReminder | None) -> Shown:
    # A person who has chosen nothing is shown what a row without a choice would say.
    row = reminder or SessionReminder()
    return Shown(
        notification_enabled=row.notification_enabled,
        alarm_enabled=row.alarm_enabled,
        alarm_before_minutes=row.alarm_before_minutes,
        effective=effective(session, reminder),
        due_at=row.due_at,
        sent_at=row.sent_at,
    )


send_due = Reminders(messages, SessionReminder, _tell).send_due
