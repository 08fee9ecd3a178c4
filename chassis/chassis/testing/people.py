"""People, and the tokens that speak for them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt

from chassis.auth.tokens import ALGORITHM, AUDIENCE, TYPE
from chassis.clock import now
from chassis.testing.keys import KID, key_files

ISSUER = "http://lyceum.test"


@dataclass(frozen=True)
class User:
    """A person with an account, as far as tokens tell."""

    username: str
    roles: tuple[str, ...] = ("learner",)
    email_verified: bool = True
    id: UUID = field(default_factory=uuid4)

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"

    @property
    def mailbox_sha256(self) -> str:
        return hashlib.sha256(self.email.encode()).hexdigest()


def a_user(username: str = "ruth", *roles: str, email_verified: bool = True) -> User:
    """A new person; every person is a learner."""
    return User(username, ("learner", *roles), email_verified)


def token_for(user: User, **claims: Any) -> str:
    """An access token as the user-service would sign it; `claims` replace its claims, None leaves one out."""
    issued = int(now().timestamp())
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "iat": issued,
        "exp": issued + 900,
        "jti": secrets.token_urlsafe(16),
        "sid": str(uuid4()),
        "client_id": "lyceum",
        "email": user.email,
        "email_verified": user.email_verified,
        "username": user.username,
        "name": user.username.title(),
        "roles": list(user.roles),
        **claims,
    }
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode(
        content, key_files().signing_key, ALGORITHM, headers={"typ": TYPE, "kid": KID}
    )
