"""RULES: what people are notified of outside the rooms. The user-service notifies them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.clock import rfc3339
from havruta_service.models import Havruta, HavrutaSession, Invitation, Member, db, messages


class Kind(StrEnum):
    """What people are notified of."""

    STARTED = "havruta_session_started"
    REMINDER = "reminder"
    PLANNED = "session_planned"
    MOVED = "session_moved"
    CANCELLED = "session_cancelled"
    INVITATION = "invitation"
    ACCEPTED = "invitation_accepted"
    DECLINED = "invitation_declined"
    JOINED = "person_joined"
    LEFT = "person_left"
    REMOVED = "removed"
    MADE_OWNER = "made_owner"
    ARCHIVED = "havruta_archived"
    MESSAGE = "havruta_message"


def notify_others(
    kind: Kind,
    havruta: Havruta,
    session: HavrutaSession,
    *,
    actor: UUID | None,
    about: str | None = None,
    calendar: Sequence[Mapping[str, Any]] = (),
    **facts: Any,
) -> None:
    """Have all members notified about a session, except the one who did it. The havruta is locked.

    `calendar` is what e-mails about it tell calendars.
    """
    # No one needs to be told of what they did themselves.
    others = member_ids(havruta, without=actor)
    notify_session(
        kind, havruta, session, others, actor=actor, about=about, calendar=calendar, **facts
    )


def notify_session(
    kind: Kind,
    havruta: Havruta,
    session: HavrutaSession,
    people: Iterable[UUID],
    *,
    actor: UUID | None,
    about: str | None = None,
    calendar: Sequence[Mapping[str, Any]] = (),
    **facts: Any,
) -> None:
    """Have these people notified about a session."""
    facts = {
        "session_id": str(session.id),
        "path": f"/api/havruta-sessions/{session.id}",
        "starts_at": rfc3339(session.starts_at),
        **facts,
    }
    if kind != Kind.CANCELLED and havruta.meeting_url:
        facts["meeting_url"] = havruta.meeting_url
    about = about or f"havruta_session:{session.id}"
    notify(kind, havruta, people, actor=actor, about=about, calendar=calendar, **facts)


def notify(
    kind: Kind,
    havruta: Havruta,
    people: Iterable[UUID],
    *,
    actor: UUID | None,
    about: str | None = None,
    calendar: Sequence[Mapping[str, Any]] = (),
    **facts: Any,
) -> None:
    """Have these people notified about the havruta or something in it. It is locked if someone did it."""
    user_ids = [str(user_id) for user_id in people]
    if not user_ids:
        return
    content: dict[str, Any] = {"user_ids": user_ids, "data": {**_data(havruta), **facts}}
    if calendar:
        content["calendar"] = list(calendar)
    # Only what is cancelled, where no one meets, has a reason.
    if "meeting_url" in facts:
        content |= {"author": str(havruta.owner_id), "words": ["meeting_url"]}
    elif actor:
        content |= {"author": str(actor), "words": ["reason"]}
    _request(kind, havruta, about or about_havruta(havruta), content, actor)


def notify_inviter(
    kind: Kind, havruta: Havruta, invitation: Invitation, *, actor: UUID | None
) -> None:
    """Have the inviter, if they are still a member, notified of the answer. The havruta is locked."""
    inviters = {invitation.inviter_id}.intersection(member_ids(havruta))
    facts: dict[str, Any] = {
        "invitation_id": str(invitation.id),
        "path": f"/api/havrutas/{havruta.id}/invitations",
    }
    notify(kind, havruta, inviters, actor=actor, about=_about_invitation(invitation), **facts)


def notify_invited(havruta: Havruta, invitation: Invitation, *, actor: UUID) -> None:
    """Have the person notified who has proved the address, if there is one: the account is not known here."""
    facts = {
        "invitation_id": str(invitation.id),
        "expires_at": rfc3339(invitation.expires_at),
        "path": "/api/invitations/mine",
    }
    content = {
        "email_sha256": hashlib.sha256(invitation.invitee_email.lower().encode()).hexdigest(),
        "data": {**_data(havruta), **facts},
        # The person is no member: the name that the owner gave the havruta goes with the owner.
        "author": str(havruta.owner_id),
        "words": ["title"],
    }
    _request(Kind.INVITATION, havruta, _about_invitation(invitation), content, actor)


def member_ids(havruta: Havruta, *, without: UUID | None = None) -> list[UUID]:
    """All members, or all but one, in the order in which they joined."""
    others = (Member.havruta_id == havruta.id) & (Member.user_id.is_distinct_from(without))
    return list(
        db.session.scalars(
            select(Member.user_id).where(others).order_by(Member.joined_at, Member.user_id)
        )
    )


def about_havruta(havruta: Havruta) -> str:
    """The havruta as what a notification is about."""
    return f"havruta:{havruta.id}"


def _about_invitation(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


def _data(havruta: Havruta) -> dict[str, Any]:
    return {
        "havruta_id": str(havruta.id),
        "title": havruta.name,
        "book": havruta.book,
        "path": f"/api/havrutas/{havruta.id}",
    }


def _request(
    kind: Kind, havruta: Havruta, about: str, content: dict[str, Any], actor: UUID | None
) -> None:
    # An event has to have a version that grows; the number of the last live event does.
    messages.publish_event(
        "notification.requested", about, havruta.seq, {"kind": kind, **content}, actor=actor
    )
