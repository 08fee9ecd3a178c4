"""RULES: whiteboards of an enrolment. What is drawn is a numbered list of operations, replayable
from any point.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, NotFound
from chassis.pages import Page, cut
from tutoring_service import rooms
from tutoring_service.models import WhiteboardSession, WhiteboardStroke, db
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.states import Role

# What a stroke takes besides its operation: an empty one fills a row as well.
ROW_BYTES = 200


class WhiteboardClosed(Conflict):
    """The whiteboard is closed."""

    code = "whiteboard_closed"


class WhiteboardLimitReached(LimitReached):
    """The enrolment has as many whiteboards as it may; `most` is how many."""

    code = "whiteboard_limit_reached"
    most = 50


class WhiteboardFull(LimitReached):
    """The whiteboard holds as many bytes as it may; `most` is how many."""

    code = "whiteboard_full"
    most = 5_000_000


def create(caller: Caller, enrollment_id: int, name: str | None) -> WhiteboardSession:
    """A new whiteboard for the tutor and the student."""
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.TUTOR, Role.STUDENT)
    its = select(WhiteboardSession.id).filter_by(enrolled_courses_id=enrollment_id)
    require_room(db.session, WhiteboardLimitReached, its, of=enrollment_id)
    board = WhiteboardSession(
        session_name=name,
        tutor_id=enrollment.tutor_id,
        student_id=enrollment.student_id,
        enrolled_courses_id=enrollment.id,
    )
    db.session.add(board)
    db.session.flush()
    return board


def get(caller: Caller, board_id: int, *, lock: bool = False) -> tuple[WhiteboardSession, Role]:
    """The whiteboard, and the caller's role in its enrolment."""
    query = (
        select(WhiteboardSession).filter_by(id=board_id).execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update()
    board = db.session.scalar(query)
    if board is None:
        raise NotFound
    _, role = enrollment_of(caller, board.enrolled_courses_id)
    return board, role


def of_enrollment(
    caller: Caller, enrollment_id: int, limit: int, cursor: str | None
) -> Page[WhiteboardSession]:
    """The whiteboards of the enrolment, in order."""
    enrollment_of(caller, enrollment_id)
    query = select(WhiteboardSession).filter_by(enrolled_courses_id=enrollment_id)
    rows = db.session.scalars(ordered(query, (WhiteboardSession.id,), limit, cursor)).all()
    return cut(rows, limit, lambda row: (row.id,))


def draw(caller: Caller, board_id: int, strokes: list[dict[str, Any]]) -> list[WhiteboardStroke]:
    """Append operations in this order. One whose `client_id` the caller has used before is the one
    from then.
    """
    board, role = get(caller, board_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT)
    if board.closed_at:
        raise WhiteboardClosed
    # Under the lock on the board, so that what a client sends again, while its first request still
    # runs, finds the strokes of the first.
    query = select(WhiteboardStroke).where(
        WhiteboardStroke.whiteboard_id == board_id,
        WhiteboardStroke.author_id == caller.id,
        WhiteboardStroke.client_id.in_([stroke["client_id"] for stroke in strokes]),
    )
    known = {stroke.client_id: stroke for stroke in db.session.scalars(query)}
    for stroke in strokes:
        if stroke["client_id"] not in known:
            known[stroke["client_id"]] = _append(board, caller, stroke)
    if board.size > WhiteboardFull.most:
        raise WhiteboardFull
    db.session.flush()
    return [known[stroke["client_id"]] for stroke in strokes]


def replay(caller: Caller, board_id: int, after: int, limit: int) -> Sequence[WhiteboardStroke]:
    """What was drawn after this number, in order."""
    get(caller, board_id)
    query = (
        select(WhiteboardStroke)
        .filter_by(whiteboard_id=board_id)
        .where(WhiteboardStroke.seq > after)
        .order_by(WhiteboardStroke.seq)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def close(caller: Caller, board_id: int) -> WhiteboardSession:
    """The tutor makes it read-only, for good."""
    board, role = get(caller, board_id, lock=True)
    require(role, Role.TUTOR)
    if board.closed_at is None:
        board.closed_at = now()
        rooms.tell(board, "closed", board)
    db.session.flush()
    return board


def erase(caller: Caller, board_id: int) -> None:
    """The tutor deletes it. Sessions that used it stay and know nothing of it."""
    board, role = get(caller, board_id, lock=True)
    require(role, Role.TUTOR)
    # No row keeps this number: no one can draw after it, because the lock is held until the board
    # is gone.
    rooms.tell(board, "deleted", {"id": board.id})
    db.session.execute(delete(WhiteboardSession).where(WhiteboardSession.id == board_id))


def turn_away(enrollment_id: int, parent_id: UUID) -> None:
    """Have it asked again whether this parent may watch the enrolment's open whiteboards."""
    query = select(WhiteboardSession).filter_by(enrolled_courses_id=enrollment_id, closed_at=None)
    # In one order, so that two parents who leave at once do not wait for each other.
    query = (
        query.order_by(WhiteboardSession.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for board in db.session.scalars(query):
        data = {"parent_id": parent_id}
        rooms.tell(board, "parent_left", data, members_changed=[parent_id])
    db.session.flush()


def _append(board: WhiteboardSession, caller: Caller, wanted: dict[str, Any]) -> WhiteboardStroke:
    stroke = WhiteboardStroke(
        whiteboard_id=board.id,
        # The number that the room is told with.
        seq=board.seq + 1,
        author_id=caller.id,
        client_id=wanted["client_id"],
        operation=wanted["operation"],
        created_at=now(),
    )
    # Under the lock on the board, as its number.
    board.size += len(json.dumps(stroke.operation, ensure_ascii=False).encode()) + ROW_BYTES
    db.session.add(stroke)
    rooms.tell(board, "stroke", stroke)
    return stroke
