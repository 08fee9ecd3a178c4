"""RULES: the secret address at which a calendar program reads a person's sessions without signing in."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.errors import NotFound
from user_service import accounts
from user_service.models import CalendarFeed, db


def issue(user_id: UUID) -> str:
    """The token of a new address; the address before is revoked."""
    token = secrets.token_urlsafe(32)
    row = {
        "user_id": accounts.own(user_id, lock=True).id,
        "token_hash": hashlib.sha256(token.encode()).digest(),
        "created_at": now(),
    }
    db.session.execute(
        insert(CalendarFeed).values(row).on_conflict_do_update(index_elements=["user_id"], set_=row)
    )
    return token


def revoke(user_id: UUID) -> None:
    """Revoke the address."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


def owner_of(token_hash: bytes) -> UUID:
    """Whose calendar is at the address with the token of this hash; `NotFound` if it was revoked."""
    user_id = db.session.scalar(select(CalendarFeed.user_id).filter_by(token_hash=token_hash))
    if user_id is None:
        raise NotFound
    return user_id
