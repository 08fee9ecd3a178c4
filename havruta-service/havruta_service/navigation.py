"""RULES: turning the pages together. One member navigates, or all do; every move has a number greater
than those before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.clock import now
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from havruta_service import havrutas, presence
from havruta_service.catalogue import Book
from havruta_service.membership import navigate
from havruta_service.models import (
    Havruta,
    HavrutaSession,
    Member,
    Move,
    NavigationMode,
    Presence,
    SessionStatus,
    db,
)
from havruta_service.reference_reader import find_book, parse_passage, passage_in
from havruta_service.references import Reference
from havruta_service.rooms import tell_session


@dataclass(frozen=True, kw_only=True)
class State:
    """What a member who joins now has to know. Without a passage, the session has not begun."""

    session_id: UUID
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime | None
    seq: int
    ref: Reference | None
    navigator_id: UUID | None
    mode: str
    present: Sequence[Presence]

    @property
    def hebrew_ref(self) -> str | None:
        return self.ref.hebrew if self.ref else None

    @property
    def previous(self) -> Reference | None:
        return self.ref and self.ref.previous

    @property
    def next(self) -> Reference | None:
        return self.ref and self.ref.next


@dataclass(frozen=True)
class Turn:
    """A page that was turned: the passage, and the member who turned to it."""

    ref: Reference
    user_id: UUID


class StalePosition(Conflict):
    """The pages were turned in the meantime; `state` is where they are."""

    code = "stale_position"

    def __init__(self, state: State) -> None:
        super().__init__("Go on from `state`.")
        self.state = state


class NotPresent(Conflict):
    """This person is not present in the session."""

    code = "not_present"


class OtherBook(Invalid):
    """The havruta studies another book."""

    code = "other_book"


def go_to(session_id: UUID, user_id: UUID, ref: str, expected_seq: int | None) -> State:
    """Turn to a passage. A member who turns the pages is present."""
    # Read before the session is locked, because everyone in it waits for that lock.
    passage = parse_passage(ref, "ref")
    session = presence.in_progress(session_id, user_id)
    if session.mode == NavigationMode.NAVIGATOR and session.navigator_id != user_id:
        raise Forbidden("Only the navigator turns the pages.", required="navigator")
    _check_book(session, passage)
    _check_known(session, expected_seq)
    presence.require_room(session)
    presence.touch(session, user_id)
    record_move(session, passage, user_id)
    return state_of(session)


def record_move(
    session: HavrutaSession, passage: Reference, user_id: UUID, *, gone: Sequence[UUID] | None = ()
) -> None:
    """Record the move and tell it. The session is locked; `gone` is as in `tell_session`."""
    # The number that `tell_session` gives next. All of the row is written at once, when it does.
    session.position, session.position_seq = str(passage), session.seq + 1
    db.session.add(
        Move(
            session_id=session.id,
            seq=session.seq + 1,
            user_id=user_id,
            ref=session.position,
            moved_at=now(),
        )
    )
    tell_session(session, "moved", Turn(passage, user_id), gone=gone)


def pass_navigation(session_id: UUID, user_id: UUID, navigator_id: UUID) -> State:
    """Let a member who is present turn the pages. The navigator may, and the owner at any time, also to
    take it back.
    """
    session = presence.in_progress(session_id, user_id)
    if user_id not in {session.navigator_id, havruta_of(session).owner_id}:
        raise Forbidden("Only the owner or the navigator may do this.", required="owner")
    # A member who takes the pages is present, like one who turns a page.
    if navigator_id == user_id:
        presence.touch(session, user_id)
    elif not presence.is_present(session_id, navigator_id):
        raise NotPresent
    navigate(session, navigator_id, NavigationMode.NAVIGATOR)
    return state_of(session)


def set_mode(session_id: UUID, owner_id: UUID, mode: str) -> State:
    """Let one member turn the pages, or all."""
    session = presence.in_progress(session_id, owner_id)
    havrutas.check_owner(havruta_of(session), owner_id)
    if session.mode != mode:
        navigate(session, session.navigator_id or owner_id, mode)
    return state_of(session)


def state(session_id: UUID, user_id: UUID, since_seq: int | None) -> State | None:
    """Where the session is; None if nothing has happened since the event of this number."""
    # Read without a lock: clients without a stream ask for this every few seconds.
    membership = (Member.havruta_id == HavrutaSession.havruta_id) & (Member.user_id == user_id)
    session = db.session.scalar(
        select(HavrutaSession).join(Member, membership).where(HavrutaSession.id == session_id)
    )
    if session is None:
        raise NotFound
    if session.seq == since_seq:
        return None
    return state_of(session)


def state_of(session: HavrutaSession) -> State:
    """Where the session is, and who is present."""
    passage = None
    if session.position:
        passage = passage_in(_book(session), session.position)
    return State(
        session_id=session.id,
        status=session.current_status,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        seq=session.seq,
        ref=passage,
        navigator_id=session.navigator_id,
        mode=session.mode,
        present=presence.present(session.id),
    )


def havruta_of(session: HavrutaSession) -> Havruta:
    """The session's havruta. Its owner stays the same while a session in progress is locked."""
    return db.session.scalars(
        select(Havruta)
        .where(Havruta.id == session.havruta_id)
        .execution_options(populate_existing=True)
    ).one()


def book_of(havruta: Havruta) -> Book:
    return find_book(havruta.book, "book")


def _check_book(session: HavrutaSession, passage: Reference) -> None:
    book = _book(session)
    if passage.book is not book:
        detail = f"This havruta studies {book.name}."
        raise OtherBook(errors=[{"pointer": "/ref", "detail": detail}])


def _check_known(session: HavrutaSession, expected_seq: int | None) -> None:
    """Refuse a move by a client that does not know of the last one."""
    if expected_seq is None:
        return
    # A client that knows of the last move is not behind, whatever came after it: members who join and
    # leave are numbered as well.
    if not session.position_seq <= expected_seq <= session.seq:
        raise StalePosition(state_of(session))


def _book(session: HavrutaSession) -> Book:
    # As it was loaded, however long ago: a havruta never changes its book.
    return book_of(db.session.get_one(Havruta, session.havruta_id))
