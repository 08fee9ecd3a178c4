"""RULES: who came to a session, as its host marks it. Each person is told of themselves alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from chassis.clock import now
from chassis.errors import DeadlinePassed, Forbidden, NotFound, TooEarly
from study_session_service import lifecycle, participation, seats
from study_session_service.lifecycle import SessionCancelled
from study_session_service.models import Participant, Status, StudySession, db
from study_session_service.visibility import see

MARKED_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Figures:
    """To how many sessions the person came, and how many they missed, as their hosts marked."""

    attended: int
    missed: int


def mark(session_id: UUID, host_id: UUID, user_id: UUID, *, attended: bool | None) -> Participant:
    """Say whether a person with a seat came; None takes that back."""
    seats.in_turn(user_id)
    session = lifecycle.hosted(session_id, host_id)
    _require_time(session)
    participant = participation.own_row(session_id, user_id)
    if participant is None or not participant.is_active:
        raise NotFound
    participant.attended = attended
    db.session.flush()
    return participant


def of_session(session_id: UUID, host_id: UUID) -> Sequence[Any]:
    """The marks of all who have a seat, for the host, in the order of joining."""
    if see(session_id, host_id).session.host_id != host_id:
        raise Forbidden("Only the host may do this.", required="host")
    marks = (
        select(Participant.user_id, Participant.attended)
        .where(Participant.session_id == session_id, Participant.is_active)
        .order_by(Participant.joined_at, Participant.id)
    )
    return db.session.execute(marks).all()


def of_person(user_id: UUID) -> Figures:
    """How often the person came, and did not."""
    counts = select(
        func.count().filter(Participant.attended.is_(True)).label("attended"),
        func.count().filter(Participant.attended.is_(False)).label("missed"),
    ).where(Participant.user_id == user_id)
    row = db.session.execute(counts).one()
    return Figures(row.attended, row.missed)


def _require_time(session: StudySession) -> None:
    at, until = now(), session.actual_end + MARKED_FOR
    if session.status_at(at) == Status.CANCELLED:
        raise SessionCancelled(session_status=Status.CANCELLED)
    if at < session.starts_at:
        raise TooEarly(session.starts_at, "Attendance is marked once the session has begun.")
    if at > until:
        raise DeadlinePassed(until, "Attendance is marked within 14 days.")
