"""The figures of an enrolment's progress."""

import pytest

from tutoring_service.progress import AttendanceCount, attendance, distinct, percent


def test_a_topic_is_counted_once_however_it_is_typed() -> None:
    found = distinct(
        [["Verbs", "New  verbs"], None, ["VERBS ", " new verbs", "Straße"], ["STRASSE"]]
    )
    assert list(found.values()) == ["Verbs", "New  verbs", "Straße"]


def test_late_counts_as_attended_and_unmarked_not_at_all() -> None:
    counted = attendance(["present", "late", None, "absent", None])
    assert counted == AttendanceCount(present=1, absent=1, late=1, attended_percent=66.7)


def test_attendance_without_marks_has_no_percentage() -> None:
    assert attendance([None, None]) == AttendanceCount(0, 0, 0, None)


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 3, 0.0), (1, 3, 33.3), (3, 3, 100.0), (0, 0, None)]
)
def test_a_percentage_has_one_decimal_or_is_none_of_zero(
    part: int, whole: int, expected: float | None
) -> None:
    assert percent(part, whole) == expected
