"""RULES: what others may see of an account."""

from uuid import UUID

from chassis.errors import NotFound
from user_service.models import User, db


def public_profile(user_id: UUID) -> User:
    """The account as others see it; `NotFound` if there is none."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user
