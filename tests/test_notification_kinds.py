"""What one service asks another to notify people of is known there."""

from enum import StrEnum

import pytest

from user_service.notification_kinds import NotificationKind


@pytest.mark.parametrize(
    "package", ["study_session_service", "tutoring_service", "havruta_service"]
)
def test_the_kinds_that_a_service_sends_are_known_to_the_preferences(package: str) -> None:
    module = pytest.importorskip(f"{package}.notifications")
    enums = [found for found in vars(module).values() if _is_enum_of(found, module.__name__)]
    sent = {str(kind) for enum in enums for kind in enum}
    assert sent
    assert sent - set(NotificationKind) == set()


def _is_enum_of(found: object, module: str) -> bool:
    return isinstance(found, type) and issubclass(found, StrEnum) and found.__module__ == module
