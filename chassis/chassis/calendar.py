"""Calendar feeds: events as iCalendar (RFC 5545), in that part of it which all programs read alike.

Programs differ over times that the clocks skip or show twice, over lengths across a change of clocks, and
over lists and rules of changes in time zones. So what is next to a change is in UTC, and zones have their
changes one by one. Nothing in a document depends on when it is read.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from chassis.clock import now, rfc3339
from chassis.errors import Unavailable

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 5000  # sessions of one service within the period
MOST_TOLD, LONGEST_TOLD = 12, 60  # calendars' own entries in one e-mail, and events of them
REFRESHED_EVERY = "PT1H"
OCTETS = 75  # of a line
SECOND = timedelta(seconds=1)
STEP = timedelta(days=7)  # Nowhere are clocks changed twice within it.
MARGIN = timedelta(hours=2)  # Nowhere are they changed by more.
# vobject mistakes for UTC a zone that is not seen to differ from it before 2020.
WELL_BEFORE = datetime(2019, 1, 1, tzinfo=UTC)
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
CONTROLS = dict.fromkeys([*range(9), *range(10, 32), 127])


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What an event that is e-mailed does to a calendar."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A session, a series by its rule, or an occurrence of it that is not as the rule says.

    `rule` is an RRULE in wall time, from `starts_at` to `last_starts_at` and without the dates `left_out`.
    `occurrence` is when the rule has an occurrence that differs. `ends_at` may be `starts_at`. `path` is an
    address at the platform.
    """

    uid: str
    sequence: int
    status: Status
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    path: str
    timezone: str = "UTC"
    description: str | None = None
    location: str | None = None
    alarm_minutes: int | None = None
    rule: str | None = None
    last_starts_at: datetime | None = None
    left_out: Sequence[date] = ()
    occurrence: datetime | None = None


def window() -> tuple[datetime, datetime]:
    """The period of a feed: whole days in UTC, so that it changes once a day."""
    today = datetime.combine(now().date(), time(), UTC)
    return today - BEHIND, today + AHEAD


def require_whole(found: Sequence[object], most: int = MOST) -> None:
    """`Unavailable` if there is more than a feed may have: programs take what is missing for cancelled."""
    if len(found) > most:
        raise Unavailable(f"The calendar has more than {most} sessions.", retry_after=3600)


def is_plain(starts_at: datetime, ends_at: datetime, timezone: str) -> bool:
    """Whether the clocks there are not changed between the two, nor some hours before or after."""
    around = (starts_at - MARGIN, starts_at, ends_at, ends_at + MARGIN)
    return len({_offset(moment, ZoneInfo(timezone)) for moment in around}) == 1


def document(events: Sequence[Event], *, name: str, public_url: str) -> bytes:
    """A calendar of this name; the addresses of its events begin with `public_url`."""
    zones = _zones(events)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Calendar//EN",
        "CALSCALE:GREGORIAN",
        # Twice, in the words of RFC 7986 and in those that programs read.
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESHED_EVERY}",
        f"X-PUBLISHED-TTL:{REFRESHED_EVERY}",
    ]
    for timezone in sorted(zones):
        lines += zones[timezone]
    for event in events:
        timezone = event.timezone if event.timezone in zones else "UTC"
        lines += _event(event, timezone, public_url)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


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
    zones = _zones(events)
    people = (
        f"ORGANIZER;CN=Lyceum:mailto:{organizer}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{attendee}",
    )
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lyceum//Calendar//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
    ]
    for timezone in sorted(zones):
        lines += zones[timezone]
    for event in events:
        timezone = event.timezone if event.timezone in zones else "UTC"
        lines += _event(event, timezone, public_url, people)
    lines.append("END:VCALENDAR")
    return method, b"".join(map(_folded, lines))


def _event(
    event: Event, timezone: str, public_url: str, people: Sequence[str] = ()
) -> Iterator[str]:
    changed = _moment(event.changed_at, "UTC")
    plain = is_plain(event.starts_at, event.ends_at, timezone)
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
    yield f"SUMMARY:{_text(event.title)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    yield f"URL:{public_url}{event.path}"
    if event.alarm_minutes is not None:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(event.title)}"
        yield f"TRIGGER:-PT{event.alarm_minutes}M"
        yield "END:VALARM"
    yield "END:VEVENT"


def _zones(events: Sequence[Event]) -> dict[str, list[str]]:
    """The definitions of the zones of the events, by name; a zone that is at UTC needs none."""
    moments: dict[str, list[datetime]] = {}
    for event in events:
        own = (event.starts_at, event.last_starts_at, event.occurrence)
        moments.setdefault(event.timezone, []).extend(moment for moment in own if moment)
    zones = {}
    for timezone, times in moments.items():
        zone = ZoneInfo(timezone)
        begin = datetime(min(times).year - 1, 1, 1, tzinfo=UTC)
        end = datetime(max(times).year + 1, 1, 1, tzinfo=UTC)
        if not _offset(begin, zone):
            begin = min(begin, WELL_BEFORE)
        changes = list(_changes(begin, end, zone))
        if changes or _offset(begin, zone):
            zones[timezone] = list(_zone(zone, begin, changes))
    return zones


def _zone(zone: ZoneInfo, begin: datetime, changes: Sequence[datetime]) -> Iterator[str]:
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    # How the clocks stand at first, as if they had been changed to that then.
    yield from _observance(begin, begin, zone)
    for change in changes:
        yield from _observance(change - SECOND, change, zone)
    yield "END:VTIMEZONE"


def _changes(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the clocks there are changed within the period."""
    while begin < end:
        if _offset(begin, zone) != _offset(begin + STEP, zone):
            yield _change_after(begin, zone)
        begin += STEP


def _change_after(begin: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks there are changed, which they are within a step."""
    before = _offset(begin, zone)
    seconds = range(1, STEP // SECOND + 1)
    change = bisect_left(
        seconds, True, key=lambda second: _offset(begin + second * SECOND, zone) != before
    )
    return begin + seconds[change] * SECOND


def _observance(before: datetime, change: datetime, zone: ZoneInfo) -> Iterator[str]:
    """How the clocks stand from a change on, which is told by the clocks of before (section 3.6.5)."""
    onset = change.replace(tzinfo=None) + _offset(before, zone)
    after = change.astimezone(zone)
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{onset:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_signed(_offset(before, zone))}"
    yield f"TZOFFSETTO:{_signed(_offset(change, zone))}"
    yield f"TZNAME:{after.tzname()}"
    yield f"END:{kind}"


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(offset) // SECOND, 60)
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def _moment(moment: datetime, timezone: str) -> str:
    """The end of a line that says when, in the wall time of the zone."""
    return _wall(moment.astimezone(ZoneInfo(timezone)), timezone)


def _wall(shown: datetime, timezone: str) -> str:
    if timezone == "UTC":
        return f":{shown:%Y%m%dT%H%M%SZ}"
    return f";TZID={timezone}:{shown:%Y%m%dT%H%M%S}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _text(text: str) -> str:
    """A text as a value, with one kind of line break and no control characters (section 3.3.11)."""
    return "\n".join(text.splitlines()).translate(ESCAPES).translate(CONTROLS)


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
