"""RULES: the room in which a whiteboard is shown live: who may watch, and what is told there."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from tutoring_service.models import (
    Enrollment,
    SessionBooking,
    TutoringSession,
    WhiteboardSession,
    db,
    messages,
)
from tutoring_service.roles import has_role, is_part_of
from tutoring_service.states import SessionStatus

DAY = timedelta(days=1)
NUMBER = re.compile("[0-9]{1,9}")
BOARDS = select(WhiteboardSession.id, WhiteboardSession.seq).join(
    Enrollment, Enrollment.id == WhiteboardSession.enrolled_courses_id
)


def may_watch(caller: Caller, room_id: str) -> int:
    """The number of the last event on the whiteboard, for those who may see it."""
    seq = may_watch_of(caller, [room_id]).get(room_id)
    if seq is None:
        raise NotFound
    return seq


def may_watch_of(caller: Caller, room_ids: Collection[str]) -> Mapping[str, int]:
    """The numbers of the last events on those of these whiteboards that the caller may see."""
    # Any text may come here: a number of more digits may be too large for the column.
    ids = [int(each) for each in room_ids if NUMBER.fullmatch(each)]
    query = BOARDS.where(WhiteboardSession.id.in_(ids), has_role(caller))
    return _seqs(query)


def rooms_of(caller: Caller, limit: int) -> Mapping[str, int]:
    """The same of the open whiteboards of lessons that go on, or begin within a day, the earliest first.

    The lessons are those that the caller gives, takes or follows as a parent, and not those of all, which an
    admin may see.
    """
    at = now()
    lesson, booking = TutoringSession, SessionBooking
    goes_on = or_(lesson.status == SessionStatus.IN_PROGRESS, booking.ends_at > at)
    lessons = (
        select(lesson.whiteboard_id, func.min(booking.starts_at).label("starts_at"))
        .join(booking, booking.session_id == lesson.id)
        .join(Enrollment, Enrollment.id == booking.enrolled_courses_id)
        .where(is_part_of(caller.id), lesson.whiteboard_id.is_not(None))
        .where(lesson.status.in_((SessionStatus.SCHEDULED, SessionStatus.IN_PROGRESS)), goes_on)
        # No lesson takes longer than a day.
        .where(booking.starts_at > at - DAY, booking.starts_at < at + DAY)
        .group_by(lesson.whiteboard_id)
        .subquery()
    )
    query = (
        BOARDS.join(lessons, lessons.c.whiteboard_id == WhiteboardSession.id)
        .where(WhiteboardSession.closed_at.is_(None))
        .order_by(lessons.c.starts_at, WhiteboardSession.id)
        .limit(limit)
    )
    return _seqs(query)


def tell(
    board: WhiteboardSession, type_: str, data: object, members_changed: Sequence[UUID] = ()
) -> None:
    """Tell those who watch the board, under its next number. The caller holds the lock on its row.

    `members_changed` are people whose right to watch must be asked again.
    """
    # Under that lock the order of numbers is the order of commits.
    board.seq += 1
    room = f"whiteboard:{board.id}"
    messages.publish_live(room, board.seq, type_, data, members_changed=members_changed)


def _seqs(query: Select[int, int]) -> Mapping[str, int]:
    return {str(board_id): seq for board_id, seq in db.session.execute(query)}
