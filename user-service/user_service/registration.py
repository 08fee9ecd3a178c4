"""RULES: opening an account."""

from user_service import (
    email_changes,
    known_devices,
    sign_ins,
    trail,
    usernames,
    verification,
)
from user_service.login import SignedIn
from user_service.models import User, db
from user_service.passwords import check_strength
from user_service.runtime import runtime
from user_service.staff_names import require_own_name


def register(email: str, username: str, display_name: str, password: str, device: str) -> SignedIn:
    """Open an account and sign in."""
    require_own_name("username", username)
    require_own_name("display_name", display_name)
    check_strength(password, email, username, display_name)
    hasher = runtime().hasher
    user = User(
        email=email, username=username, display_name=display_name, password_hash=hasher.unmatched
    )
    db.session.add(user)
    # The constraints decide who is first; only the winner's password is worth the hashing.
    db.session.flush()
    usernames.require_free(username, user.id)
    email_changes.require_free(email, user.id)
    with hasher.turn():
        user.password_hash = hasher.hash(password)
    db.session.flush()
    verification.request_verification(user)
    tokens = sign_ins.begin(user, device)
    trail.note("account.registered", user.id, sign_in=str(tokens.sign_in_id))
    return SignedIn(tokens, known_devices.remember(user.id))
