"""RULES: which people are notified of what happens to a session. The user-service notifies them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from chassis.calendar import emails
from chassis.calendar.events import Event, Status
from chassis.clock import now, rfc3339
from study_session_service.models import Participant, StudySession, db, messages
from study_session_service.rows import SessionRow, fetch


class Kind(StrEnum):
    REMINDER = "reminder"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    WAITLIST_PROMOTION = "waitlist_promotion"
    PERSON_JOINED = "person_joined"
    PERSON_LEFT = "person_left"
    REMOVED = "removed"
    MADE_HOST = "made_host"


@dataclass(frozen=True)
class Happening:
    """What happened to one of several sessions, with its number there, and the people whom it concerns."""

    session: StudySession | SessionRow
    seq: int
    people: Iterable[UUID]
    facts: dict[str, str] = field(default_factory=dict)


ACTIVE = (
    select(Participant.session_id, Participant.user_id)
    .where(
        Participant.session_id == any_(bindparam("ids", type_=ARRAY(Uuid))), Participant.is_active
    )
    .order_by(Participant.joined_at)
)
PUT_INTO_CALENDARS = {Kind.SESSION_MOVED, Kind.WAITLIST_PROMOTION}
TAKEN_OUT_OF_CALENDARS = {Kind.SESSION_CANCELLED, Kind.REMOVED}
# To people who have a seat, and so may know.
WITH_PLACE = {Kind.REMINDER, Kind.SESSION_MOVED, Kind.WAITLIST_PROMOTION, Kind.MADE_HOST}
# What a notification needs to know of the session.
FACTS = (
    "title",
    "venue_name",
    "meeting_url",
    "host_id",
    "version",
    "start_time",
    "started_at",
    "ended_at",
    "cancelled_at",
    "ends_at",
)


def notify(
    session: StudySession | SessionRow,
    kind: Kind,
    people: Iterable[UUID],
    seq: int,
    *,
    actor: UUID | None = None,
    concerned: Sequence[StudySession | SessionRow] = (),
    **facts: str | int | None,
) -> None:
    """Have these people notified, except the one who did it. `seq` is the number of what happened.

    `concerned` are all the sessions, if the notification is about several.
    """
    readers = [str(user_id) for user_id in people if user_id != actor]
    if not readers:
        return
    data = {
        "session_id": str(session.id),
        "title": session.title,
        "starts_at": rfc3339(session.starts_at),
        "path": f"/api/study-sessions/{session.id}",
        **(_place(session) if kind in WITH_PLACE else {}),
        **facts,
    }
    content: dict[str, Any] = {
        "user_ids": readers,
        "kind": kind,
        "data": data,
        "author": str(session.host_id),
        "words": ["title", "location", "meeting_url", "reason"],
    }
    if kind in PUT_INTO_CALENDARS | TAKEN_OUT_OF_CALENDARS:
        events = [_calendar_event(each, kind) for each in concerned or [session]]
        content["calendar"] = emails.told(events)
    aggregate_id = f"study_session:{session.id}"
    messages.publish_event("notification.requested", aggregate_id, seq, content, actor=actor)


def _place(session: StudySession | SessionRow) -> dict[str, str]:
    place = {"location": session.venue_name, "meeting_url": session.meeting_url}
    return {name: value for name, value in place.items() if value}


def _calendar_event(session: StudySession | SessionRow, kind: Kind) -> Event:
    """What calendars know of the session by the feed; an e-mail says the rest in its own words."""
    is_over = kind in TAKEN_OUT_OF_CALENDARS
    return Event(
        uid=calendar_uid(session.id),
        # Programs take no change with a number that they know. A person who is removed is told no more.
        sequence=session.version + int(kind == Kind.REMOVED),
        status=Status.CANCELLED if is_over else Status.CONFIRMED,
        changed_at=now(),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        path=f"/api/study-sessions/{session.id}",
    )


def calendar_uid(session_id: UUID) -> str:
    """By what calendar programs know the session."""
    return f"study-session-{session_id}@lyceum"


def notify_once(
    kind: Kind,
    happenings: Sequence[Happening],
    *,
    actor: UUID | None = None,
    **facts: str | int | None,
) -> None:
    """Have each person notified once of what happened to several sessions: about the first that concerns
    them, with the `count` of all that do.
    """
    concerning: dict[UUID, list[int]] = {}
    for number, happening in enumerate(happenings):
        for person in happening.people:
            concerning.setdefault(person, []).append(number)
    readers: dict[tuple[int, ...], list[UUID]] = {}
    for person, numbers in concerning.items():
        readers.setdefault(tuple(numbers), []).append(person)
    for concerned, people in readers.items():
        about = happenings[concerned[0]]
        more = {"count": len(concerned)} if len(concerned) > 1 else {}
        told = {**facts, **about.facts, **more}
        all_of_them = [happenings[number].session for number in concerned]
        notify(about.session, kind, people, about.seq, actor=actor, concerned=all_of_them, **told)


def people_in(session_id: UUID) -> Sequence[UUID]:
    """The people who have a seat in the session, in the order of joining."""
    active = select(Participant.user_id).where(
        Participant.session_id == session_id, Participant.is_active
    )
    return db.session.scalars(active.order_by(Participant.joined_at)).all()


def people_in_each(session_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The same of several sessions, by their ids."""
    found: dict[UUID, list[UUID]] = {session_id: [] for session_id in session_ids}
    for row in fetch(ACTIVE, {"ids": session_ids}):
        found[row.session_id].append(row.user_id)
    return found
