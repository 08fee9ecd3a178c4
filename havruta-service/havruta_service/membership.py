"""RULES: the members of a havruta, its owner, and how ownership changes hands."""

from uuid import UUID

from sqlalchemy import delete, select

from chassis.data.keyset import ordered
from chassis.errors import Conflict, NotFound
from chassis.pages import Page, cut
from havruta_service import calendars, havrutas, presence
from havruta_service.models import Havruta, HavrutaSession, Member, SessionStatus, db
from havruta_service.notifications import Kind, member_ids, notify
from havruta_service.rooms import Departed, tell_havruta, tell_session


class NotAMember(Conflict):
    """This person is not a member of the havruta."""

    code = "not_a_member"


class TransferRequired(Conflict):
    """Hand it over to another member before you leave."""

    code = "transfer_required"


class HavrutaFull(Conflict):
    """The havruta has as many members as it can have."""

    code = "havruta_full"


def members(havruta_id: UUID, user_id: UUID, limit: int, cursor: str | None) -> Page[Member]:
    """The members, in the order in which they joined."""
    havrutas.get(havruta_id, user_id)
    order = [Member.joined_at, Member.user_id]
    query = ordered(select(Member).where(Member.havruta_id == havruta_id), order, limit, cursor)
    return cut(
        db.session.scalars(query).all(), limit, lambda member: (member.joined_at, member.user_id)
    )


def admit(havruta: Havruta, user_id: UUID) -> bool:
    """Make the person a member of the havruta, which is locked; False if they are one already."""
    if havrutas.is_member(havruta.id, user_id):
        return False
    if havruta.is_full:
        raise HavrutaFull
    havruta.member_count += 1
    member = Member(havruta_id=havruta.id, user_id=user_id)
    db.session.add(member)
    tell_havruta(havruta, "member_joined", member)
    return True


def transfer(havruta_id: UUID, owner_id: UUID, user_id: UUID) -> Havruta:
    """Hand the havruta over to another member."""
    havruta = havrutas.led(havruta_id, owner_id)
    if not havrutas.is_member(havruta_id, user_id):
        raise NotAMember
    if user_id != owner_id:
        hand_over(havruta, user_id)
    return havrutas.get(havruta_id, owner_id)


def hand_over(havruta: Havruta, user_id: UUID) -> None:
    """Make the member the owner, and the navigator if the former owner was. The havruta is locked."""
    former, havruta.owner_id = havruta.owner_id, user_id
    havruta.version += 1
    tell_havruta(havruta, "owner_changed", havruta)
    notify(Kind.MADE_OWNER, havruta, [user_id], actor=former)
    session = active_session(havruta)
    # A member who was made the navigator stays it; an owner who navigates passes that on too.
    if session and session.navigator_id == former:
        navigate(session, user_id, session.mode)


def leave(havruta_id: UUID, user_id: UUID) -> None:
    """Leave the havruta. An owner hands it over first; an owner without other members archives it, and can
    still read it.
    """
    havruta = havrutas.open_for(havruta_id, user_id)
    if havruta.owner_id != user_id:
        detach(havruta, user_id, by=user_id)
    elif havruta.member_count > 1:
        raise TransferRequired
    else:
        havrutas.check_idle(havruta)
        havrutas.close(havruta)


def remove(havruta_id: UUID, owner_id: UUID, user_id: UUID, reason: str | None = None) -> None:
    """Remove a member, who is told the reason."""
    havruta = havrutas.led(havruta_id, owner_id)
    if not havrutas.is_member(havruta_id, user_id):
        raise NotFound
    if user_id == owner_id:
        raise TransferRequired
    detach(havruta, user_id, by=owner_id)
    calendar = calendars.taken_out(havruta)
    notify(Kind.REMOVED, havruta, [user_id], actor=owner_id, reason=reason, calendar=calendar)


def detach(havruta: Havruta, user_id: UUID, *, by: UUID) -> None:
    """End a membership, also in the session in progress, as the person themself or the owner has asked.
    The havruta is locked and owned by another member.
    """
    if session := active_session(havruta):
        presence.expel(session, user_id)
        if session.navigator_id == user_id and havruta.owner_id:
            navigate(session, havruta.owner_id, session.mode)
    db.session.execute(
        delete(Member).where(Member.havruta_id == havruta.id, Member.user_id == user_id)
    )
    havruta.member_count -= 1
    tell_havruta(havruta, "member_left", Departed(user_id), gone=[user_id])
    notify(Kind.LEFT, havruta, member_ids(havruta, without=by), actor=by, removed=by != user_id)


def active_session(havruta: Havruta) -> HavrutaSession | None:
    """The session in progress, locked below its havruta."""
    going_on = (HavrutaSession.havruta_id == havruta.id) & (
        HavrutaSession.status == SessionStatus.ACTIVE
    )
    return db.session.scalar(
        select(HavrutaSession)
        .where(going_on)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def navigate(session: HavrutaSession, user_id: UUID, mode: str) -> None:
    """Let the person, or every member, turn the pages of the session, which is locked."""
    # This counts as a move: a page turned by a client that does not know of it yet is refused as stale.
    session.navigator_id, session.mode, session.position_seq = user_id, mode, session.seq + 1
    tell_session(session, "navigator_changed", session)
