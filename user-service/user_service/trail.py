"""What is noted about accounts in the security log."""

from functools import partial
from uuid import UUID

from chassis.data.db import after_commit
from chassis.telemetry import security_log
from user_service.models import db


def note(action: str, actor: UUID | None, target: UUID | None = None, **details: str) -> None:
    """Note what the present transaction does, once it has done it."""
    after_commit(db.session, partial(security_log.succeeded, action, actor, target, **details))


def note_failure(
    action: str, actor: UUID | None, target: UUID | None = None, **details: str
) -> None:
    """Note what was refused. That is so, whatever becomes of the transaction."""
    security_log.failed(action, actor, target, **details)
