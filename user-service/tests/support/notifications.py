"""Requests to notify people, as other services send them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from chassis.clock import now
from chassis.messaging.messages import Event
from user_service.notification_kinds import NotificationKind


def a_request(
    kind: str = NotificationKind.SESSION_MOVED,
    *,
    about: str | None = None,
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
    actor: UUID | None = None,
    **more: Any,
) -> Event:
    """An event about this thing, or about one that no other is about."""
    asked = {"user_ids": [], "kind": kind, "data": data or {"session_id": "7"}, **more}
    about = about or f"study_session:{uuid4()}"
    type_, source = "notification.requested", "a-service"
    return Event(uuid4(), type_, source, about, 1, at or now(), actor, asked)
