"""RULES: sign-ins and their tokens.

A sign-in lasts as long as its refresh token is exchanged for the next one in time, and half a year at
most. A client that shows a refresh token which was exchanged before is late, or a thief has a copy of
it: so the sign-in ends for both.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, exists, select, update

from chassis.auth.tokens import AUDIENCE, MAX_LIFETIME
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import take_turns
from chassis.errors import Conflict, NotFound, Unauthorized
from chassis.pages import Page, cut
from user_service import trail
from user_service.events import EventType
from user_service.models import RefreshToken, SignIn, User, db, messages
from user_service.runtime import runtime

REFRESHABLE = timedelta(days=30)
LONGEST = timedelta(days=180)  # however often its tokens are exchanged
GRACE = timedelta(seconds=10)  # two tabs, or an answer that got lost
# RFC 9068, section 2.2, wants the client named; there is one.
CLIENT = "lyceum"
BATCH = 1000
MOST_DEVICES = 50


class InvalidRefreshToken(Unauthorized):
    """The refresh token is not valid; sign in again."""

    code = "invalid_refresh_token"


class TokenReused(Unauthorized):
    """The refresh token was used before, so its sign-in has ended; sign in again."""

    code = "token_reused"

    # The request fails, and still the sign-in has to end.
    keeps_changes = True


class AlreadyRotated(Conflict):
    """The refresh token was exchanged a moment ago; use the answer of that request."""

    code = "already_rotated"


@dataclass(frozen=True)
class Origin:
    """Where a request comes from."""

    ip: str
    device: str


@dataclass(frozen=True)
class TokenPair:
    """What a client gets when a person signs in. The refresh token is nowhere else."""

    user: User
    sign_in_id: UUID
    access_token: str
    refresh_token: str


def begin(user: User, device: str) -> TokenPair:
    """Sign the person in on a device."""
    # One at a time, so that of two on new devices each counts the other.
    take_turns(db.session, f"sign-ins:{user.id}")
    sign_in = SignIn(id=uuid4(), user_id=user.id, device=device)
    db.session.add(sign_in)
    db.session.flush()
    _end_oldest(user.id)
    return _next_pair(user, sign_in.id)


def _end_oldest(user_id: UUID) -> None:
    """End the sign-ins beyond the most that a person has. A refusal would lock them out."""
    live = (SignIn.user_id == user_id) & SignIn.revoked_at.is_(None)
    newest_first = select(SignIn.id).where(live).order_by(SignIn.created_at.desc(), SignIn.id)
    _revoke(SignIn.id.in_(newest_first.offset(MOST_DEVICES)))


def refresh(token: str) -> TokenPair:
    """Exchange a refresh token for a new pair. Of many at once, one gets it."""
    # One UPDATE decides: of requests with one token, those that wait for its row find it replaced.
    spent = db.session.scalar(
        update(RefreshToken)
        .where(
            RefreshToken.token_hash == digest(token),
            RefreshToken.replaced_at.is_(None),
            _is_usable(),
        )
        .values(replaced_at=now())
        .returning(RefreshToken.family_id)
    )
    if spent is None:
        raise _why_not(token)
    user = db.session.scalars(
        select(User).join(SignIn, SignIn.user_id == User.id).where(SignIn.id == spent)
    ).one()
    return _next_pair(user, spent)


def _is_usable() -> ColumnElement[bool]:
    lives = exists().where(
        SignIn.id == RefreshToken.family_id,
        SignIn.revoked_at.is_(None),
        SignIn.created_at > now() - LONGEST,
    )
    return (RefreshToken.expires_at > now()) & lives


def _why_not(token: str) -> InvalidRefreshToken | AlreadyRotated | TokenReused:
    """Why a token cannot be exchanged; one that comes back too late ends its sign-in."""
    found = db.session.scalar(
        select(RefreshToken).where(RefreshToken.token_hash == digest(token), _is_usable())
    )
    if found is None or found.replaced_at is None:
        return InvalidRefreshToken()
    if now() - found.replaced_at <= GRACE:
        # Not the same answer again: a thief who copied the token and is quick would get a pair as well.
        return AlreadyRotated()
    for user_id in _revoke(SignIn.id == found.family_id):
        trail.note_failure("refresh_token.reused", user_id, sign_in=str(found.family_id))
    return TokenReused()


def sign_out(sign_in_id: UUID | None, refresh_token: str | None) -> None:
    """End the sign-in that is named by either. Doing it again changes nothing."""
    if sign_in_id is None and refresh_token is None:
        raise Unauthorized
    if sign_in_id:
        _revoke(SignIn.id == sign_in_id)
    if refresh_token:
        family = select(RefreshToken.family_id).where(
            RefreshToken.token_hash == digest(refresh_token)
        )
        _revoke(SignIn.id == family.scalar_subquery())


def end_all(user_id: UUID, *, but: UUID | None = None) -> None:
    """Sign out everywhere, or everywhere else."""
    _revoke((SignIn.user_id == user_id) & SignIn.id.is_distinct_from(but))


def end_device(user_id: UUID, sign_in_id: UUID) -> None:
    """Sign out on one of the person's devices; `NotFound` if it is none of theirs."""
    if not _revoke((SignIn.user_id == user_id) & (SignIn.id == sign_in_id)):
        raise NotFound


