"""RULES: opening an account."""

from user_service import sign_ins, verification
from user_service.models import User, db
from user_service.passwords import check_strength
from user_service.runtime import runtime
from user_service.sign_ins import TokenPair


def register(email: str, username: str, display_name: str, password: str, device: str) -> TokenPair:
    """Open an account and sign in."""
    check_strength(password, email, username, display_name)
    hasher = runtime().hasher
    user = User(
        email=email, username=username, display_name=display_name, password_hash=hasher.unmatched
    )
    db.session.add(user)
    # The constraints decide who is first; only the winner's password is worth the hashing.
    db.session.flush()
    with hasher.turn():
        user.password_hash = hasher.hash(password)
    db.session.flush()
    verification.request_verification(user)
    return sign_ins.begin(user, device)
