"""Time zones in calendars: their changes of clocks one by one, as far as events reach."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chassis.calendar.events import Event

SECOND = timedelta(seconds=1)
STEP = timedelta(days=7)  # Nowhere are clocks changed twice within it.
MARGIN = timedelta(hours=2)  # Nowhere are they changed by more.
# vobject mistakes for UTC a zone that is not seen to differ from it before 2020.
WELL_BEFORE = datetime(2019, 1, 1, tzinfo=UTC)


def is_plain(starts_at: datetime, ends_at: datetime, timezone: str) -> bool:
    """Whether the clocks there are not changed between the two, nor some hours before or after."""
    around = (starts_at - MARGIN, starts_at, ends_at, ends_at + MARGIN)
    return len({_offset(moment, ZoneInfo(timezone)) for moment in around}) == 1


def definitions(events: Sequence[Event]) -> dict[str, list[str]]:
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
