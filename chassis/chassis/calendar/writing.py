"""Events as iCalendar (RFC 5545), in that part of it which all programs read alike.

Programs differ over times that the clocks skip or show twice, over lengths across a change of clocks, and
over lists and rules of changes in time zones. So what is next to a change is in UTC, and zones have their
changes one by one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.calendar import zones
from chassis.calendar.events import Event

OCTETS = 75  # of a line
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
CONTROLS = dict.fromkeys([*range(9), *range(10, 32), 127])


def document(
    head: Sequence[str], events: Sequence[Event], public_url: str, people: Sequence[str] = ()
) -> bytes:
    """A calendar of these events, with these lines at its head and those about people in each event."""
    defined = zones.definitions(events)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Calendar//EN",
        "CALSCALE:GREGORIAN",
        *head,
    ]
    for timezone in sorted(defined):
        lines += defined[timezone]
    for event in events:
        timezone = event.timezone if event.timezone in defined else "UTC"
        lines += _event(event, timezone, public_url, people)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def text(text: str) -> str:
    """A text as a value, with one kind of line break and no control characters (section 3.3.11)."""
    return "\n".join(text.splitlines()).translate(ESCAPES).translate(CONTROLS)


def _event(event: Event, timezone: str, public_url: str, people: Sequence[str]) -> Iterator[str]:
    changed = _moment(event.changed_at, "UTC")
    plain = zones.is_plain(event.starts_at, event.ends_at, timezone)
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    # Without METHOD this is the last revision, too (section 3.8.7.2).
    yield f"DTSTAMP{changed}"
    yield f"LAST-MODIFIED{changed}"
    yield from people
    yield f"DTSTART{_moment(event.starts_at, timezone if plain else 'UTC')}"
    # A duration is positive. Machines whose clocks differ may have written less.
    if (length := _seconds(event.ends_at) - _seconds(event.starts_at)) > 0:
        yield f"DURATION:PT{length}S"
    if event.rule:
        yield f"RRULE:{event.rule}"
    for day in event.left_out:
        # The time on the wall, which the clocks may skip on that day.
        at = event.starts_at.astimezone(ZoneInfo(timezone)).time()
        yield f"EXDATE{_wall(datetime.combine(day, at), timezone)}"
    if event.occurrence:
        yield f"RECURRENCE-ID{_moment(event.occurrence, timezone)}"
    yield f"STATUS:{event.status}"
    yield f"SUMMARY:{text(event.title)}"
    if event.description:
        yield f"DESCRIPTION:{text(event.description)}"
    if event.location:
        yield f"LOCATION:{text(event.location)}"
    yield f"URL:{public_url}{event.path}"
    if event.alarm_minutes is not None:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{text(event.title)}"
        yield f"TRIGGER:-PT{event.alarm_minutes}M"
        yield "END:VALARM"
    yield "END:VEVENT"


def _moment(moment: datetime, timezone: str) -> str:
    """The end of a line that says when, in the wall time of the zone."""
    return _wall(moment.astimezone(ZoneInfo(timezone)), timezone)


def _wall(shown: datetime, timezone: str) -> str:
    if timezone == "UTC":
        return f":{shown:%Y%m%dT%H%M%SZ}"
    return f";TZID={timezone}:{shown:%Y%m%dT%H%M%S}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _folded(line: str) -> bytes:
    """The line as several short ones, none of which ends within a character (section 3.1)."""
    octets = line.encode()
    folded, start, room = b"", 0, OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0b11000000 == 0b10000000:
            end -= 1
        folded += octets[start:end] + b"\r\n "
        # The blank takes one of the octets.
        start, room = end, OCTETS - 1
    return folded + octets[start:] + b"\r\n"
