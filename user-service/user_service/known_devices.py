"""RULES: devices on which a person has signed in before.

Each has a token that a client shows at the next sign-in. Wrong passwords from there count apart: a stranger
who uses up all guesses keeps the owner out of no device that is known. A token opens nothing by itself.
"""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from chassis.clock import now
from user_service.models import KnownDevice, db
from user_service.sign_ins import digest

FORGOTTEN_AFTER = timedelta(days=365)
MOST = 50
BATCH = 1000


def find(user_id: UUID, token: str | None) -> UUID | None:
    """The id of the person's device with this token."""
    if token is None:
        return None
    # Another person's token is as unknown as one that was made up.
    return db.session.scalar(
        select(KnownDevice.id).where(
            KnownDevice.token_hash == digest(token), KnownDevice.user_id == user_id
        )
    )


def recognise(user_id: UUID, token: str | None) -> str | None:
    """Note that the person has signed in on a device again: its token, or None if it is not theirs."""
    device_id = find(user_id, token)
    if device_id is None:
        return None
    db.session.execute(
        update(KnownDevice).where(KnownDevice.id == device_id).values(last_used_at=now())
    )
    return token


def remember(user_id: UUID) -> str:
    """Know another device of the person from now on: its token."""
    token = secrets.token_urlsafe(32)
    db.session.add(KnownDevice(id=uuid4(), user_id=user_id, token_hash=digest(token)))
    db.session.flush()
    latest_first = (
        select(KnownDevice.id)
        .where(KnownDevice.user_id == user_id)
        .order_by(KnownDevice.last_used_at.desc(), KnownDevice.id)
    )
    db.session.execute(delete(KnownDevice).where(KnownDevice.id.in_(latest_first.offset(MOST))))
    return token


def forget(user_id: UUID) -> None:
    """Know none of the person's devices any more."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


def forget_unused() -> int:
    """Forget devices that were not used for a year; the number of them."""
    unused = select(KnownDevice.id).where(KnownDevice.last_used_at < now() - FORGOTTEN_AFTER)
    deletion = delete(KnownDevice).where(KnownDevice.id.in_(unused.limit(BATCH)))
    return len(db.session.scalars(deletion.returning(KnownDevice.id)).all())
