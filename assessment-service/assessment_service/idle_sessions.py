"""RULES: a session without an owner is deleted when nothing has happened in it for 30 days.

A completed one stays: its id is all that its taker has to read the result by. Statistics keep the counts.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from assessment_service import statistics
from assessment_service.expiry import LIFETIME
from assessment_service.models import AssessmentSession, SessionStatus, SessionTally, db
from chassis.clock import now

BATCH = 200


def delete_idle() -> int:
    """Delete some idle sessions, and count them and their answers; how many they were."""
    idle = db.session.scalars(idle_before(now() - LIFETIME)).all()
    if idle:
        _close(idle)
        db.session.execute(statistics.COUNT_THESE, {"now": now(), "ids": idle})
        _count(idle)
        db.session.execute(delete(AssessmentSession).where(AssessmentSession.id.in_(idle)))
    return len(idle)


def idle_before(before: datetime) -> Select[int]:
    """Lock some idle sessions, and give their ids. One that is locked is in use, and waits."""
    return (
        select(AssessmentSession.id)
        .where(
            AssessmentSession.user_id.is_(None),
            # Literal, because PostgreSQL does not use a partial index for a parameter.
            text("status <> 'completed'"),
            # The index has this time, because it never changes.
            AssessmentSession.created_at < before,
            AssessmentSession.last_activity < before,
        )
        .order_by(AssessmentSession.created_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )


def _close(idle: Sequence[int]) -> None:
    """Note that they expired, for only what is closed is counted."""
    still_open = AssessmentSession.id.in_(idle) & (AssessmentSession.status == SessionStatus.ACTIVE)
    closed = update(AssessmentSession).where(still_open).values(expired_at=now())
    db.session.execute(closed, execution_options={"synchronize_session": False})


def _count(idle: Sequence[int]) -> None:
    state = statistics.state_at(now()).label("state")
    counted = (
        select(AssessmentSession.version_id, state, func.count())
        .where(AssessmentSession.id.in_(idle))
        .group_by(AssessmentSession.version_id, state)
    )
    # One worker at a time does this, so no two wait for each other's tallies.
    tally = insert(SessionTally).from_select(["version_id", "state", "times"], counted)
    db.session.execute(
        tally.on_conflict_do_update(
            index_elements=["version_id", "state"],
            set_={"times": SessionTally.times + tally.excluded.times},
        )
    )
