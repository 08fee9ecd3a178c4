"""RULES: what people are notified of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningInsert

from chassis.clock import now
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.errors import NotFound
from chassis.json_schema import IDENTIFIER, MAP, NUMBER, TEXT, an_object, list_of
from chassis.messaging import contracts
from chassis.messaging.messages import Event
from chassis.pages import Page, cut
from user_service import blocks, preferences, rooms
from user_service.models import (
    EMAIL_SHA256,
    IS_UNREAD,
    Notification,
    User,
    db,
    messages,
)
from user_service.notification_kinds import NotificationKind

REQUESTED = "notification.requested"
MOST_KEPT = 1000
USER_ID, LIMIT = bindparam("user_id", type_=Uuid), bindparam("limit", type_=Integer)
REPLACED = (
    "event_id",
    "data",
    "author_id",
    "coauthor_id",
    "words",
    "actor_id",
    "in_app",
    "calendar",
    "created_at",
)
NEWEST_FIRST: Sequence[Any] = [Notification.created_at, Notification.id]


@contracts.reads(
    optional=("user_ids", "email_sha256", "author", "coauthor", "words", "calendar"),
    user_ids=list_of(IDENTIFIER),
    email_sha256=TEXT,
    kind=TEXT,
    data=MAP,
    author=IDENTIFIER,
    coauthor=IDENTIFIER,
    words=list_of(TEXT),
    calendar=list_of(an_object(uid=TEXT, sequence=NUMBER, status=TEXT)),
)
def on_requested(event: Event) -> None:
    """Notify the people of a `notification.requested`: `user_ids`, `kind`, and `data` to show them.

    `words` names the fields of `data` that go with the account of the person `author`, or with that of the
    `coauthor`. A service that knows an address alone
    sends the `email_sha256` of it, and no `user_ids`.
    """
    # In one order for all, so that two events never wait for each other.
    for user_id in sorted(_addressees(event)):
        notify(event, user_id)


def tell(
    user_id: UUID,
    kind: NotificationKind,
    about: str,
    data: Mapping[str, Any],
    *,
    reason_by: UUID | None = None,
) -> None:
    """Notify a person of what this service itself does, in the same transaction.

    `about` is `<kind of aggregate>:<id>`, as in the events of other services. The field `reason` goes with
    the account of the person who gave it, if they are named.
    """
    asked: dict[str, Any] = {"user_ids": [str(user_id)], "kind": str(kind), "data": dict(data)}
    if reason_by:
        asked |= {"author": str(reason_by), "words": ["reason"]}
    # As if another service had asked for it: so it is kept, told live and e-mailed in the same way.
    event = Event(uuid4(), REQUESTED, messages.service, about, 1, now(), None, asked)
    notify(event, user_id)


def notify(event: Event, user_id: UUID) -> bool:
    """Notify a person of an event, in the app and by e-mail as they want it.

    False if they were notified of it, or of a newer one, want neither, or have no account. What they have
    not read yet of the same kind and about the same thing is replaced. They are told of that live, and not
    by another e-mail. What was addressed to an e-mail address is e-mailed by its sender.
    """
    new_id, wanted = uuid4(), preferences.wanted(user_id, event.data["kind"])
    by_email = wanted.email and "email_sha256" not in event.data
    if not wanted.in_app and not by_email:
        return False
    note = db.session.scalars(
        _insertion(new_id, event, user_id, in_app=wanted.in_app),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if note is None:
        return False
    _forget_oldest(user_id)
    if note.in_app:
        position = rooms.next_position(user_id)
        messages.publish_live(rooms.room_of(user_id), position, "notification", note)
    # What comes after an e-mail is e-mailed again if no one reads of it elsewhere, or calendars change.
    is_again = note.emailed_at is not None and (not note.in_app or bool(note.calendar))
    is_new = note.id == new_id or is_again
    if by_email and is_new:
        note.emailed_at = None
        begins_at = note.data.get("starts_at")
        due_at = preferences.email_due_at(user_id, begins_at and datetime.fromisoformat(begins_at))
        messages.queue_email("notification", {"notification_id": str(note.id)}, due_at=due_at)
    return True


def _addressees(event: Event) -> Sequence[UUID]:
    """The people named, or the one who has proved the address, unless they and the actor are kept apart."""
    if "email_sha256" not in event.data:
        return [UUID(user_id) for user_id in event.data["user_ids"]]
    address = text(f"{EMAIL_SHA256} = :address").bindparams(address=event.data["email_sha256"])
    proved = User.email_verified_at.is_not(None)
    reached = ~blocks.keeps_apart(event.actor, User.id.expression)
    return db.session.scalars(select(User.id).where(address, proved, reached)).all()


def _forget_oldest(user_id: UUID) -> None:
    """Delete what is beyond the most that an inbox keeps. The account is locked by the insertion."""
    newest_first = (
        select(Notification.id)
        .where(Notification.user_id == user_id)
        .order_by(Notification.created_at.desc(), Notification.id.desc())
    )
    db.session.execute(
        delete(Notification).where(Notification.id.in_(newest_first.offset(MOST_KEPT))),
        execution_options={"synchronize_session": False},
    )


def _insertion(
    new_id: UUID, event: Event, user_id: UUID, *, in_app: bool
) -> ReturningInsert[Notification]:
    """Insert the notification or replace an older one, unless there is one of this event or no account."""
    values: dict[str, ColumnElement[Any]] = {
        "id": literal(new_id),
        "event_id": literal(event.id),
        "user_id": User.id.expression,
        "kind": literal(str(event.data["kind"])),
        "about": literal(event.aggregate_id),
        "data": _data(event),
        "author_id": literal(_person(event, "author"), Uuid),
        "coauthor_id": literal(_person(event, "coauthor"), Uuid),
        "words": _words(event),
        "actor_id": _actor(event),
        "in_app": literal(in_app),
        "calendar": literal(event.data.get("calendar"), JSONB(none_as_null=True)),
        "created_at": literal(event.occurred_at),
    }
    known = exists().where(Notification.event_id == event.id, Notification.user_id == user_id)
    # Locked, because the foreign key would only wait for an erasure that is under way and then find
    # the row that it leaves: a person without an account would be notified.
    here = (User.id == user_id) & User.deleted_at.is_(None) & ~known
    addressee = select(*values.values()).where(here).with_for_update(key_share=True)
    insertion = insert(Notification).from_select(list(values), addressee)
    newer = insertion.excluded
    return insertion.on_conflict_do_update(
        index_elements=["user_id", "kind", "about"],
        index_where=text(IS_UNREAD),
        set_={**{name: newer[name] for name in REPLACED}, "times": Notification.times + 1},
        # Two workers may act on two events in the other order.
        where=Notification.created_at < newer.created_at,
    ).returning(Notification)


def _data(event: Event) -> ColumnElement[Any]:
    """What the event says; without the words, if the account of an author is deleted."""
    data = literal(event.data["data"], Notification.data.type)
    authors = [_person(event, "author"), _person(event, "coauthor")]
    return case((or_(*map(_is_deleted, authors)), data.op("-")(_words(event))), else_=data)


def _actor(event: Event) -> ColumnElement[UUID | None]:
    """The person who did it; null if their account is deleted, or if they and the reader are kept apart."""
    no_one = literal(None, Uuid)
    hidden = or_(_is_deleted(event.actor), blocks.keeps_apart(event.actor, User.id.expression))
    return case((hidden, no_one), else_=literal(event.actor, Uuid))


def _is_deleted(user_id: UUID | None) -> ColumnElement[bool]:
    person = aliased(User)
    return exists().where(person.id == user_id, person.deleted_at.is_not(None))


def _person(event: Event, name: str) -> UUID | None:
    user_id = event.data.get(name)
    return UUID(user_id) if user_id else None


def _words(event: Event) -> ColumnElement[list[str]]:
    return literal(event.data.get("words", []), Notification.words.type)


def forget_person(user_id: UUID) -> None:
    """Take the person, and what they wrote, out of the notifications of others."""
    note = Notification
    said = func.jsonb_strip_nulls(note.data).op("?|")(cast(note.words, ARRAY(Text)))
    theirs = or_(note.author_id == user_id, note.coauthor_id == user_id)
    readers = select(note.user_id).distinct().where(theirs, said)
    for reader_id in db.session.scalars(readers).all():
        # They were told live, and a client that resumes would be told again.
        messages.clear_room(rooms.room_of(reader_id))
    without: dict[str, Any] = {"data": note.data.op("-")(note.words), "words": []}
    _forget(theirs, {**without, "author_id": None, "coauthor_id": None})
    _forget(note.actor_id == user_id, {"actor_id": None})


def _forget(theirs: ColumnElement[bool], values: Mapping[str, Any]) -> None:
    # One that is locked is being replaced by a transaction that may wait for this person's account. It is
    # left for the repetition.
    free = select(Notification.id).where(theirs).with_for_update(skip_locked=True)
    db.session.execute(
        update(Notification).where(Notification.id.in_(free)).values(values),
        execution_options={"synchronize_session": False},
    )


def inbox(user_id: UUID, unread: bool | None, limit: int, cursor: str | None) -> Page[Row[Any]]:
    """The person's notifications, newest first: all, or the unread or the read ones alone."""
    query = _inbox(unread, follows=bool(cursor))
    start = after_values(cursor, [datetime, UUID])
    rows = reads.rows(db.session, query, {"user_id": user_id, **start, "limit": limit + 1})
    return cut(rows, limit, lambda note: (note.created_at, note.id))


@cache
def _inbox(unread: bool | None, *, follows: bool) -> Select[*tuple[Any, ...]]:
    """The statement for the first page of an inbox, or for one that follows another."""
    query = select(*Notification.__table__.columns).where(Notification.user_id == USER_ID)
    query = query.where(Notification.in_app)
    if unread is not None:
        has_read = Notification.read_at.is_not(None)
        query = query.where(~has_read if unread else has_read)
    if follows:
        query = query.where(after_bound(NEWEST_FIRST, descending=True))
    return query.order_by(*(column.desc() for column in NEWEST_FIRST)).limit(LIMIT)


def read(user_id: UUID, notification_id: UUID) -> None:
    """Note that the person has read it; the first time stays."""
    note = db.session.get(Notification, notification_id)
    if note is None or note.user_id != user_id or not note.in_app:
        raise NotFound
    note.read_at = note.read_at or now()


def read_all(user_id: UUID) -> None:
    """Note that the person has read all there is."""
    unread = (Notification.user_id == user_id) & Notification.read_at.is_(None)
    unread &= Notification.in_app
    db.session.execute(update(Notification).where(unread).values(read_at=now()))
