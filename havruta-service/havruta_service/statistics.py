"""RULES: how much a person has studied, for their public profile."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from havruta_service.models import HavrutaSession, Presence, SessionStatus, db


@dataclass(frozen=True)
class Statistics:
    """In how many completed sessions a person was present, and for how many minutes."""

    sessions: int
    minutes: int


def of_person(user_id: UUID) -> Statistics:
    """What the person's completed sessions add up to; zeros for an unknown person."""
    time = func.sum(func.extract("epoch", Presence.left_at - Presence.joined_at))
    query = (
        select(func.count(Presence.session_id.distinct()), func.coalesce(time, 0))
        .join(HavrutaSession, HavrutaSession.id == Presence.session_id)
        .where(Presence.user_id == user_id, HavrutaSession.status == SessionStatus.COMPLETED)
    )
    sessions, seconds = db.session.execute(query).one()
    return Statistics(sessions, int(seconds) // 60)
