"""RULES: how much somebody has studied, for his public profile."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from havruta_service.models import HavrutaSession, Presence, SessionStatus, db


@dataclass(frozen=True)
class Figures:
    """In how many completed sessions somebody was there, and for how long."""

    sessions: int
    minutes: int


def of_person(user_id: UUID) -> Figures:
    """The figures of all the person's completed sessions; none for somebody unknown."""
    seconds = func.coalesce(
        func.sum(func.extract("epoch", Presence.left_at - Presence.joined_at)), 0
    )
    query = (
        select(func.count(Presence.session_id.distinct()), seconds)
        .join(HavrutaSession, HavrutaSession.id == Presence.session_id)
        .where(Presence.user_id == user_id, HavrutaSession.status == SessionStatus.COMPLETED)
    )
    sessions, spent = db.session.execute(query).one()
    return Figures(sessions, int(spent) // 60)
