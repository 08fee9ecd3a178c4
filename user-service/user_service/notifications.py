"""RULES: what somebody should know, and what of it is mailed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.auth.tokens import Caller
from chassis.clock import now, rfc3339
from chassis.data.keyset import ordered
from chassis.errors import NotFound
from chassis.messaging.messages import Event
from chassis.pages import Page, cut
from user_service import accounts
from user_service.models import MailPreference, Notification, User, db, messages
from user_service.notification_kinds import EMAILS

ROOM = "user"


def hear(event: Event) -> None:
    """Tell the people of a `notification.requested`: `user_ids`, `kind`, and `data` to show them."""
    for user_id in sorted(
        event.data["user_ids"]
    ):  # One order for all, so that two events never wait for each other.
        notify(event.id, UUID(user_id), event.data["kind"], event.data["data"])


def notify(event_id: UUID, user_id: UUID, kind: str, data: dict[str, Any]) -> bool:
    """Tell somebody what an event means to them; False if they were told before, or are not here any more."""
    created_at, here = now(), (User.id == user_id) & User.deleted_at.is_(None)
    columns = [Notification.id, Notification.event_id, Notification.user_id, Notification.kind]
    values = [literal(uuid4()), literal(event_id), User.id, literal(str(kind))]
    note_id = db.session.scalar(
        insert(Notification)
        .from_select(
            [*columns, Notification.data, Notification.created_at],
            # Locked, or whose account is just being erased would be told after that: the foreign
            # key waits for the erasure, and finds the row that it leaves.
            select(*values, literal(data, Notification.data.type), literal(created_at))
            .where(here)
            .with_for_update(key_share=True),
        )
        .on_conflict_do_nothing(index_elements=["event_id", "user_id"])
        .returning(Notification.id)
    )
    if note_id is None:
        return False
    content = {
        "id": str(note_id),
        "kind": kind,
        "data": data,
        "created_at": rfc3339(created_at),
    }
    messages.publish_live(f"{ROOM}:{user_id}", _next_position(user_id), "notification", content)
    if wants_mail(user_id, kind):
        messages.queue_email("notification", {"notification_id": str(note_id)})
    return True


def inbox(user_id: UUID, unread: bool | None, limit: int, cursor: str | None) -> Page[Notification]:
    """The person's notifications, the latest first; if asked for, the unread or the read ones only."""
    query = select(Notification).where(Notification.user_id == user_id)
    if unread is not None:
        query = query.where(
            Notification.read_at.is_(None) if unread else Notification.read_at.is_not(None)
        )
    order = [Notification.created_at, Notification.id]
    rows = db.session.scalars(ordered(query, order, limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda note: (note.created_at, note.id))


def read(user_id: UUID, notification_id: UUID) -> None:
    """Note that the person has read it; the first time stays."""
    note = db.session.get(Notification, notification_id)
    if note is None or note.user_id != user_id:
        raise NotFound
    note.read_at = note.read_at or now()


def read_all(user_id: UUID) -> None:
    """Note that the person has read all there is."""
    unread = (Notification.user_id == user_id) & Notification.read_at.is_(None)
    db.session.execute(update(Notification).where(unread).values(read_at=now()))


def preferences(user_id: UUID) -> dict[str, bool]:
    """For each kind of notification, whether the person wants it mailed as well."""
    rows = db.session.scalars(select(MailPreference).where(MailPreference.user_id == user_id))
    said = {row.kind: row.wanted for row in rows}
    return {str(kind): said.get(kind, email.by_default) for kind, email in EMAILS.items()}


def prefer(user_id: UUID, wanted: Mapping[str, bool]) -> dict[str, bool]:
    """Replace the person's preferences; what they say nothing about is as for everybody."""
    accounts.own(user_id, lock=True)  # Nothing may come after the account is erased.
    db.session.execute(delete(MailPreference).where(MailPreference.user_id == user_id))
    db.session.add_all(
        MailPreference(user_id=user_id, kind=kind, wanted=answer) for kind, answer in wanted.items()
    )
    db.session.flush()
    return preferences(user_id)


def wants_mail(user_id: UUID, kind: str) -> bool:
    """Whether a notification of this kind is e-mailed to the person; one of an unknown kind never is."""
    return preferences(user_id).get(kind, False)


def may_watch(caller: Caller, room_id: str) -> int:
    """The number of the last live event in the caller's own room; nobody else may watch it."""
    if room_id != str(caller.id):
        raise NotFound
    return db.session.scalar(select(User.stream_position).where(User.id == caller.id)) or 0


def _next_position(user_id: UUID) -> int:
    # Nothing about the account changes: neither the version, which numbers the events about it, nor
    # `updated_at`.
    return db.session.scalars(
        update(User)
        .where(User.id == user_id)
        .values(stream_position=User.stream_position + 1, updated_at=User.updated_at)
        .returning(User.stream_position)
        .execution_options(synchronize_session=False)
    ).one()
