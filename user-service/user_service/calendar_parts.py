"""RULES: the parts of e-mails that put a session into a person's calendar, move it there or take it out."""

from collections.abc import Collection, Sequence
from email.message import EmailMessage

from chassis.calendar.emails import heard, message
from chassis.calendar.events import Event
from user_service.models import Notification
from user_service.pages import page_of
from user_service.runtime import runtime


def attach(email: EmailMessage, note: Notification, title: str) -> None:
    """Attach the events of the notification to the e-mail about it: for each UID a part (RFC 6047)."""
    for events in _entries(note, title):
        method, content = message(
            events,
            organizer=runtime().mail_from,
            attendee=str(email["To"]),
            public_url=runtime().public_url,
        )
        email.add_attachment(
            content,
            maintype="text",
            subtype="calendar",
            filename=f"{events[0].starts_at:%Y-%m-%d}.ics",
            params={"charset": "utf-8", "method": str(method)},
        )


def _entries(note: Notification, title: str) -> Collection[Sequence[Event]]:
    path = page_of(note.data.get("path")).removeprefix(runtime().public_url)
    entries: dict[str, list[Event]] = {}
    for written in note.calendar or ():
        event = heard(
            written,
            title=title,
            path=path,
            location=note.data.get("location"),
            changed_at=note.created_at,
        )
        entries.setdefault(event.uid, []).append(event)
    return entries.values()
