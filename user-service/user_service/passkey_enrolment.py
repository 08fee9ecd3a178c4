"""RULES: making passkeys, naming and removing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from webauthn.helpers.structs import RegistrationCredential

from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, Invalid, NotFound
from chassis.pages import Page, cut
from user_service import (
    access,
    accounts,
    authenticators,
    credentials,
    passkey_challenges,
    passkeys,
    second_factor,
    trail,
)
from user_service.authenticators import NotProved
from user_service.models import Passkey, User, db
from user_service.notices import Notice, tell
from user_service.relying_party import RelyingParty
from user_service.verification import require_verified


class InvalidPasskey(Invalid):
    """The authenticator's answer does not hold, or its challenge is no longer good."""

    code = "invalid_passkey"

    # The challenge is spent.
    keeps_changes = True


class PasskeyTaken(Conflict):
    """This passkey is known already."""

    code = "passkey_taken"


class PasskeyLimitReached(LimitReached):
    """You have as many passkeys as one person may have."""

    code = "passkey_limit_reached"
    most = 20


@dataclass(frozen=True)
class Request:
    """What an authenticator is asked to make a passkey of. It makes none next to one of `known`."""

    challenge: bytes
    party: RelyingParty
    user: User
    known: Sequence[bytes]


def begin(user_id: UUID, password: str, code: str | None = None, *, present: UUID) -> Request:
    """Ask for a new passkey, of a person who gave the password, and a code if they have a second factor."""
    party = passkeys.site()
    user = _proved(user_id, password, code, present)
    require_verified(user)
    _require_room(user_id)
    known = db.session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id))
    return Request(passkey_challenges.issue(user_id), party, user, known.all())


def add(user_id: UUID, name: str, credential: RegistrationCredential) -> Passkey:
    """Keep the passkey that an authenticator has made. The owner is told."""
    party = passkeys.site()
    user = accounts.own(user_id, lock=True)
    try:
        challenge = authenticators.challenge_of(credential.response.client_data_json)
        if not passkey_challenges.spend(challenge, user_id):
            raise NotProved
        key = authenticators.new_key(credential, challenge, party)
    except NotProved:
        trail.note_failure("passkey.added", user_id, reason=InvalidPasskey.code)
        raise InvalidPasskey(
            errors=[{"pointer": "/credential", "detail": "Ask for a new passkey again."}]
        ) from None
    _require_room(user_id)
    passkey = Passkey(
        id=uuid4(),
        user_id=user_id,
        name=name,
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        backup_eligible=key.backup_eligible,
        backed_up=key.backed_up,
        created_at=now(),
    )
    db.session.add(passkey)
    db.session.flush()
    tell(user, Notice.PASSKEY_ADDED)
    trail.note("passkey.added", user_id)
    return passkey


def of_person(user_id: UUID, limit: int, cursor: str | None) -> Page[Passkey]:
    """The person's passkeys, newest first."""
    order = [Passkey.created_at, Passkey.id]
    query: Any = select(Passkey).where(Passkey.user_id == user_id)
    rows = db.session.scalars(ordered(query, order, limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda passkey: (passkey.created_at, passkey.id))


def rename(user_id: UUID, passkey_id: UUID, name: str) -> Passkey:
    """Give one of the person's passkeys another name."""
    passkey = _own(user_id, passkey_id)
    passkey.name = name
    db.session.flush()
    return passkey


def remove(
    user_id: UUID, passkey_id: UUID, password: str, code: str | None = None, *, present: UUID
) -> None:
    """Remove one of the person's passkeys, with the password, and a code if they have a second factor.

    All other sign-ins end: it is not known which of them the passkey began.
    """
    user = _proved(user_id, password, code, present)
    db.session.delete(_own(user_id, passkey_id))
    access.end(user, but=present)
    tell(user, Notice.PASSKEY_REMOVED)
    trail.note("passkey.removed", user_id)


def _proved(user_id: UUID, password: str, code: str | None, present: UUID) -> User:
    """The account, locked, of a person who gave its password, and a code if there is a second factor."""
    user = credentials.confirmed(user_id, password, present)
    second_factor.require(user, code, present)
    return user


def _require_room(user_id: UUID) -> None:
    rows = select(Passkey.id).where(Passkey.user_id == user_id)
    require_room(db.session, PasskeyLimitReached, rows, of=user_id)


def _own(user_id: UUID, passkey_id: UUID) -> Passkey:
    """The person's passkey, locked; `NotFound` if it is none of theirs."""
    query = select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    passkey = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if passkey is None:
        raise NotFound
    return passkey
