"""RULES: the room in which a whiteboard is shown live: who may watch, and what is told there."""

from collections.abc import Sequence
from uuid import UUID

from chassis.auth.tokens import Caller
from chassis.errors import NotFound
from tutoring_service.models import WhiteboardSession, db, messages
from tutoring_service.roles import enrollment_of


def may_watch(caller: Caller, room_id: str) -> int:
    """The number of the last event on the whiteboard, for those who may see it."""
    # Any text may come here: a number of more digits may be too large for the column.
    if not room_id.isascii() or not room_id.isdecimal() or len(room_id) > 9:
        raise NotFound
    board = db.session.get(WhiteboardSession, int(room_id))
    if board is None:
        raise NotFound
    enrollment_of(caller, board.enrolled_courses_id)
    return board.seq


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
