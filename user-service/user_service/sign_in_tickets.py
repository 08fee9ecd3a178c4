"""RULES: a sign-in whose password was right waits for a code of the second factor, for five minutes."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from chassis.clock import now
from chassis.errors import Unauthorized
from user_service import trail
from user_service.models import SignInTicket, db
from user_service.sign_ins import digest

LIFETIME = timedelta(minutes=5)
MOST_FAILURES = 5
# Of a person at a time: a sign-in that was begun again leaves the one before.
MOST = 5
BATCH = 1000


class InvalidSignInTicket(Unauthorized):
    """The ticket is used, expired or unknown; sign in again."""

    code = "invalid_sign_in_ticket"


def issue(user_id: UUID) -> str:
    """A ticket for a person who has proved the password. It is no token, and lets no one in by itself."""
    newest_first = (
        select(SignInTicket.token_hash)
        .where(SignInTicket.user_id == user_id)
        .order_by(SignInTicket.created_at.desc(), SignInTicket.token_hash)
    )
    too_many = SignInTicket.token_hash.in_(newest_first.offset(MOST - 1))
    db.session.execute(delete(SignInTicket).where(too_many))
    ticket = secrets.token_urlsafe(32)
    db.session.add(
        SignInTicket(
            token_hash=digest(ticket),
            user_id=user_id,
            created_at=now(),
            expires_at=now() + LIFETIME,
        )
    )
    db.session.flush()
    return ticket


def revoke(user_id: UUID) -> None:
    """End the person's tickets."""
    db.session.execute(delete(SignInTicket).where(SignInTicket.user_id == user_id))


def forget_expired() -> int:
    """Delete tickets that have expired; the number of them."""
    expired = select(SignInTicket.token_hash).where(SignInTicket.expires_at < now()).limit(BATCH)
    deletion = delete(SignInTicket).where(SignInTicket.token_hash.in_(expired))
    return len(db.session.scalars(deletion.returning(SignInTicket.user_id)).all())


def find(ticket: str, *, lock: bool = False) -> SignInTicket:
    """The ticket; `InvalidSignInTicket` if it is no longer good, or never was one."""
    query = select(SignInTicket).where(
        SignInTicket.token_hash == digest(ticket), SignInTicket.expires_at > now()
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        trail.note_failure("sign_in.begun", None, reason=InvalidSignInTicket.code)
        raise InvalidSignInTicket
    return found


def count_failure(ticket: SignInTicket) -> bool:
    """Note a wrong code. The ticket is locked; whether it has ended by that."""
    ticket.failures += 1
    if ticket.failures < MOST_FAILURES:
        db.session.flush()
        return False
    db.session.delete(ticket)
    return True
