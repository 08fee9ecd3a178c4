"""RULES: notes on passages, for oneself or for the members of a havruta."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Forbidden, NotFound
from chassis.pages import Page, cut
from chassis.versions import ExpectedVersion
from havruta_service import havrutas, rooms
from havruta_service.models import Member, PassageNote, apart, db
from havruta_service.reference_reader import parse
from havruta_service.references import Reference

ORDER = [PassageNote.created_at, PassageNote.id]


class NoteLimitReached(LimitReached):
    """You have as many notes as one person may; `most` is how many."""

    code = "note_limit_reached"
    most = 5000


@dataclass(frozen=True)
class Removed:
    """A note that is not shared any more."""

    id: UUID


def create(user_id: UUID, ref: str, words: str, havruta_id: UUID | None) -> PassageNote:
    """Note something on a passage; with a havruta, for all its members."""
    reference = parse(ref, "ref")
    if havruta_id:
        havrutas.open_for(havruta_id, user_id)
    theirs = select(PassageNote.id).where(PassageNote.user_id == user_id)
    require_room(db.session, NoteLimitReached, theirs, of=user_id)
    note = PassageNote(
        user_id=user_id,
        havruta_id=havruta_id,
        book=reference.book.slug,
        first=reference.first,
        last=reference.last,
        words=words,
    )
    db.session.add(note)
    db.session.flush()
    rooms.tell_in(havruta_id, "note_added", note)
    return note


def get(note_id: UUID, reader_id: UUID) -> PassageNote:
    """A note of the person, or one that is shared with them."""
    query = select(PassageNote).where(PassageNote.id == note_id, _seen_by(reader_id))
    note = db.session.scalar(query)
    if note is None:
        raise NotFound
    return _folded([note], reader_id)[0]


def listed(
    reader_id: UUID,
    ref: str | None,
    havruta_id: UUID | None,
    mine: bool,
    limit: int,
    cursor: str | None,
) -> Page[PassageNote]:
    """The notes of the person and those shared with them, newest first: all, on a passage, in a havruta.

    With `mine`, only those that the person wrote.
    """
    of_reader = PassageNote.user_id == reader_id
    query = select(PassageNote).where(of_reader if mine else _seen_by(reader_id))
    if ref is not None:
        query = query.where(_touches(parse(ref, "ref")))
    if havruta_id:
        query = query.where(PassageNote.havruta_id == havruta_id)
    found = db.session.scalars(ordered(query, ORDER, limit, cursor, descending=True)).all()
    page = cut(found, limit, lambda note: (note.created_at, note.id))
    return Page(_folded(page.items, reader_id), page.next)


def change(
    note_id: UUID, author_id: UUID, expected: ExpectedVersion, changes: dict[str, Any]
) -> PassageNote:
    """Change what the note says, or with whom it is shared; what is left out stays."""
    note = _own(note_id, author_id)
    expected.check(note.version)
    before, after = note.havruta_id, changes.get("havruta_id", note.havruta_id)
    _lock_havrutas(author_id, before, after)
    note.words = changes.get("words", note.words)
    note.havruta_id, note.version = after, note.version + 1
    db.session.flush()
    if before == after:
        rooms.tell_in(after, "note_changed", note)
    else:
        rooms.tell_in(before, "note_removed", Removed(note.id), takes_back=note.id)
        rooms.tell_in(after, "note_added", note)
    return note


def delete(note_id: UUID, author_id: UUID) -> None:
    """Delete a note of one's own."""
    remove(_own(note_id, author_id))


def remove(note: PassageNote) -> None:
    """Delete a note, which is locked, and take it back from those who watch its havruta."""
    if note.havruta_id:
        havrutas.lock(note.havruta_id)
    db.session.delete(note)
    db.session.flush()
    rooms.tell_in(note.havruta_id, "note_removed", Removed(note.id), takes_back=note.id)


def locked(note_id: UUID) -> PassageNote | None:
    """The note as it is now, locked before its havruta."""
    return db.session.get(PassageNote, note_id, with_for_update=True, populate_existing=True)


def _own(note_id: UUID, author_id: UUID) -> PassageNote:
    get(note_id, author_id)
    note = locked(note_id)
    if note is None:
        raise NotFound
    if note.user_id != author_id:
        raise Forbidden("Only its author may change a note.", required="author")
    return note


def _lock_havrutas(author_id: UUID, before: UUID | None, after: UUID | None) -> None:
    """Lock the havrutas in which the note is and will be shared, in one order."""
    for havruta_id in sorted({each for each in (before, after) if each}):
        if havruta_id == before:
            # The author may have left it: what they wrote is still theirs.
            havrutas.lock(havruta_id)
        else:
            havrutas.open_for(havruta_id, author_id)


def _seen_by(reader_id: UUID) -> ColumnElement[bool]:
    """Whether the note is the person's, or shared in a havruta of theirs."""
    havrutas_of_reader = select(Member.havruta_id).where(Member.user_id == reader_id)
    return or_(PassageNote.user_id == reader_id, PassageNote.havruta_id.in_(havrutas_of_reader))


def _touches(reference: Reference) -> ColumnElement[bool]:
    return and_(
        PassageNote.book == reference.book.slug,
        PassageNote.first <= reference.last,
        PassageNote.last >= reference.first,
    )


def _folded(notes: Sequence[PassageNote], reader_id: UUID) -> Sequence[PassageNote]:
    """The notes with a mark on those of people whom the reader blocks."""
    blocked = set(db.session.scalars(apart.blocked_by(reader_id)))
    for note in notes:
        note.folded = note.user_id in blocked
    return notes
