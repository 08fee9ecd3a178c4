"""RULES: creating a havruta, finding it, and closing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import with_expression

from chassis.clock import now
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, Forbidden, NotFound
from chassis.pages import Page, cut
from chassis.versions import ExpectedVersion
from havruta_service import calendars
from havruta_service.models import (
    MISSED_AFTER,
    EndReason,
    Havruta,
    HavrutaSession,
    Invitation,
    InvitationStatus,
    Member,
    SessionStatus,
    db,
)
from havruta_service.notifications import Kind, member_ids, notify
from havruta_service.reference_reader import find_book
from havruta_service.rooms import tell_havruta
from havruta_service.runtime import runtime


class HavrutaArchived(Conflict):
    """The havruta is archived and can only be read."""

    code = "havruta_archived"


class SessionInProgress(Conflict):
    """A session is in progress; `session_id` names it."""

    code = "session_in_progress"


class HavrutaLimitReached(LimitReached):
    """You are a member of as many havrutas as one person may, archived ones included; `most` is how many."""

    code = "havruta_limit_reached"
    most = 200


def create(user_id: UUID, name: str, book: str) -> Havruta:
    """Create a havruta. The person who creates it owns it and is its first member."""
    theirs = select(Member.havruta_id).filter_by(user_id=user_id)
    require_room(db.session, HavrutaLimitReached, theirs, of=user_id)
    havruta = Havruta(id=uuid4(), name=name, book=find_book(book, "book").name, owner_id=user_id)
    havruta.meeting_url = _own_room(havruta.id)
    db.session.add(havruta)
    db.session.flush()
    db.session.add(Member(havruta_id=havruta.id, user_id=user_id))
    db.session.flush()
    return havruta


def get(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta of the person."""
    havruta = db.session.scalar(_of(user_id).where(Havruta.id == havruta_id))
    if havruta is None:
        raise NotFound
    return havruta


def mine(user_id: UUID, archived: bool, limit: int, cursor: str | None) -> Page[Row[Any]]:
    """The person's havrutas, newest first: those that go on, or those that are archived."""
    query = MINE_AFTER if cursor else MINE
    values = {"user_id": user_id, "archived": archived, "missed_before": now() - MISSED_AFTER}
    start = after_values(cursor, [datetime, UUID])
    rows = reads.rows(db.session, query, {**values, **start, "limit": limit + 1})
    return cut(rows, limit, lambda havruta: (havruta.created_at, havruta.id))


def change(
    havruta_id: UUID, user_id: UUID, expected: ExpectedVersion, changes: Mapping[str, Any]
) -> Havruta:
    """Give the havruta another name, or another place to meet online; what is left out stays."""
    havruta = led(havruta_id, user_id)
    expected.check(havruta.version)
    havruta.name = changes.get("name", havruta.name)
    if "meeting_url" in changes:
        havruta.meeting_url = changes["meeting_url"] or _own_room(havruta_id)
    havruta.version += 1
    tell_havruta(havruta, "renamed" if "name" in changes else "changed", havruta)
    return get(havruta_id, user_id)


def archive(havruta_id: UUID, user_id: UUID) -> Havruta:
    """Close the havruta for good. Archiving it again changes nothing."""
    havruta = locked(havruta_id, user_id)
    check_owner(havruta, user_id)
    if not havruta.is_archived:
        check_idle(havruta)
        calendar = calendars.taken_out(havruta)
        close(havruta)
        others = member_ids(havruta, without=user_id)
        notify(Kind.ARCHIVED, havruta, others, actor=user_id, calendar=calendar)
    return get(havruta_id, user_id)


def close(havruta: Havruta) -> None:
    """Archive the havruta, which is locked and idle; cancel what is planned, and revoke open invitations."""
    havruta.archived_at, havruta.version = now(), havruta.version + 1
    # A member who plans or invites at this moment waits for the lock of the havruta, and then finds it
    # archived.
    planned = (HavrutaSession.havruta_id == havruta.id) & (
        HavrutaSession.status == SessionStatus.SCHEDULED
    )
    db.session.execute(
        update(HavrutaSession)
        .where(planned)
        .values(status=SessionStatus.CANCELLED, end_reason=EndReason.ARCHIVED)
    )
    pending = (Invitation.havruta_id == havruta.id) & (
        Invitation.status == InvitationStatus.PENDING
    )
    db.session.execute(
        update(Invitation)
        .where(pending)
        .values(status=InvitationStatus.REVOKED, responded_at=now())
    )
    tell_havruta(havruta, "archived", havruta)


