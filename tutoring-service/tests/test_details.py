"""What a session has besides its time, and how long it may be."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Invalid
from tutoring_service.scheduling.details import check_details, check_length


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (time(10), time(10, 5), 5),
        (time(10), time(22), 720),
        (time(23, 30), time(0, 30), 60),
        (time(12), time(0), 720),
    ],
)
def test_a_session_takes_five_minutes_to_twelve_hours(start: time, end: time, minutes: int) -> None:
    assert check_length(start, end) == minutes


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (time(10), time(10, 4)),
        (time(10), time(22, 1)),
        # The same time is that of the day after, and so is an earlier one.
        (time(10), time(10)),
        (time(10), time(9, 59)),
    ],
)
def test_a_shorter_or_longer_session_is_refused(start: time, end: time) -> None:
    with pytest.raises(Invalid):
        check_length(start, end)


@pytest.mark.parametrize("mode", ["in-person", "hybrid"])
def test_an_in_person_or_hybrid_session_needs_a_location(mode: str) -> None:
    details: dict[str, Any] = {"session_mode": mode, "location": "", "whiteboard_id": None}
    with pytest.raises(Invalid) as refusal:
        check_details(uuid4(), uuid4(), details)
    assert refusal.value.errors[0]["pointer"] == "/location"
    check_details(uuid4(), uuid4(), {**details, "location": "Room 2"})


def test_an_online_session_needs_no_location() -> None:
    details = {"session_mode": "online", "location": None, "whiteboard_id": None}
    check_details(uuid4(), uuid4(), details)
