"""RULES: a person proves with a password who they are."""

from dataclasses import dataclass
from uuid import UUID

from chassis.errors import Forbidden, Unauthorized
from user_service import access, known_devices, sign_ins, trail
from user_service.accounts import find, own
from user_service.attempts import (
    Allowance,
    TooManyAttempts,
    device_allowances,
    login_allowances,
)
from user_service.models import User, db
from user_service.notices import Notice, tell
from user_service.passwords import check_strength
from user_service.runtime import runtime
from user_service.sign_ins import Origin, TokenPair


class WrongCredentials(Unauthorized):
    """There is no account with this name and password."""

    code = "wrong_credentials"

    # The owner is told of many guesses.
    keeps_changes = True


class WrongPassword(Forbidden):
    """The password is not right."""

    code = "wrong_password"


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
    allowances = login_allowances(login, origin.ip)
    if device_id:
        allowances = device_allowances(device_id)
    proven = user.password_hash if user else None
    _require(user, password, allowances, WrongCredentials)
    # Proven without a lock, because that takes long. A change of the password or the deletion of the
    # account ends the sign-ins that are there, and none may come after that: the proof has to be of
    # the password that holds now.
    user = find(login, lock=True)
    if user is None or user.password_hash != proven:
        return log_in(login, password, origin, device_token)
    _renew(user, password)
    return admit(user, origin.device, device_token)


def admit(user: User, device: str, device_token: str | None) -> SignedIn:
    """Sign the person in, who has proved who they are. The account is locked."""
    known = known_devices.recognise(user.id, device_token)
    tokens = sign_ins.begin(user, device)
    if known is None:
        tell(user, Notice.NEW_DEVICE, sign_in_id=str(tokens.sign_in_id))
    trail.note("sign_in.begun", user.id, sign_in=str(tokens.sign_in_id))
    return SignedIn(tokens, known or known_devices.remember(user.id))


def confirm(user: User, password: str, sign_in_id: UUID) -> None:
    """`WrongPassword` unless it is the person's. Wrong ones count within the sign-in that asks."""
    # Not with those of people who try to sign in: they would keep the owner from all this.
    _require(user, password, device_allowances(sign_in_id), WrongPassword)


def change_password(user_id: UUID, current: str, new: str, *, present: UUID) -> None:
    """Change the password, and end all that lets somebody in but the present sign-in."""
    user = own(user_id, lock=True)
    confirm(user, current, present)
    set_password(user, new, field="new_password")
    access.end(user, but=present)
    tell(user, Notice.PASSWORD_CHANGED)
    trail.note("password.changed", user.id)


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Give the account a new password; `Invalid` naming the field if it is a bad one."""
    check_strength(password, user.username, user.email, user.display_name, field=field)
    hasher = runtime().hasher
    with hasher.turn():
        user.password_hash = hasher.hash(password)
    db.session.flush()


def _require(
    user: User | None,
    password: str,
    allowances: list[Allowance],
    refusal: type[WrongCredentials] | type[WrongPassword],
) -> None:
    """The refusal unless the password is the person's; without a person it never is."""
    hasher, attempts = runtime().hasher, runtime().attempts
    owner = user.id if user else None
    with hasher.turn():
        # Taken before the outcome is known, so that many guesses at once do not all slip through;
        # and after the turn is ours, so that a caller who is refused as too many has not used it up.
        try:
            attempts.take(allowances)
        except TooManyAttempts:
            trail.note_failure("password.checked", owner, reason="too_many_attempts")
            raise
        matches = hasher.matches(password, user.password_hash if user else hasher.unmatched)
        if matches:
            attempts.give_back(allowances)
            return
    trail.note_failure("password.checked", owner, reason=refusal.code)
    if user and attempts.are_used_up(allowances):
        tell(user, Notice.MANY_GUESSES)
    raise refusal


def _renew(user: User, password: str) -> None:
    """Keep the password at the present cost. The account is locked."""
    hasher = runtime().hasher
    if hasher.is_outdated(user.password_hash):
        with hasher.turn():
            user.password_hash = hasher.hash(password)
        db.session.flush()