def locked(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta of the person, locked against changes by others. Its row is locked before any row
    below it.
    """
    havruta = lock(havruta_id)
    if havruta is None or not is_member(havruta_id, user_id):
        raise NotFound
    return havruta


def lock(havruta_id: UUID) -> Havruta | None:
    """The havruta as it is now, locked: against changes, not against rows below it that refer to it."""
    return db.session.get(
        Havruta, havruta_id, with_for_update={"key_share": True}, populate_existing=True
    )


def open_for(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta of the person that goes on, locked."""
    havruta = locked(havruta_id, user_id)
    if havruta.is_archived:
        raise HavrutaArchived
    return havruta


def led(havruta_id: UUID, user_id: UUID) -> Havruta:
    """A havruta that goes on and is led by the person, locked."""
    havruta = open_for(havruta_id, user_id)
    check_owner(havruta, user_id)
    return havruta


def check_owner(havruta: Havruta, user_id: UUID) -> None:
    if havruta.owner_id != user_id:
        raise Forbidden("Only the owner of the havruta may do this.", required="owner")


def check_idle(havruta: Havruta) -> None:
    if active_session_id := db.session.scalar(active_session(havruta.id)):
        raise SessionInProgress("End it first.", session_id=str(active_session_id))


def active_session(havruta_id: Any) -> Select[UUID]:
    """The id of the session that goes on in a havruta."""
    going_on = (HavrutaSession.havruta_id == havruta_id) & (
        HavrutaSession.status == SessionStatus.ACTIVE
    )
    return select(HavrutaSession.id).where(going_on)


def is_member(havruta_id: UUID, user_id: UUID) -> bool:
    # Read again every time: the membership may have ended while the caller waited for the lock.
    return db.session.get(Member, (havruta_id, user_id), populate_existing=True) is not None


def _own_room(havruta_id: UUID) -> str | None:
    """The address at which the operator has a room for every havruta, if there is one."""
    template = runtime().meeting_url_template
    return template.replace("{id}", str(havruta_id)) or None


def _of(user_id: UUID) -> Select[Havruta]:
    active, upcoming = _active_session_id(), _next_session_at(literal(now() - MISSED_AFTER))
    # A havruta that was just changed is loaded already; it would be returned as it is, without the
    # two expressions.
    return (
        select(Havruta)
        .join(Member, (Member.havruta_id == Havruta.id) & (Member.user_id == user_id))
        .options(
            with_expression(Havruta.active_session_id, active),
            with_expression(Havruta.next_session_at, upcoming),
        )
        .execution_options(populate_existing=True)
    )


def _active_session_id() -> ScalarSelect[UUID]:
    return active_session(Havruta.id).correlate(Havruta).scalar_subquery()


def _next_session_at(missed_before: ColumnElement[datetime]) -> ScalarSelect[datetime]:
    coming = (
        (HavrutaSession.havruta_id == Havruta.id)
        & (HavrutaSession.status == SessionStatus.SCHEDULED)
        & (HavrutaSession.start_time > missed_before)
    )
    first = select(func.min(HavrutaSession.start_time)).where(coming)
    return first.correlate(Havruta).scalar_subquery()


NEWEST_FIRST: Sequence[Any] = [Havruta.created_at, Havruta.id]
# A page of a person's havrutas. Built once, because that takes longer than to run it.
MINE: Select[*tuple[Any, ...]] = (
    select(
        *Havruta.__table__.columns,
        _active_session_id().label("active_session_id"),
        _next_session_at(bindparam("missed_before")).label("next_session_at"),
    )
    .join(Member, (Member.havruta_id == Havruta.id) & (Member.user_id == bindparam("user_id")))
    .where(Havruta.archived_at.is_not(None) == bindparam("archived", type_=Boolean))
    .order_by(*(column.desc() for column in NEWEST_FIRST))
    .limit(bindparam("limit", type_=Integer))
)
MINE_AFTER = MINE.where(after_bound(NEWEST_FIRST, descending=True))
