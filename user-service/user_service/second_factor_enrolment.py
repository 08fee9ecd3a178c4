"""RULES: turning a second factor on and off, and its recovery codes."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import pyotp
import segno
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select

from chassis.clock import now
from chassis.errors import Conflict, NotFound
from user_service import access, accounts, credentials, second_factor, trail
from user_service.models import RecoveryCode, SecondFactor, User, db
from user_service.notices import Notice, tell
from user_service.runtime import runtime
from user_service.verification import require_verified

ISSUER = "Lyceum"
RECOVERY_CODES = 10
BATCH = 500


class AlreadyOn(Conflict):
    """The account has a second factor."""

    code = "second_factor_on"


class Resealed(NamedTuple):
    """Up to which account secrets were sealed, how many, and how many no key opens."""

    up_to: UUID
    sealed: int
    lost: int


@dataclass(frozen=True)
class Enrolment:
    """What an app needs to make codes."""

    secret: str
    otpauth_url: str

    @property
    def qr_code(self) -> str:
        """The address as a picture (SVG) for the camera of a phone."""
        return str(segno.make(self.otpauth_url, error="m").svg_inline(scale=4, border=2))


def begin(user_id: UUID, password: str, present: UUID) -> Enrolment:
    """Make a secret for an app. It counts once a first code of it was shown."""
    user = credentials.confirmed(user_id, password, present)
    require_verified(user)
    factor = db.session.get(SecondFactor, user_id)
    if factor and factor.confirmed_at:
        raise AlreadyOn("Turn it off first.")
    secret = pyotp.random_base32()
    if factor is None:
        factor = SecondFactor(user_id=user_id)
        db.session.add(factor)
    factor.sealed_secret = runtime().sealer.seal(secret)
    factor.created_at, factor.last_step = now(), 0
    db.session.flush()
    url = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    return Enrolment(secret, url)


def enable(user_id: UUID, code: str, present: UUID) -> Sequence[str]:
    """Turn it on with a first code of the app: ten recovery codes. All other sign-ins end."""
    user = accounts.own(user_id, lock=True)
    factor = db.session.get(SecondFactor, user_id, with_for_update=True)
    if factor is None:
        raise NotFound
    if factor.confirmed_at:
        raise AlreadyOn
    second_factor.prove_first(factor, code, present)
    factor.confirmed_at = now()
    access.end(user, but=present)
    second_factor.confirm_sign_in(present)
    tell(user, Notice.SECOND_FACTOR_ON)
    trail.note("second_factor.enabled", user_id)
    return _new_recovery_codes(user_id)


def disable(user_id: UUID, password: str, code: str, present: UUID) -> None:
    """Turn it off, with the password and a code. All other sign-ins end."""
    user = _proved(user_id, password, code, present)
    second_factor.forget(user_id)
    access.end(user, but=present)
    tell(user, Notice.SECOND_FACTOR_OFF)
    trail.note("second_factor.disabled", user_id)


def renew_recovery_codes(user_id: UUID, password: str, code: str, present: UUID) -> Sequence[str]:
    """Ten new recovery codes; those of before end."""
    _proved(user_id, password, code, present)
    trail.note("recovery_codes.renewed", user_id)
    return _new_recovery_codes(user_id)


def reseal(after: UUID) -> Resealed | None:
    """Seal the secrets of the next accounts by the first key, in the order of ids; None if there are none."""
    query = select(SecondFactor).where(SecondFactor.user_id > after)
    batch = query.order_by(SecondFactor.user_id).limit(BATCH).with_for_update()
    factors = db.session.scalars(batch).all()
    if not factors:
        return None
    lost = 0
    for factor in factors:
        try:
            factor.sealed_secret = runtime().sealer.reseal(factor.sealed_secret)
        except InvalidToken:
            lost += 1
    return Resealed(factors[-1].user_id, len(factors) - lost, lost)


def _proved(user_id: UUID, password: str, code: str, present: UUID) -> User:
    """The account, locked, whose second factor is on, of a person who proved both factors."""
    _require_on(accounts.own(user_id))
    user = credentials.confirmed(user_id, password, present)
    _require_on(user)  # still, now that it is locked
    second_factor.require(user, code, present)
    return user


def _require_on(user: User) -> None:
    if not second_factor.is_on(user.id):
        raise NotFound


def _new_recovery_codes(user_id: UUID) -> Sequence[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_written(secrets.token_bytes(15)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user_id, code_hash=second_factor.digest_of(code)) for code in codes
    )
    db.session.flush()
    return codes


def _written(random: bytes) -> str:
    """As people copy it: four groups of six letters and digits."""
    letters = base64.b32encode(random).decode().lower()
    return "-".join(letters[start : start + 6] for start in range(0, len(letters), 6))
