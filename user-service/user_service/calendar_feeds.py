"""RULES: the secret address at which a calendar program reads a person's sessions without signing in."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.errors import NotFound
from user_service import accounts
from user_service.models import CalendarFeed, db

NOTED_EVERY = timedelta(minutes=10)  # calendar programs may ask more often


def issue(user_id: UUID) -> str:
    """The token of a new address; the address before is revoked."""
    token = secrets.token_urlsafe(32)
    row = {
        "user_id": accounts.own(user_id, lock=True).id,
        "token_hash": hashlib.sha256(token.encode()).digest(),
        "created_at": now(),
        "last_read_at": None,
    }
    db.session.execute(
        insert(CalendarFeed).values(row).on_conflict_do_update(index_elements=["user_id"], set_=row)
    )
    return token


def revoke(user_id: UUID) -> None:
    """Revoke the address."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


def of_person(user_id: UUID) -> CalendarFeed:
    """Since when there is an address, and when it was last read; `NotFound` if there is none."""
    feed = db.session.get(CalendarFeed, user_id)
    if feed is None:
        raise NotFound
    return feed


def owner_of(token_hash: bytes) -> UUID:
    """Whose calendar is read at the address with the token of this hash; `NotFound` if it was revoked."""
    feed = db.session.scalar(select(CalendarFeed).filter_by(token_hash=token_hash))
    if feed is None:
        raise NotFound
    if feed.last_read_at is None or now() - feed.last_read_at > NOTED_EVERY:
        feed.last_read_at = now()
    return feed.user_id
