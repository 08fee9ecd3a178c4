"""RULES: what a havruta has studied so far."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import with_expression

from chassis.pages import Page
from havruta_service import coverage, havrutas, sessions
from havruta_service.models import HavrutaSession, Presence, SessionStatus, db
from havruta_service.navigation import book_of
from havruta_service.reference_reader import parse
from havruta_service.references import Reference


@dataclass(frozen=True)
class MemberProgress:
    """How much a member took part."""

    user_id: UUID
    sessions: int
    minutes: int


@dataclass(frozen=True)
class Progress:
    """How far a havruta has come in its book, and how long it took."""

    book: str
    last_place: str | None
    sessions: int
    ranges: list[str]
    segments: int
    segments_in_book: int
    studied_percent: float
    minutes: int
    minutes_together: int
    members: list[MemberProgress]


def of_havruta(havruta_id: UUID, user_id: UUID) -> Progress:
    """What all completed sessions together covered; what was studied twice counts once."""
    havruta = havrutas.get(havruta_id, user_id)
    book = book_of(havruta)
    completed = (HavrutaSession.havruta_id == havruta_id) & (
        HavrutaSession.status == SessionStatus.COMPLETED
    )
    count, minutes, together, texts = db.session.execute(
        select(
            func.count(),
            func.sum(HavrutaSession.minutes),
            func.sum(HavrutaSession.minutes_together),
            # Each range once: a havruta may study the same one for years.
            func.array_agg(HavrutaSession.coverage_range.distinct()),
        ).where(completed)
    ).one()
    ranges = merged([parse(text) for text in texts or [] if text])
    segments = sum(studied.segments for studied in ranges)
    return Progress(
        book=book.name,
        last_place=havruta.last_place,
        sessions=count,
        ranges=[str(studied) for studied in ranges],
        segments=segments,
        segments_in_book=book.length,
        studied_percent=coverage.percent(segments, book),
        minutes=minutes or 0,
        minutes_together=together or 0,
        members=_members(completed),
    )


def history(
    havruta_id: UUID,
    user_id: UUID,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[HavrutaSession]:
    """The completed sessions that began within a period, with those who were there, newest first."""
    havrutas.get(havruta_id, user_id)
    completed = (HavrutaSession.havruta_id == havruta_id) & (
        HavrutaSession.status == SessionStatus.COMPLETED
    )
    people = (
        select(func.array_agg(Presence.user_id.distinct()))
        .where(Presence.session_id == HavrutaSession.id)
        .correlate(HavrutaSession)
        .scalar_subquery()
    )
    query = (
        select(HavrutaSession)
        .where(completed)
        .options(with_expression(HavrutaSession.attendees, people))
    )
    # A session that is loaded already would be returned as it is, without its attendees.
    query = sessions.within(query, since, until).execution_options(populate_existing=True)
    return sessions.page(query, limit, cursor, descending=True)


def merged(ranges: list[Reference]) -> list[Reference]:
    """The ranges in the order of the text, where they overlap or adjoin as one."""
    result: list[Reference] = []
    for studied in sorted(ranges, key=lambda range_: range_.first):
        if result and studied.first <= result[-1].last + 1:
            last = result.pop()
            studied = Reference(last.book, last.first, max(last.last, studied.last))
        result.append(studied)
    return result


def _members(completed: Any) -> list[MemberProgress]:
    seconds = func.sum(func.extract("epoch", Presence.left_at - Presence.joined_at))
    by_session = (
        # Rounded down for each session, as the minutes of the session itself are.
        select(Presence.user_id, func.floor(seconds / 60).label("minutes"))
        .join(HavrutaSession, HavrutaSession.id == Presence.session_id)
        .where(completed)
        .group_by(Presence.user_id, Presence.session_id)
        .subquery()
    )
    query = select(by_session.c.user_id, func.count(), func.sum(by_session.c.minutes)).group_by(
        by_session.c.user_id
    )
    rows = db.session.execute(query.order_by(by_session.c.user_id)).all()
    return [MemberProgress(user_id, count, int(minutes)) for user_id, count, minutes in rows]
