"""RULES: passkeys: a person proves by one who they are, instead of by a password and a code.

An authenticator signs a challenge after it has made sure of its owner, by a finger, a face or a number. So a
passkey is what a person has, and what they are or know. It signs for the pages of this site alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from webauthn.helpers.structs import AuthenticationCredential

from chassis.clock import now
from chassis.errors import Conflict, Forbidden, Problem, Unauthorized
from user_service import accounts, authenticators, passkey_challenges, second_factor, trail
from user_service.attempts import Allowance, TooManyAttempts, known_allowances
from user_service.authenticators import NotProved
from user_service.models import Passkey, User, db
from user_service.notices import Notice, tell
from user_service.relying_party import RelyingParty
from user_service.runtime import runtime


class PasskeysUnavailable(Conflict):
    """There are no passkeys here, as the platform has no name but an IP address."""

    code = "passkeys_unavailable"


class WrongPasskey(Unauthorized):
    """The passkey is not known, or its answer does not hold."""

    code = "wrong_passkey"

    # The challenge is spent, and the owner may have to be told.
    keeps_changes = True


class PasskeyRefused(Forbidden):
    """The passkey is not yours, or its answer does not hold."""

    code = "passkey_refused"

    # The same.
    keeps_changes = True


@dataclass(frozen=True)
class Request:
    """What an authenticator is asked for a proof."""

    challenge: bytes
    party: RelyingParty


def site() -> RelyingParty:
    """The site that passkeys are for; `PasskeysUnavailable` if it has no name."""
    party = runtime().relying_party
    if party is None:
        raise PasskeysUnavailable
    return party


def ask() -> Request:
    """Ask for a proof by any passkey. No account is named: so nothing tells who has one."""
    party = site()
    return Request(passkey_challenges.issue(None), party)


def owner(credential_id: bytes) -> User | None:
    """The account with this passkey, locked."""
    query = select(User).join(Passkey).where(Passkey.credential_id == credential_id)
    locked = query.with_for_update(of=User).execution_options(populate_existing=True)
    return db.session.scalar(locked)


def require(
    user: User | None,
    credential: AuthenticationCredential,
    allowances: Sequence[Allowance],
    refusal: type[Problem],
) -> User:
    """The person, unless no passkey of theirs holds: the refusal. Without a person none does.

    The account is locked. The challenge is spent either way. Wrong ones count against the allowances.
    """
    party, person = site(), user.id if user else None
    try:
        runtime().attempts.take(allowances)
    except TooManyAttempts as too_many:
        trail.note_failure("passkey.checked", person, reason=too_many.code)
        raise
    try:
        proved = _prove(user, credential, party)
    except NotProved:
        trail.note_failure("passkey.checked", person, reason=refusal.code)
        raise refusal from None
    runtime().attempts.give_back(allowances)
    return proved


def confirm(user_id: UUID, credential: AuthenticationCredential, present: UUID) -> None:
    """Show a passkey, for what is dangerous in the next quarter of an hour."""
    user = accounts.own(user_id, lock=True)
    require(user, credential, known_allowances("passkey", present), PasskeyRefused)
    second_factor.confirm_sign_in(present)
    trail.note("sign_in.confirmed", user_id, sign_in=str(present))


def forget(user_id: UUID, *, since: datetime | None = None) -> None:
    """Delete the person's passkeys, or those that were made since then."""
    deletion = delete(Passkey).where(Passkey.user_id == user_id)
    if since:
        deletion = deletion.where(Passkey.created_at >= since)
    db.session.execute(deletion)


def _prove(user: User | None, credential: AuthenticationCredential, party: RelyingParty) -> User:
    challenge = authenticators.challenge_of(credential.response.client_data_json)
    is_good = passkey_challenges.spend(challenge, None)
    passkey = _locked(user, credential.raw_id) if user else None
    if user is None or passkey is None or not is_good:
        raise NotProved
    use = authenticators.use_of(passkey, credential, challenge, party)
    _count(user, passkey, use.sign_count)
    passkey.backed_up, passkey.last_used_at = use.backed_up, now()
    db.session.flush()
    return user


def _locked(user: User, credential_id: bytes) -> Passkey | None:
    query = select(Passkey).where(
        Passkey.user_id == user.id, Passkey.credential_id == credential_id
    )
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _count(user: User, passkey: Passkey, count: int) -> None:
    """Note how often the passkey has signed. If it has not gone on, there are two of it: `NotProved`.

    Many authenticators do not count, and always say 0 (WebAuthn, level 3, section 6.1.1).
    """
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        tell(user, Notice.PASSKEY_COPIED)
        trail.note_failure("passkey.copied", user.id)
        raise NotProved
    passkey.sign_count = count
