"""RULES: turning the pages together. One navigates, or all do; every move has a number greater than
those before.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.clock import now, rfc3339
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from havruta_service import havrutas, presence
from havruta_service.catalogue import Book
from havruta_service.membership import navigate
from havruta_service.models import Havruta, HavrutaSession, Member, Move, NavigationMode, db
from havruta_service.references import Reference, find_book, parse_place, place_in
from havruta_service.rooms import tell_session

State = dict[str, Any]


class NotNavigator(Forbidden):
    """Somebody else turns the pages."""

    code = "not_navigator"


class StalePosition(Conflict):
    """The pages were turned in the meantime; `state` is where they are."""

    code = "stale_position"


class NotPresent(Conflict):
    """This person is not here."""

    code = "not_present"


class OtherBook(Invalid):
    """The havruta studies another book."""

    code = "other_book"


def move(session_id: UUID, user_id: UUID, ref: str, expected_seq: int | None) -> State:
    """Turn to a place. Who turns the pages is here."""
    # Read before the session is locked, because everybody in it waits for that lock.
    place = parse_place(ref, "ref")
    session = presence.going_on(session_id, user_id)
    if session.mode == NavigationMode.NAVIGATOR and session.navigator_id != user_id:
        raise NotNavigator
    book = _book(session)
    if place.book is not book:
        raise OtherBook(
            errors=[{"pointer": "/ref", "detail": f"This havruta studies {book.name}."}]
        )
    # Whoever knows of the last move is not behind, whatever came after it: people come and go under
    # numbers as well.
    if expected_seq is not None and not session.position_seq <= expected_seq <= session.seq:
        raise StalePosition(state=as_state(session))
    presence.note(session, user_id)
    turn(session, place, user_id)
    return as_state(session)


def turn(
    session: HavrutaSession, place: Reference, user_id: UUID, *, gone: Sequence[UUID] | None = ()
) -> None:
    """Note the move, and tell it. The session is locked; of whom may be gone, `tell_session` says more."""
    # The number that `tell_session` gives next. All of the row is written at once, when it does.
    session.position, session.position_seq = str(place), session.seq + 1
    db.session.add(
        Move(
            session_id=session.id,
            seq=session.seq + 1,
            user_id=user_id,
            ref=session.position,
            moved_at=now(),
        )
    )
    tell_session(
        session,
        "moved",
        {"ref": str(place), "hebrew_ref": place.hebrew, "user_id": str(user_id)},
        gone=gone,
    )


def hand_to(session_id: UUID, user_id: UUID, navigator_id: UUID) -> State:
    """Let somebody who is here turn the pages. The navigator may, and the owner at any time, also
    to take it back.
    """
    session = presence.going_on(session_id, user_id)
    owner_id = havruta_of(session).owner_id
    if user_id not in {session.navigator_id, owner_id}:
        raise NotNavigator
    if navigator_id == user_id:
        presence.note(session, user_id)
    elif not presence.is_present(session_id, navigator_id):
        raise NotPresent
    navigate(session, navigator_id, NavigationMode.NAVIGATOR)
    return as_state(session)


def set_mode(session_id: UUID, owner_id: UUID, mode: str) -> State:
    """Let one turn the pages, or all."""
    session = presence.going_on(session_id, owner_id)
    havrutas.check_owner(havruta_of(session), owner_id)
    if session.mode != mode:
        navigate(session, session.navigator_id or owner_id, mode)
    return as_state(session)


def state(session_id: UUID, user_id: UUID, since_seq: int | None) -> State | None:
    """Where the session is; None if nothing has happened since."""
    session = db.session.scalar(
        select(HavrutaSession)
        .join(
            Member, (Member.havruta_id == HavrutaSession.havruta_id) & (Member.user_id == user_id)
        )
        .where(HavrutaSession.id == session_id)
    )
    if session is None:
        raise NotFound
    return None if session.seq == since_seq else as_state(session)


def as_state(session: HavrutaSession) -> State:
    """What somebody who comes now has to know."""
    place = place_in(_book(session), session.position) if session.position else None
    return {
        "session_id": str(session.id),
        "status": str(session.current_status),
        "seq": session.seq,
        "ref": str(place) if place else None,
        "hebrew_ref": place.hebrew if place else None,
        "prev": str(place.previous) if place and place.previous else None,
        "next": str(place.next) if place and place.next else None,
        "navigator_id": str(session.navigator_id) if session.navigator_id else None,
        "mode": session.mode,
        "present": [
            {"user_id": str(interval.user_id), "since": rfc3339(interval.joined_at)}
            for interval in presence.present(session.id)
        ],
    }


def havruta_of(session: HavrutaSession) -> Havruta:
    """The session's havruta. What it says of the owner is true while a session that goes on is locked."""
    return db.session.scalars(
        select(Havruta)
        .where(Havruta.id == session.havruta_id)
        .execution_options(populate_existing=True)
    ).one()


def book_of(havruta: Havruta) -> Book:
    return find_book(havruta.book, "book")


def _book(session: HavrutaSession) -> Book:
    # As it was loaded, however long ago: a havruta never changes its book.
    return book_of(db.session.get_one(Havruta, session.havruta_id))