def devices(user_id: UUID, present: UUID, limit: int, cursor: str | None) -> Page[Any]:
    """Where the person is signed in, newest first. `present` is the sign-in that asks."""
    live = (
        select(
            SignIn.id,
            SignIn.device,
            SignIn.created_at,
            RefreshToken.created_at.label("last_used_at"),
            (SignIn.id == present).label("current"),
        )
        .join(RefreshToken, RefreshToken.family_id == SignIn.id)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .where(RefreshToken.replaced_at.is_(None), RefreshToken.expires_at > now())
    )
    order = [SignIn.created_at, SignIn.id]
    rows = db.session.execute(ordered(live, order, limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda row: (row.created_at, row.id))


def forget_expired() -> int:
    """Delete tokens that have expired, and sign-ins that have none left; the number of tokens."""
    tokens = select(RefreshToken.id).where(RefreshToken.expires_at < now()).limit(BATCH)
    gone = db.session.scalars(
        delete(RefreshToken).where(RefreshToken.id.in_(tokens)).returning(RefreshToken.family_id)
    ).all()
    lives = exists().where(RefreshToken.family_id == SignIn.id)
    db.session.execute(delete(SignIn).where(SignIn.id.in_(gone), ~lives))
    return len(gone)


def digest(token: str) -> bytes:
    """A token of 256 random bits as it is kept."""
    return hashlib.sha256(token.encode()).digest()


def _next_pair(user: User, sign_in_id: UUID) -> TokenPair:
    token = secrets.token_urlsafe(32)
    db.session.add(
        RefreshToken(family_id=sign_in_id, token_hash=digest(token), expires_at=now() + REFRESHABLE)
    )
    db.session.flush()
    return TokenPair(user, sign_in_id, _access_token(user, sign_in_id), token)


def _access_token(user: User, sign_in_id: UUID) -> str:
    issued = int(now().timestamp())
    return runtime().keyring.sign(
        {
            "iss": runtime().issuer,
            "aud": AUDIENCE,
            "sub": str(user.id),
            "iat": issued,
            "exp": issued + MAX_LIFETIME,
            "jti": secrets.token_urlsafe(16),
            "sid": str(sign_in_id),
            "client_id": CLIENT,
            "email": user.email,
            "email_verified": user.email_verified,
            "username": user.username,
            "name": user.display_name,
            "roles": user.roles,
        }
    )


def _revoke(which: ColumnElement[bool]) -> Sequence[UUID]:
    """End these sign-ins; the gateway refuses their access tokens from then on.

    Of each that ended now, whose it was.
    """
    ended = db.session.execute(
        update(SignIn)
        .where(which, SignIn.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(SignIn.id, SignIn.user_id)
    ).all()
    for sign_in_id, user_id in ended:
        # A sign-in ends once.
        messages.publish_event(EventType.SIGN_IN_ENDED, sign_in_id, 1, {"user_id": str(user_id)})
        trail.note("sign_in.ended", user_id, sign_in=str(sign_in_id))
    return [user_id for _, user_id in ended]
