"""RULES: a second factor: codes of an app that a person has (TOTP, RFC 6238), and recovery codes.

A code of the app is six digits for half a minute; one of the half minute before or after is taken too, as
clocks differ. Each works once. So does each of ten recovery codes, which have 120 random bits.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

import pyotp
import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, exists, func, select, update

from chassis.clock import now
from chassis.errors import Forbidden
from user_service import accounts, trail
from user_service.attempts import Allowance, TooManyAttempts, known_allowances
from user_service.models import Passkey, RecoveryCode, SecondFactor, SignIn, User, db
from user_service.notices import Notice, tell
from user_service.runtime import runtime

log = structlog.get_logger(__name__)

STEP = 30  # seconds
TOLERANCE = 1  # steps, for clocks that differ
# How long a code that was shown speaks for a sign-in where no operation asks for one itself.
CONFIRMED_FOR = timedelta(minutes=15)


class CodeRequired(Forbidden):
    """This needs a code of your second factor."""

    code = "mfa_code_required"


class WrongCode(Forbidden):
    """The code is not right, or was used before."""

    code = "wrong_mfa_code"

    # That it was tried counts.
    keeps_changes = True


class SecondFactorNeeded(Forbidden):
    """Admins need a second factor."""

    code = "second_factor_needed"


class ConfirmationRequired(Forbidden):
    """Confirm with a code of your second factor or a passkey first."""

    code = "confirmation_required"


@dataclass(frozen=True)
class Status:
    """Whether there is a second factor, and how many recovery codes are left."""

    enabled: bool
    enabled_at: Any
    recovery_codes_left: int


def status(user_id: UUID) -> Status:
    """The person's second factor."""
    factor = _confirmed(user_id)
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return Status(
        factor is not None,
        factor.confirmed_at if factor else None,
        (db.session.scalar(left) or 0) if factor else 0,
    )


def is_on(user_id: UUID) -> bool:
    """Whether the person has a second factor."""
    return _confirmed(user_id) is not None


def require(user: User, code: str | None, present: UUID) -> None:
    """Before what is dangerous: a code, from those who have a second factor. The account is locked."""
    if not is_on(user.id):
        return
    if code is None:
        raise CodeRequired
    prove(user, code, known_allowances("code", present))


def prove(user: User, code: str, allowances: Sequence[Allowance]) -> None:
    """`WrongCode` unless the code is good, of the app or for recovery. Its use is noted: it works once.

    Wrong ones count against the allowances. The account is locked.
    """
    _count(user.id, allowances)
    factor = db.session.get(SecondFactor, user.id, with_for_update=True, populate_existing=True)
    enabled = factor if factor and factor.confirmed_at else None
    if enabled and (_takes(enabled, code) or _takes_recovery_code(user, code)):
        runtime().attempts.give_back(allowances)
        return
    trail.note_failure("second_factor.checked", user.id, reason=WrongCode.code)
    raise WrongCode


def prove_first(factor: SecondFactor, code: str, present: UUID) -> None:
    """`WrongCode` unless the app shows this code: so the person has set it up. The factor is locked."""
    allowances = known_allowances("code", present)
    _count(factor.user_id, allowances)
    if not _takes(factor, code):
        trail.note_failure("second_factor.checked", factor.user_id, reason=WrongCode.code)
        raise WrongCode
    runtime().attempts.give_back(allowances)


def _count(user_id: UUID, allowances: Sequence[Allowance]) -> None:
    try:
        runtime().attempts.take(allowances)
    except TooManyAttempts as refusal:
        trail.note_failure("second_factor.checked", user_id, reason=refusal.code)
        raise


def confirm_sign_in(sign_in_id: UUID) -> None:
    """Note that the person has shown a code or a passkey within this sign-in."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(confirmed_at=now()))


def confirm(user_id: UUID, code: str, present: UUID) -> None:
    """Show a code, for what is dangerous in the next quarter of an hour."""
    user = accounts.own(user_id, lock=True)
    prove(user, code, known_allowances("code", present))
    confirm_sign_in(present)
    trail.note("sign_in.confirmed", user_id, sign_in=str(present))


def require_confirmed(admin_id: UUID, present: UUID) -> None:
    """Before what only admins do: a code or a passkey within the last 15 minutes, from those who have one."""
    if not is_on(admin_id) and not _has_passkey(admin_id):
        if runtime().admins_need_second_factor:
            raise SecondFactorNeeded("Turn on a second factor for your account, or add a passkey.")
        return
    confirmed = db.session.scalar(select(SignIn.confirmed_at).where(SignIn.id == present))
    if confirmed is None or confirmed < now() - CONFIRMED_FOR:
        raise ConfirmationRequired


def forget(user_id: UUID) -> None:
    """Delete the second factor and its recovery codes."""
    for table in (SecondFactor, RecoveryCode):
        db.session.execute(delete(table).where(table.user_id == user_id))


def _has_passkey(user_id: UUID) -> bool:
    return bool(db.session.scalar(select(exists().where(Passkey.user_id == user_id))))


def _confirmed(user_id: UUID) -> SecondFactor | None:
    return db.session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
        )
    )


def _takes(factor: SecondFactor, code: str) -> bool:
    """Whether the app shows this code now, and it was not taken before. The factor is locked."""
    try:
        secret = runtime().sealer.open(factor.sealed_secret)
    except InvalidToken:
        # The key is lost: recovery codes work still.
        log.error("second_factor_sealed_by_unknown_key", user_id=str(factor.user_id))
        return False
    app = pyotp.TOTP(secret, interval=STEP)
    present = int(now().timestamp()) // STEP
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        expected = app.generate_otp(step)
        if compare_digest(expected.encode(), code.encode()) and step > factor.last_step:
            factor.last_step = step
            db.session.flush()
            return True
    return False


def _takes_recovery_code(user: User, code: str) -> bool:
    used = delete(RecoveryCode).where(
        RecoveryCode.code_hash == digest_of(code), RecoveryCode.user_id == user.id
    )
    if db.session.execute(used.returning(RecoveryCode.code_hash)).first() is None:
        return False
    tell(user, Notice.RECOVERY_CODE_USED)
    trail.note("recovery_code.used", user.id)
    return True


def digest_of(code: str) -> bytes:
    """A recovery code as it is kept, however it was written."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode()).digest()
