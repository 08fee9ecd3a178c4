"""RULES: signing in: with a password, and a code where the account has a second factor; or with a passkey."""

from dataclasses import dataclass

from webauthn.helpers.structs import AuthenticationCredential

from chassis.errors import Unauthorized
from user_service import (
    accounts,
    credentials,
    known_devices,
    passkeys,
    second_factor,
    sign_in_tickets,
    sign_ins,
    suspensions,
    trail,
)
from user_service.accounts import find
from user_service.attempts import (
    Allowance,
    code_allowances,
    known_allowances,
    login_allowances,
    passkey_allowances,
)
from user_service.email_addresses import spelled
from user_service.models import User, db
from user_service.notices import Notice, tell
from user_service.passkeys import WrongPasskey
from user_service.runtime import runtime
from user_service.second_factor import WrongCode
from user_service.sign_ins import Origin, TokenPair


class WrongCredentials(Unauthorized):
    """There is no account with this name and password."""

    code = "wrong_credentials"

    # The owner is told of many guesses.
    keeps_changes = True


class SecondFactorRequired(Unauthorized):
    """The password is right; a code of the second factor is needed."""

    code = "mfa_required"

    # The ticket stays good for the request that follows.
    keeps_changes = True


@dataclass(frozen=True)
class SignedIn:
    """A sign-in, and the token by which the device is known from now on."""

    tokens: TokenPair
    device_token: str


def log_in(login: str, password: str, origin: Origin, device_token: str | None = None) -> SignedIn:
    """Sign in with e-mail address or username.

    An unknown name is answered like a wrong password, and as late. Wrong passwords from a device that is
    known, by its token, count apart from those of all others.
    """
    user = find(login)
    device_id = known_devices.find(user.id, device_token) if user else None
    # Guesses at a name without an account count as well, or being stopped would tell that there is
    # one.
    allowances = login_allowances(spelled(login) or login, origin.ip)
    if device_id:
        allowances = known_allowances("password", device_id)
    proven = user.password_hash if user else None
    try:
        credentials.require(user, password, allowances, WrongCredentials)
    except WrongCredentials:
        if user and runtime().attempts.are_used_up(allowances):
            tell(user, Notice.MANY_GUESSES)
        raise
    # Proven without a lock, because that takes long. A change of the password or the deletion of the
    # account ends the sign-ins that are there, and none may come after that: the proof has to be of
    # the password that holds now.
    user = find(login, lock=True)
    if user is None or user.password_hash != proven:
        return log_in(login, password, origin, device_token)
    _renew(user, password)
    suspensions.require_active(user)
    if second_factor.is_on(user.id):
        ticket = sign_in_tickets.issue(user.id)
        trail.note("sign_in.waits_for_code", user.id)
        lifetime = int(sign_in_tickets.LIFETIME.total_seconds())
        raise SecondFactorRequired(ticket=ticket, expires_in=lifetime)
    return admit(user, origin.device, device_token)


def show_code(ticket: str, code: str, origin: Origin, device_token: str | None = None) -> SignedIn:
    """Sign in with a ticket and a code of the second factor. After five wrong codes the ticket ends."""
    # The account is locked first, as everywhere.
    user = accounts.own(sign_in_tickets.find(ticket).user_id, lock=True)
    found = sign_in_tickets.find(ticket, lock=True)
    suspensions.require_active(user)
    try:
        second_factor.prove(user, code, _code_allowances(user, origin, device_token))
    except WrongCode:
        if sign_in_tickets.count_failure(found):
            tell(user, Notice.MANY_CODES)
        raise
    db.session.delete(found)
    signed_in = admit(user, origin.device, device_token)
    second_factor.confirm_sign_in(signed_in.tokens.sign_in_id)
    return signed_in


def show_passkey(
    credential: AuthenticationCredential, origin: Origin, device_token: str | None = None
) -> SignedIn:
    """Sign in with a passkey, which stands for password and code.

    All that is wrong with it is answered alike. Wrong ones from a known device of its owner count apart.
    """
    user = passkeys.owner(credential.raw_id)
    device_id = known_devices.find(user.id, device_token) if user else None
    allowances = passkey_allowances(origin.ip)
    if device_id:
        allowances = known_allowances("passkey", device_id)
    user = passkeys.require(user, credential, allowances, WrongPasskey)
    suspensions.require_active(user)
    signed_in = admit(user, origin.device, device_token)
    second_factor.confirm_sign_in(signed_in.tokens.sign_in_id)
    return signed_in


def admit(user: User, device: str, device_token: str | None) -> SignedIn:
    """Sign the person in, who has proved who they are. The account is locked."""
    known = known_devices.recognise(user.id, device_token)
    tokens = sign_ins.begin(user, device)
    if known is None:
        tell(user, Notice.NEW_DEVICE, sign_in_id=str(tokens.sign_in_id))
    trail.note("sign_in.begun", user.id, sign_in=str(tokens.sign_in_id))
    return SignedIn(tokens, known or known_devices.remember(user.id))


def _code_allowances(user: User, origin: Origin, device_token: str | None) -> list[Allowance]:
    """What may go wrong with codes: a person who has the password gets no more tries by more tickets."""
    device_id = known_devices.find(user.id, device_token)
    if device_id:
        return known_allowances("code", device_id)
    return code_allowances(user.id, origin.ip)


def _renew(user: User, password: str) -> None:
    """Keep the password at the present cost. The account is locked."""
    hasher = runtime().hasher
    if hasher.is_outdated(user.password_hash):
        with hasher.turn():
            user.password_hash = hasher.hash(password)
        db.session.flush()
