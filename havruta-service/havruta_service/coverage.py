"""RULES: what a session covered, computed from its moves and its presence, at its end or at any
time after it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from havruta_service import presence
from havruta_service.catalogue import Book
from havruta_service.models import HavrutaSession, Move, db
from havruta_service.reference_reader import passage_in
from havruta_service.references import Reference, spanning


@dataclass(frozen=True)
class Coverage:
    """From the first passage to the last in the order of the text, and for how long."""

    span: Reference
    sections: list[str]
    minutes: int
    minutes_together: int


def of_session(session: HavrutaSession, book: Book) -> Coverage:
    """What the session covered; a session in which nothing moved covered where it began."""
    refs = _refs(session.id) or [session.starting_section]
    passages = [passage_in(book, ref) for ref in refs]
    sections = [str(passage.section) for passage in passages]
    intervals = presence.intervals(session.id)
    return Coverage(
        spanning(passages),
        list(dict.fromkeys(sections)),
        presence.whole_minutes(presence.seconds_with(intervals, 1)),
        presence.whole_minutes(presence.seconds_with(intervals, 2)),
    )


def percent(segments: int, book: Book) -> float:
    """How much of the book so many segments are, from 0 to 100 with one decimal."""
    return round(100 * segments / book.length, 1)


def _refs(session_id: UUID) -> list[str | None]:
    """The passages that were turned to, each once, in the order of the first time."""
    query = (
        select(Move.ref)
        .where(Move.session_id == session_id)
        .group_by(Move.ref)
        .order_by(func.min(Move.seq))
    )
    return list(db.session.scalars(query))
