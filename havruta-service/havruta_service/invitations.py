"""RULES: inviting by e-mail. The token is only in the e-mail; here is its hash. It works once, within seven
days.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, delete, func, select, update
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Forbidden, Gone, NotFound, TooManyRequests
from chassis.pages import Page, cut
from havruta_service import havrutas, invitation_emails
from havruta_service.models import (
    Havruta,
    Invitation,
    InvitationFacts,
    InvitationLanguage,
    InvitationStatus,
    Member,
    db,
)
from havruta_service.rooms import tell_havruta

LIFETIME = timedelta(days=7)
KEPT_AFTER_END = timedelta(days=90)
MOST_AT_ONCE = 20
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path has 256 at most, with its angle brackets
RESEND_AFTER = timedelta(minutes=1)
BATCH = 200
ENDED_IN_VAIN = (InvitationStatus.DECLINED, InvitationStatus.EXPIRED, InvitationStatus.REVOKED)
ENDED_AT = func.coalesce(Invitation.responded_at, Invitation.expires_at)
NEWEST_FIRST: Sequence[Any] = [Invitation.created_at, Invitation.id]


class InvitationOutcome(StrEnum):
    """What became of an address to invite."""

    SENT = "sent"
    ALREADY_MEMBER = "already_member"
    ALREADY_PENDING = "already_pending"
    INVALID = "invalid"


@dataclass(frozen=True)
class InvitationResult:
    """What became of an address, which is as it was given; with the invitation, if one was sent."""

    email: str
    status: InvitationOutcome
    invitation_id: UUID | None = None


class InvitationRow(InvitationFacts, SimpleNamespace):
    """The columns of an invitation as lists show it. `havruta` has the name and the book of the havruta."""


class Listed(NamedTuple):
    """The statements for a list: of its first page, and of one that follows another."""

    first: Select[*tuple[Any, ...]]
    following: Select[*tuple[Any, ...]]


class InvitationLimitReached(LimitReached):
    """As many invitations to the havruta are open as may be; `most` is how many."""

    code = "invitation_limit_reached"
    most = 100


class InvitationGone(Gone):
    """The invitation is not open any more."""

    code = "invitation_gone"


class EmailNotVerified(Forbidden):
    """Verify the address of your account first."""

    code = "email_not_verified"


def invite(
    havruta_id: UUID,
    caller: Caller,
    emails: Sequence[str],
    language: InvitationLanguage = InvitationLanguage.ENGLISH,
) -> list[InvitationResult]:
    """Invite people by their addresses, in this language; what became of each. Nothing tells whether an
    address has an account here, or gets an e-mail.
    """
    havruta = havrutas.open_for(havruta_id, caller.id)
    _check_verified(caller)
    invitation_emails.require_sends(caller.id, len(emails))
    _expire(havruta_id)
    open_ones = select(Invitation.id).where(
        Invitation.havruta_id == havruta_id, Invitation.status == InvitationStatus.PENDING
    )
    require_room(db.session, InvitationLimitReached, open_ones, of=havruta_id, more=len(emails))
    members, pending = _addresses_of_members(havruta_id, caller), _pending_addresses(havruta_id)
    taken = dict.fromkeys(members, InvitationOutcome.ALREADY_MEMBER)
    taken |= dict.fromkeys(pending, InvitationOutcome.ALREADY_PENDING)
    results: list[InvitationResult] = []
    created: list[Invitation] = []
    for email in emails:
        address = normalised(email)
        if address is None:
            results.append(InvitationResult(email, InvitationOutcome.INVALID))
        elif address.lower() in taken:
            results.append(InvitationResult(email, taken[address.lower()]))
        else:
            # An address that is given twice gets one e-mail.
            taken[address.lower()] = InvitationOutcome.ALREADY_PENDING
            invitation = _create(havruta, caller, address, language)
            created.append(invitation)
            results.append(InvitationResult(email, InvitationOutcome.SENT, invitation.id))
    invitation_emails.send(created, havruta, caller.id)
    return results


def of_havruta(
    havruta_id: UUID, user_id: UUID, limit: int, cursor: str | None
) -> Page[InvitationRow]:
    """The invitations of a havruta, newest first: to its owner all, to others those that they sent."""
    havrutas.get(havruta_id, user_id)
    return page(OF_HAVRUTA, {"havruta_id": havruta_id, "user_id": user_id}, limit, cursor)


def resend(invitation_id: UUID, caller: Caller) -> Invitation:
    """Send it again with a new token, for another seven days; the token of before works no longer, once an
    e-mail goes out.
    """
    invitation, havruta = _managed(invitation_id, caller.id)
    _check_verified(caller)
    if invitation.status not in {InvitationStatus.PENDING, InvitationStatus.EXPIRED}:
        raise InvitationGone(invitation_status=invitation.status)
    # An address that was invited again since has one open invitation at most.
    expired = invitation.status == InvitationStatus.EXPIRED
    if expired and invitation.invitee_email.lower() in _pending_addresses(invitation.havruta_id):
        raise InvitationGone(invitation_status=invitation.status)
    wait = invitation.last_sent_at + RESEND_AFTER - now()
    if wait > timedelta():
        raise TooManyRequests(retry_after=int(wait.total_seconds()) + 1)
    invitation_emails.require_sends(caller.id, 1)
    invitation.status = InvitationStatus.PENDING
    invitation.last_sent_at, invitation.expires_at = now(), now() + LIFETIME
    invitation_emails.send([invitation], havruta, caller.id)
    return invitation


def revoke(invitation_id: UUID, user_id: UUID) -> Invitation:
    """Take it back. Revoking it again changes nothing."""
    invitation, _ = _managed(invitation_id, user_id)
    if invitation.status not in {
        InvitationStatus.PENDING,
        InvitationStatus.EXPIRED,
        InvitationStatus.REVOKED,
    }:
        raise InvitationGone(invitation_status=invitation.status)
    if invitation.status != InvitationStatus.REVOKED:
        invitation.status, invitation.responded_at = InvitationStatus.REVOKED, now()
    return invitation


def issue_token(invitation: Invitation) -> str:
    """A new token for an open invitation, whose row is locked; only its hash stays."""
    token = secrets.token_urlsafe(32)
    invitation.invitation_token = hashed(token)
    db.session.flush()
    return token


def to_send(invitation_id: UUID) -> Invitation | None:
    """The invitation with its havruta, locked, if it is still to be sent."""
    # Locked until the e-mail has gone: a member who revokes it meanwhile waits, and then revokes the
    # token that was sent.
    invitation = db.session.scalar(
        with_havruta()
        .where(Invitation.id == invitation_id)
        .with_for_update(of=Invitation, key_share=True)
    )
    if invitation is None or invitation.current_status != InvitationStatus.PENDING:
        return None
    return invitation


def expire() -> int:
    """Mark the invitations that have expired; how many they were."""
    overdue = (Invitation.status == InvitationStatus.PENDING) & (Invitation.expires_at <= now())
    # A person who responds to one at this moment sees by the clock that it has expired, so it is left
    # for the next round.
    some = (
        select(Invitation.id)
        .where(overdue)
        .limit(BATCH)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return len(
        db.session.scalars(
            update(Invitation)
            .where(Invitation.id.in_(some))
            .values(status=InvitationStatus.EXPIRED)
            .returning(Invitation.id)
        ).all()
    )


def forget() -> int:
    """Delete invitations that ended long ago with nobody in the havruta; how many they were.

    Their addresses are of people who may have no account, and so could not have them erased.
    """
    some = select(Invitation.id).where(
        Invitation.status.in_(ENDED_IN_VAIN), now() - KEPT_AFTER_END >= ENDED_AT
    )
    # A row that is locked is one being sent again, and so ends later.
    old = some.limit(BATCH).with_for_update(skip_locked=True)
    deleted = delete(Invitation).where(Invitation.id.in_(old)).returning(Invitation.id)
    return len(db.session.scalars(deleted).all())


def normalised(email: str) -> str | None:
    """The address as e-mails to it are addressed; None if it is not an address."""
    # No name server is asked while the havruta is locked. What stands before the `@` is ASCII only, as in
    # every account here: Python and PostgreSQL disagree about the small forms of other letters.
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        return None
    if len(address) > LONGEST_ADDRESS:
        return None
    return address


def hashed(token: str) -> str:
    """32 random bytes need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def locked(invitation_id: UUID) -> tuple[Invitation, Havruta]:
    # Read without a lock: an invitation never goes to another havruta, and the havruta has to be
    # locked before it.
    havruta_id = db.session.scalar(
        select(Invitation.havruta_id).where(Invitation.id == invitation_id)
    )
    havruta = havrutas.lock(havruta_id) if havruta_id else None
    if havruta is None:
        raise NotFound
    query = (
        with_havruta()
        .where(Invitation.id == invitation_id)
        .with_for_update(of=Invitation, key_share=True)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one(), havruta


def with_havruta() -> Select[Invitation]:
    return select(Invitation).join(Invitation.havruta).options(contains_eager(Invitation.havruta))


def listed(*conditions: ColumnElement[bool]) -> Listed:
    """The statements for the invitations that meet the conditions, newest first."""
    order = (column.desc() for column in NEWEST_FIRST)
    first = (
        select(*Invitation.__table__.columns, Havruta.name, Havruta.book)
        .join(Invitation.havruta)
        .where(*conditions)
        .order_by(*order)
        .limit(bindparam("limit", type_=Integer))
    )
    return Listed(first, first.where(after_bound(NEWEST_FIRST, descending=True)))


def page(
    wanted: Listed, values: Mapping[str, Any], limit: int, cursor: str | None
) -> Page[InvitationRow]:
    """A page of what the statements find with these values."""
    query = wanted.following if cursor else wanted.first
    start = after_values(cursor, [datetime, UUID])
    rows = reads.rows(db.session, query, {**values, **start, "limit": limit + 1})
    found = [InvitationRow(**row._mapping, havruta=row) for row in rows]
    return cut(found, limit, lambda invitation: (invitation.created_at, invitation.id))


def _create(
    havruta: Havruta, caller: Caller, address: str, language: InvitationLanguage
) -> Invitation:
    invitation = Invitation(
        id=uuid4(),
        havruta_id=havruta.id,
        inviter_id=caller.id,
        inviter_name=caller.display_name[:100],
        inviter_username=caller.username[:50],
        invitee_email=address,
        language=language,
        last_sent_at=now(),
        expires_at=now() + LIFETIME,
    )
    db.session.add(invitation)
    db.session.flush()
    tell_havruta(havruta, "member_invited", invitation)
    return invitation


def _check_verified(caller: Caller) -> None:
    """Refuse a caller whose address is not proved: that an e-mail comes from them must mean something."""
    if not caller.email_verified:
        raise EmailNotVerified


def _managed(invitation_id: UUID, user_id: UUID) -> tuple[Invitation, Havruta]:
    """An invitation that the person may send again or take back, locked below its havruta."""
    invitation, havruta = locked(invitation_id)
    # First, so that a stranger does not learn from a 403 that there is such an invitation.
    if not havrutas.is_member(havruta.id, user_id):
        raise NotFound
    if user_id not in {invitation.inviter_id, havruta.owner_id}:
        raise Forbidden(
            "Only the owner of the havruta, or the member who sent the invitation, may do this.",
            required="owner",
        )
    if havruta.is_archived:
        raise havrutas.HavrutaArchived
    return invitation, havruta


def _expire(havruta_id: UUID) -> None:
    """An address whose invitation has expired can be invited again."""
    overdue = (Invitation.status == InvitationStatus.PENDING) & (Invitation.expires_at <= now())
    db.session.execute(
        update(Invitation)
        .where(Invitation.havruta_id == havruta_id, overdue)
        .values(status=InvitationStatus.EXPIRED)
    )


def _pending_addresses(havruta_id: UUID) -> Sequence[str]:
    pending = (Invitation.havruta_id == havruta_id) & (
        Invitation.status == InvitationStatus.PENDING
    )
    return db.session.scalars(select(func.lower(Invitation.invitee_email)).where(pending)).all()


def _addresses_of_members(havruta_id: UUID, caller: Caller) -> list[str]:
    """The addresses that are known here: the caller's, and those at which members were invited."""
    invited = (
        select(func.lower(Invitation.invitee_email))
        .join(
            Member,
            (Member.havruta_id == Invitation.havruta_id)
            & (Member.user_id == Invitation.accepted_by),
        )
        .where(Invitation.havruta_id == havruta_id)
    )
    return [caller.email.lower(), *db.session.scalars(invited)]


USER_ID = bindparam("user_id", type_=Uuid)
OF_HAVRUTA = listed(
    Invitation.havruta_id == bindparam("havruta_id", type_=Uuid),
    (Invitation.inviter_id == USER_ID) | (Havruta.owner_id == USER_ID),
)
