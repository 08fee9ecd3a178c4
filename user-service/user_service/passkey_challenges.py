"""RULES: challenges that authenticators sign, each for one answer within five minutes.

They are in the database: the answer and what it lets a person do are one transaction, and a Redis that is
away keeps no one out.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from chassis.clock import now
from user_service.models import PasskeyChallenge, db

LIFETIME = timedelta(minutes=5)
# For new passkeys of a person at a time.
MOST = 5
BATCH = 1000


def issue(user_id: UUID | None) -> bytes:
    """A challenge of 256 random bits for a new passkey of the person, or without one for any proof."""
    if user_id:
        newest_first = (
            select(PasskeyChallenge.challenge_hash)
            .where(PasskeyChallenge.user_id == user_id)
            .order_by(PasskeyChallenge.created_at.desc(), PasskeyChallenge.challenge_hash)
        )
        too_many = PasskeyChallenge.challenge_hash.in_(newest_first.offset(MOST - 1))
        db.session.execute(delete(PasskeyChallenge).where(too_many))
    challenge = secrets.token_bytes(32)
    db.session.add(
        PasskeyChallenge(
            challenge_hash=digest(challenge),
            user_id=user_id,
            created_at=now(),
            expires_at=now() + LIFETIME,
        )
    )
    db.session.flush()
    return challenge


def spend(challenge: bytes, user_id: UUID | None) -> bool:
    """Whether it was issued for this person, or for any, and is still good: it works once.

    Of many who spend it at once, one does.
    """
    spent = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge_hash == digest(challenge),
        PasskeyChallenge.user_id.is_not_distinct_from(user_id),
        PasskeyChallenge.expires_at > now(),
    )
    return db.session.scalar(spent.returning(PasskeyChallenge.challenge_hash)) is not None


def revoke(user_id: UUID) -> None:
    """End those for new passkeys of the person."""
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.user_id == user_id))


def forget_expired() -> int:
    """Delete challenges that have expired; the number of them."""
    expired = (
        select(PasskeyChallenge.challenge_hash)
        .where(PasskeyChallenge.expires_at < now())
        .limit(BATCH)
    )
    deletion = delete(PasskeyChallenge).where(PasskeyChallenge.challenge_hash.in_(expired))
    return len(db.session.scalars(deletion.returning(PasskeyChallenge.challenge_hash)).all())


def digest(challenge: bytes) -> bytes:
    """A challenge as it is kept."""
    return hashlib.sha256(challenge).digest()
