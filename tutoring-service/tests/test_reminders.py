"""When a person is reminded, and which choice decides it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tutoring_service.models import SessionBooking, SessionReminder, TutoringSession
from tutoring_service.reminders import due_at, effective

STARTS_AT = datetime(2030, 1, 8, 9, tzinfo=UTC)


def a_session(**columns: Any) -> TutoringSession:
    """A session that reminds its participants half an hour before, without a database."""
    plain = {
        "status": "scheduled",
        "notification_enabled": True,
        "alarm_enabled": False,
        "alarm_before_minutes": 30,
        "booking": SessionBooking(starts_at=STARTS_AT),
    }
    return TutoringSession(**{**plain, **columns})


def test_each_field_of_a_persons_own_choice_overrides_the_session() -> None:
    own = SessionReminder(alarm_before_minutes=0, notification_enabled=False)
    assert effective(a_session(), own) == {
        "notification_enabled": False,
        "alarm_enabled": False,
        "alarm_before_minutes": 0,
    }


def test_an_older_session_without_settings_reminds_no_one() -> None:
    nothing = a_session(notification_enabled=None, alarm_enabled=None, alarm_before_minutes=None)
    assert effective(nothing, None) == {
        "notification_enabled": False,
        "alarm_enabled": False,
        "alarm_before_minutes": 15,
    }
    assert due_at(nothing, SessionReminder()) is None


@pytest.mark.parametrize(
    ("columns", "choice", "due"),
    [
        ({}, {}, "08:30"),
        ({}, {"alarm_before_minutes": 90}, "07:30"),
        ({"notification_enabled": False, "alarm_enabled": True}, {}, "08:30"),
        ({}, {"notification_enabled": False}, None),
        ({"status": "cancelled"}, {}, None),
        ({"status": "in-progress"}, {}, None),
    ],
)
def test_a_reminder_is_due_before_a_scheduled_session(
    columns: dict[str, Any], choice: dict[str, Any], due: str | None
) -> None:
    with time_machine.travel("2030-01-08T00:00:00Z", tick=False):
        moment = due_at(a_session(**columns), SessionReminder(**choice))
    assert (moment and f"{moment:%H:%M}") == due


def test_no_reminder_is_due_once_a_session_has_begun() -> None:
    with time_machine.travel(STARTS_AT, tick=False):
        assert due_at(a_session(), SessionReminder()) is None
