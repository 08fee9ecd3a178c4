"""RULES: what a session has besides its time, and how long it may be."""

from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import UUID

from chassis.errors import invalid
from tutoring_service.models import WhiteboardSession, db
from tutoring_service.scheduling.wall_time import minutes_between
from tutoring_service.states import Priority, SessionMode

# An end before the start is on the next day, so that a slip of the pen would be a session of a
# night and a day.
SHORTEST, LONGEST = 5, 12 * 60
DETAILS = (
    "topics",
    "session_mode",
    "location",
    "whiteboard_id",
    "priority_level",
    "notification_enabled",
    "alarm_enabled",
    "alarm_before_minutes",
    "is_featured",
)
# What a student does not ask for; the tutor may change it.
NOT_ASKED_FOR: Mapping[str, Any] = {
    "session_mode": SessionMode.ONLINE,
    "location": None,
    "whiteboard_id": None,
    "priority_level": Priority.MEDIUM,
    "notification_enabled": False,
    "alarm_enabled": False,
    "alarm_before_minutes": 15,
    "is_featured": False,
}


def check_length(start: time, end: time) -> int:
    """The minutes from start to end, past midnight if need be; `Invalid` if too few or too many."""
    minutes = minutes_between(start, end)
    if not SHORTEST <= minutes <= LONGEST:
        raise invalid("end_time", f"A session takes {SHORTEST} minutes to {LONGEST // 60} hours.")
    return minutes


def check_details(tutor_id: UUID, student_id: UUID, details: Mapping[str, Any]) -> None:
    """`Invalid` unless a location is given where one is needed, and the whiteboard is these two people's."""
    needs_location = details["session_mode"] in (SessionMode.IN_PERSON, SessionMode.HYBRID)
    if needs_location and not details["location"]:
        raise invalid("location", f"Needed if session_mode is {details['session_mode']}.")
    if details["whiteboard_id"] is not None:
        _check_whiteboard(details["whiteboard_id"], (tutor_id, student_id))


def _check_whiteboard(whiteboard_id: int, people: tuple[UUID, UUID]) -> None:
    # Locked, so that it is still there when the session refers to it.
    lock = {"read": True, "key_share": True}
    board = db.session.get(WhiteboardSession, whiteboard_id, with_for_update=lock)
    if board is None or (board.tutor_id, board.student_id) != people:
        raise invalid("whiteboard_id", "Not a whiteboard of this tutor and this student.")
