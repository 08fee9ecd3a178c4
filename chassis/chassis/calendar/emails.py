"""What e-mails tell calendars: events on their way to the service that sends e-mails, and the parts there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from chassis.calendar import writing
from chassis.calendar.events import Event, Status
from chassis.clock import rfc3339

MOST_TOLD, LONGEST_TOLD = 12, 60  # calendars' own entries in one e-mail, and events of them


class Method(StrEnum):
    """What an event that is e-mailed does to a calendar."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def told(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What an e-mail tells programs of these events, as JSON; nothing if they are too many for one.

    What was cancelled of a series is left out of its rule, and a series without any is one event.
    """
    entries: dict[str, list[Event]] = {}
    for event in events:
        entries.setdefault(event.uid, []).append(event)
    shortened = [each for entry in entries.values() for each in _shortened(entry)]
    if len(entries) > MOST_TOLD or len(shortened) > LONGEST_TOLD:
        return []
    return [_written(event) for event in shortened]


def _shortened(entry: Sequence[Event]) -> list[Event]:
    """The events of one UID, the rule first, without the occurrences that were cancelled."""
    first, *differing = entry
    going_on = [event for event in differing if event.status != Status.CANCELLED]
    if first.status == Status.CANCELLED and not going_on:
        return [replace(first, rule=None, last_starts_at=None, left_out=())]
    zone = ZoneInfo(first.timezone)
    cancelled = {
        event.occurrence.astimezone(zone).date()
        for event in differing
        if event.occurrence and event.status == Status.CANCELLED
    }
    left_out = tuple(sorted({*first.left_out, *cancelled}))
    return [replace(first, left_out=left_out), *going_on]


def _written(event: Event) -> dict[str, Any]:
    written = {
        "uid": event.uid,
        "sequence": event.sequence,
        "status": event.status,
        "starts_at": rfc3339(event.starts_at),
        "ends_at": rfc3339(event.ends_at),
        "timezone": event.timezone,
        "rule": event.rule,
        "last_starts_at": event.last_starts_at and rfc3339(event.last_starts_at),
        "left_out": [day.isoformat() for day in event.left_out],
        "occurrence": event.occurrence and rfc3339(event.occurrence),
    }
    return {name: value for name, value in written.items() if value not in (None, [])}


def heard(written: Mapping[str, Any], **said: Any) -> Event:
    """The event that `told` wrote, with what is said of it besides: `title`, `path` and `changed_at`."""
    moments = ("starts_at", "ends_at", "last_starts_at", "occurrence")
    times = {name: datetime.fromisoformat(written[name]) for name in moments if written.get(name)}
    left_out = tuple(date.fromisoformat(day) for day in written.get("left_out", ()))
    status = Status(written["status"])
    return Event(**{**written, **times, "left_out": left_out, "status": status}, **said)


def message(
    events: Sequence[Event], *, organizer: str, attendee: str, public_url: str
) -> tuple[Method, bytes]:
    """The events of one UID for the calendar of one person by e-mail (RFC 5546), between these addresses."""
    is_over = all(event.status == Status.CANCELLED for event in events)
    method = Method.CANCEL if is_over else Method.REQUEST
    people = (
        f"ORGANIZER;CN=Lyceum:mailto:{organizer}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{attendee}",
    )
    return method, writing.document([f"METHOD:{method}"], events, public_url, people)
