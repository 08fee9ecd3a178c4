"""RULES: the parts of e-mails that put a session into a person's calendar, move it there or take it out."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from chassis.calendar import Event, Method, Status, message
from user_service.models import Notification
from user_service.notification_kinds import NotificationKind
from user_service.pages import page_of
from user_service.runtime import runtime


def attach(email: EmailMessage, note: Notification, title: str) -> None:
    """Attach the events of the notification to the e-mail about it, each by itself (RFC 6047)."""
    is_over = note.kind == NotificationKind.SESSION_CANCELLED
    method = Method.CANCEL if is_over else Method.REQUEST
    for event in _events(note, title, Status.CANCELLED if is_over else Status.CONFIRMED):
        content = message(
            event,
            method,
            organizer=runtime().mail_from,
            attendee=str(email["To"]),
            public_url=runtime().public_url,
        )
        email.add_attachment(
            content,
            maintype="text",
            subtype="calendar",
            filename=f"{event.starts_at:%Y-%m-%d}.ics",
            params={"charset": "utf-8", "method": str(method)},
        )


def _events(note: Notification, title: str, status: Status) -> Iterator[Event]:
    events: list[dict[str, Any]] = note.calendar or []
    path = page_of(note.data.get("path")).removeprefix(runtime().public_url)
    for event in events:
        yield Event(
            uid=event["uid"],
            sequence=event["sequence"],
            status=status,
            changed_at=note.created_at,
            starts_at=datetime.fromisoformat(event["starts_at"]),
            ends_at=datetime.fromisoformat(event["ends_at"]),
            title=title,
            path=path,
        )
