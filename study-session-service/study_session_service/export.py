"""RULES: all that is kept about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from chassis.clock import now
from study_session_service.models import ChatMessage, Participant, StudySession, Waiting, db
from study_session_service.visibility import SeenSession


@dataclass(frozen=True)
class Kept:
    """The rows about one person, the oldest first."""

    sessions_hosted: Sequence[SeenSession]
    participations: Sequence[Participant]
    waiting: Sequence[Waiting]
    messages: Sequence[ChatMessage]


def everything_about(user_id: UUID) -> Kept:
    """Sessions hosted, sessions taken part in or waited for, and every message."""
    at, mine = (
        now(),
        and_(Participant.session_id == StudySession.id, Participant.user_id == user_id),
    )
    hosted = (
        select(StudySession, Participant)
        .outerjoin(Participant, mine)
        .where(StudySession.host_id == user_id)
    )
    seen = db.session.execute(hosted.order_by(StudySession.created_at)).all()
    taken = select(Participant).filter_by(user_id=user_id).order_by(Participant.joined_at)
    waiting = select(Waiting).filter_by(user_id=user_id).order_by(Waiting.number)
    said = select(ChatMessage).filter_by(user_id=user_id).order_by(ChatMessage.created_at)
    return Kept(
        [SeenSession(session, participant, at) for session, participant in seen],
        db.session.scalars(taken).all(),
        db.session.scalars(waiting).all(),
        db.session.scalars(said).all(),
    )
