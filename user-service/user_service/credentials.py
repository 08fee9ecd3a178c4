"""RULES: a person proves with a password who they are."""

from uuid import UUID

from chassis.errors import Forbidden, Unauthorized
from user_service import sign_ins
from user_service.accounts import find, own
from user_service.attempts import login_allowances
from user_service.models import User, db
from user_service.passwords import check_strength
from user_service.runtime import runtime
from user_service.sign_ins import Origin, TokenPair


class WrongCredentials(Unauthorized):
    """There is no account with this name and password."""

    code = "wrong_credentials"


class WrongPassword(Forbidden):
    """The password is not right."""

    code = "wrong_password"


def log_in(login: str, password: str, origin: Origin) -> TokenPair:
    """Sign in with e-mail address or username.

    An unknown name is answered like a wrong password, and as late.
    """
    user = find(login)
    # Guesses at a name without an account count as well, or being stopped would tell that there is
    # one.
    account = str(user.id) if user else login.strip()
    proven = user.password_hash if user else None
    if not _proves(user, account, password, origin.ip):
        raise WrongCredentials
    # Proven without a lock, because that takes long. A change of the password or the deletion of the
    # account ends the sign-ins that are there, and none may come after that: the proof has to be of
    # the password that holds now.
    user = find(login, lock=True)
    if user is None or user.password_hash != proven:
        return log_in(login, password, origin)
    _renew(user, password)
    return sign_ins.begin(user, origin.device)


def confirm(user: User, password: str, ip: str) -> None:
    """`WrongPassword` unless it is the person's; counts like a login."""
    if not _proves(user, str(user.id), password, ip):
        raise WrongPassword


def change_password(user_id: UUID, current: str, new: str, *, present: UUID, ip: str) -> None:
    """Change the password and sign out everywhere else."""
    user = own(user_id, lock=True)
    confirm(user, current, ip)
    set_password(user, new, field="new_password")
    sign_ins.end_all(user.id, but=present)


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Give the account a new password; `Invalid` naming the field if it is a bad one."""
    check_strength(password, user.username, user.email, user.display_name, field=field)
    hasher = runtime().hasher
    with hasher.turn():
        user.password_hash = hasher.hash(password)
    db.session.flush()


def _proves(user: User | None, account: str, password: str, ip: str) -> bool:
    hasher, allowances = runtime().hasher, login_allowances(account, ip)
    with hasher.turn():
        # Taken before the outcome is known, so that many guesses at once do not all slip through;
        # and after the turn is ours, so that a caller who is refused as too many has not used it up.
        runtime().attempts.take(allowances)
        matches = hasher.matches(password, user.password_hash if user else hasher.unmatched)
        if matches:
            runtime().attempts.give_back(allowances)
    return matches


def _renew(user: User, password: str) -> None:
    """Keep the password at the present cost. The account is locked."""
    hasher = runtime().hasher
    if hasher.is_outdated(user.password_hash):
        with hasher.turn():
            user.password_hash = hasher.hash(password)
        db.session.flush()
