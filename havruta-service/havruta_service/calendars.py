"""RULES: what calendar programs are told of planned sessions, by the feed and by e-mails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from chassis.calendar import emails
from chassis.calendar.events import Event, Status
from havruta_service.models import Havruta, HavrutaSession, SessionStatus, db

USUAL_LENGTH = timedelta(hours=1)
# How many steps led to the status. To begin, to end and to be missed raise no version.
STEPS = {
    SessionStatus.SCHEDULED: 0,
    SessionStatus.ACTIVE: 1,
    SessionStatus.COMPLETED: 2,
    SessionStatus.CANCELLED: 1,
}


def told(changed: Sequence[HavrutaSession]) -> list[dict[str, Any]]:
    """What e-mails tell calendars of these sessions, as the feed has them; nothing if they are many."""
    return emails.told([event_of(session) for session in changed])


def taken_out(havruta: Havruta) -> list[dict[str, Any]]:
    """What e-mails tell calendars of people who have nothing planned in the havruta any more.

    The havruta is locked, and what it has planned is still planned; nothing if that is much.
    """
    planned = (
        select(HavrutaSession)
        .where(
            HavrutaSession.havruta_id == havruta.id,
            HavrutaSession.status == SessionStatus.SCHEDULED,
        )
        .order_by(HavrutaSession.start_time)
        # One more, with which they are many.
        .limit(emails.MOST_TOLD + 1)
    )
    return emails.told([_cancelled(session) for session in db.session.scalars(planned)])


def event_of(session: HavrutaSession) -> Event:
    """The session as the feed has it."""
    # What is written down, and not what the clock says: a feed does not depend on when it is read.
    cancelled = session.status == SessionStatus.CANCELLED
    return Event(
        uid=f"havruta-session-{session.id}@lyceum",
        sequence=session.version + STEPS[SessionStatus(session.status)],
        status=Status.CANCELLED if cancelled else Status.CONFIRMED,
        changed_at=changed_at(session),
        starts_at=session.starts_at,
        ends_at=end_of(session),
        title=session.havruta.name,
        path=f"/api/havruta-sessions/{session.id}",
    )


def _cancelled(session: HavrutaSession) -> Event:
    """As the feed has it once it is cancelled."""
    event = event_of(session)
    sequence = event.sequence + STEPS[SessionStatus.CANCELLED]
    return replace(event, status=Status.CANCELLED, sequence=sequence)


def end_of(session: HavrutaSession) -> datetime:
    """When it ends; after an hour if no one has said."""
    return session.ends_at or session.starts_at + USUAL_LENGTH


def changed_at(session: HavrutaSession) -> datetime:
    """When it was made, begun or ended; when it was moved or cancelled is not kept."""
    if session.end_time:
        return session.end_time
    return session.start_time if session.is_active else session.created_at
