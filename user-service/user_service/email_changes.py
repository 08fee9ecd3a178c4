"""RULES: changing the e-mail address: the new one is proved first, and the old one has a way back."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select

from chassis.clock import now
from user_service import (
    access,
    accounts,
    blocks,
    credentials,
    email_tokens,
    passkeys,
    preferences,
    second_factor,
    trail,
)
from user_service.accounts import EmailTaken
from user_service.attempts import known_allowances, request_allowances
from user_service.models import EmailChange, Purpose, SecondFactor, User, db, messages
from user_service.notices import Notice, tell
from user_service.runtime import runtime

WAY_BACK = timedelta(days=7)
KEPT = timedelta(days=30)
BATCH = 1000


def request(
    user_id: UUID, email: str, password: str, code: str | None, *, present: UUID, ip: str
) -> None:
    """Have a link e-mailed to the new address. The answer never tells whether it has an account."""
    user = credentials.confirmed(user_id, password, present)
    second_factor.require(user, code, present)
    # However many addresses a person names, and however many people name one.
    runtime().attempts.take(known_allowances("email-change", user_id))
    runtime().attempts.take(request_allowances(Purpose.CHANGE, email, ip))
    user.pending_email = email
    accounts.save(user)
    messages.queue_email("change_email", {"user_id": str(user_id)})
    tell(user, Notice.EMAIL_CHANGE_REQUESTED)
    trail.note("email.change_requested", user_id)


def withdraw(user_id: UUID) -> None:
    """Keep the address after all: the link that was e-mailed ends."""
    user = accounts.own(user_id, lock=True)
    if user.pending_email:
        user.pending_email = None
        accounts.save(user)
        email_tokens.revoke_purpose(user_id, Purpose.CHANGE)


def confirm(token: str) -> None:
    """Take the e-mailed token as proof of the new address. Links to the old one end."""
    user_id, address = email_tokens.redeem_for_address(token, Purpose.CHANGE)
    user = accounts.own(user_id, lock=True)
    if address is None or user.pending_email != address:
        raise email_tokens.InvalidEmailToken("The change was withdrawn.")
    require_free(address, user_id)
    old, was_verified = user.email, user.email_verified
    user.email, user.pending_email, user.email_verified_at = address, None, now()
    accounts.save(user)
    blocks.on_email_proved(user)
    preferences.on_email_proved(user)
    access.end_all_but_sign_ins(user)
    trail.note("email.changed", user_id)
    # An address that was never proved is no one's: it has no way back.
    if was_verified:
        change = EmailChange(user_id=user_id, old_email=old)
        db.session.add(change)
        db.session.flush()
        messages.queue_email("email_changed", {"change_id": str(change.id)})


def revert(token: str) -> None:
    """Go back to the old address, by the token that it was sent. All that lets somebody in ends.

    A thief may have changed the address: so the password ends too, and a second factor and passkeys that came
    later.
    The owner gets a link by which to set a new password.
    """
    user_id, address = email_tokens.redeem_for_address(token, Purpose.REVERT)
    user = accounts.own(user_id, lock=True)
    change = db.session.scalar(
        select(EmailChange)
        .where(EmailChange.user_id == user_id, EmailChange.old_email == address)
        .order_by(EmailChange.changed_at.desc())
        .limit(1)
    )
    if change is None or change.reverted_at:
        raise email_tokens.InvalidEmailToken
    change.reverted_at = now()
    user.email, user.pending_email, user.email_verified_at = change.old_email, None, now()
    user.password_hash = runtime().hasher.unmatched
    accounts.save(user)
    blocks.on_email_proved(user)
    preferences.on_email_proved(user)
    access.end(user)
    later = SecondFactor.created_at >= change.changed_at
    if db.session.scalar(select(exists().where(SecondFactor.user_id == user_id, later))):
        second_factor.forget(user_id)
    passkeys.forget(user_id, since=change.changed_at)
    messages.queue_email("reset_password", {"user_id": str(user_id)})
    trail.note("email.change_reverted", user_id)


def require_free(email: str, user_id: UUID | None) -> None:
    """`EmailTaken` if another person may still go back to this address. The index knows those in use."""
    held = exists().where(
        func.lower(EmailChange.old_email) == func.lower(email),
        EmailChange.user_id.is_distinct_from(user_id),
        EmailChange.changed_at > now() - WAY_BACK,
        EmailChange.reverted_at.is_(None),
    )
    if db.session.scalar(select(held)):
        raise EmailTaken


def is_in_use(email: str, user_id: UUID) -> bool:
    """Whether another account has the address."""
    other = exists().where(func.lower(User.email) == func.lower(email), User.id != user_id)
    return bool(db.session.scalar(select(other)))


def forget_old() -> int:
    """Delete changes from which there has long been no way back; the number of them."""
    old = select(EmailChange.id).where(EmailChange.changed_at < now() - KEPT).limit(BATCH)
    deletion = delete(EmailChange).where(EmailChange.id.in_(old)).returning(EmailChange.id)
    return len(db.session.scalars(deletion).all())
