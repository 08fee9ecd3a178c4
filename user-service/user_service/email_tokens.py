"""RULES: tokens that go out by e-mail, each good for one thing, once, for a while."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from chassis.clock import now
from chassis.errors import Gone
from user_service.models import EmailToken, Purpose, User, db
from user_service.sign_ins import digest

LIFETIMES = {
    Purpose.VERIFY: timedelta(hours=24),
    Purpose.RESET: timedelta(hours=1),
    Purpose.CHANGE: timedelta(hours=24),
    Purpose.REVERT: timedelta(days=7),
}
BATCH = 1000


class InvalidEmailToken(Gone):
    """The link was used, has expired or never was one."""

    code = "invalid_email_token"


def issue(user: User, purpose: Purpose, address: str | None = None) -> str:
    """A token to e-mail to the person. Those sent before for the same purpose end.

    `address` is the one that it proves, where that is another than the account's.
    """
    revoke_purpose(user.id, purpose)
    token = secrets.token_urlsafe(32)
    db.session.add(
        EmailToken(
            user_id=user.id,
            purpose=purpose,
            token_hash=digest(token),
            address=address,
            expires_at=now() + LIFETIMES[purpose],
        )
    )
    db.session.flush()
    return token


def redeem(token: str, purpose: Purpose) -> UUID:
    """Take the token; the id of its owner. Of many callers who redeem it at once, one can."""
    user_id, _ = redeem_for_address(token, purpose)
    return user_id


def redeem_for_address(token: str, purpose: Purpose) -> tuple[UUID, str | None]:
    """The same, and the address that the token proves if it is another than the account's."""
    found = db.session.execute(
        update(EmailToken)
        .where(EmailToken.token_hash == digest(token), EmailToken.purpose == purpose)
        .where(EmailToken.used_at.is_(None), EmailToken.expires_at > now())
        .values(used_at=now())
        .returning(EmailToken.user_id, EmailToken.address)
    ).one_or_none()
    if found is None:
        raise InvalidEmailToken("Ask for another e-mail.")
    user_id, address = found
    return user_id, address


def revoke(user_id: UUID) -> None:
    """End the tokens that were e-mailed to the person, but for the way back to an old address.

    A thief who has changed the address could end that otherwise.
    """
    others = EmailToken.purpose != Purpose.REVERT
    db.session.execute(delete(EmailToken).where(EmailToken.user_id == user_id, others))


def revoke_purpose(user_id: UUID, purpose: Purpose) -> None:
    """End the person's tokens that are good for this."""
    these = EmailToken.purpose == purpose
    db.session.execute(delete(EmailToken).where(EmailToken.user_id == user_id, these))


def forget_expired() -> int:
    """Delete tokens that have expired; the number of tokens."""
    expired = select(EmailToken.id).where(EmailToken.expires_at < now()).limit(BATCH)
    deletion = delete(EmailToken).where(EmailToken.id.in_(expired)).returning(EmailToken.id)
    return len(db.session.scalars(deletion).all())
