"""RULES: the codes that open private sessions."""

import secrets
from uuid import UUID

from sqlalchemy import update

from study_session_service import cache
from study_session_service.models import StudySession, db

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is easily taken for another
# 40 bits: at the pace that the gateway allows, no one guesses one while its session lasts.
LENGTH = 8


def new() -> str:
    """A code that no one knows yet."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def opens(given: str | None, code: str | None) -> bool:
    """Whether what was given opens a session with this code. A session without a code is open."""
    if code is None:
        return True
    # As bytes: `compare_digest` raises for text that is not ASCII.
    return secrets.compare_digest(code.encode(), (given or "").upper().encode())


def renew(*session_ids: UUID) -> None:
    """Give the locked sessions that have a code another, one for all: the present ones open nothing."""
    coded = update(StudySession).where(
        StudySession.id.in_(session_ids), StudySession.join_code.is_not(None)
    )
    # With another version, so that a host who asks for what is new is shown the code.
    db.session.execute(coded.values(join_code=new(), version=StudySession.version + 1))
    cache.forget(*session_ids)
