"""The user-service knows each kind of notification that another service requests."""

import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest

from user_service.notification_kinds import EMAILS, NotificationKind

EVENTS = Path(__file__).parents[1] / "docs" / "events.md"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| (yes|no) \|$", re.MULTILINE)


@pytest.mark.parametrize(
    "package", ["study_session_service", "tutoring_service", "havruta_service"]
)
def test_the_kinds_that_a_service_sends_are_known_to_the_preferences(package: str) -> None:
    module = import_module(f"{package}.notifications")
    enums = [found for found in vars(module).values() if _is_enum_of(found, module.__name__)]
    sent = {str(kind) for enum in enums for kind in enum}
    assert sent
    assert sent - set(NotificationKind) == set()


def test_the_kinds_are_listed_with_their_defaults() -> None:
    listed = dict(ROW.findall(EVENTS.read_text()))
    assert listed == {str(k): "yes" if email.by_default else "no" for k, email in EMAILS.items()}


def _is_enum_of(found: object, module: str) -> bool:
    return isinstance(found, type) and issubclass(found, StrEnum) and found.__module__ == module
