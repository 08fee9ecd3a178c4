"""Calendar feeds, read back by the programs that people read them with."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
import vobject
from hypothesis import given
from hypothesis import strategies as st

from chassis.calendar.events import Event, Status
from chassis.calendar.feeds import MOST, document, require_whole, window
from chassis.errors import Unavailable
from chassis.testing.calendars import (
    read_by_ical_js,
    read_by_icalendar,
    read_by_ics,
    read_by_vobject,
    with_unknown_zones,
)

NOON = datetime(2027, 3, 5, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ZONES = [
    "Africa/Abidjan",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Etc/GMT+12",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "UTC",
]


def an_event(starts_at: datetime = NOON, ends_at: datetime | None = None, **more: Any) -> Event:
    plain: dict[str, Any] = {
        "uid": "1@lyceum",
        "sequence": 3,
        "status": Status.CONFIRMED,
        "changed_at": datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        "title": "Mishnah",
        "path": "/api/sessions/1",
    }
    return Event(starts_at=starts_at, ends_at=ends_at or starts_at + HOUR, **{**plain, **more})


def feed_of(*events: Event) -> bytes:
    return document(events, name="Lyceum", public_url="https://lyceum.example")


def event_in(feed: bytes) -> icalendar.Event:
    [event] = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    return event


def test_an_event_says_what_it_is_when_and_since_when() -> None:
    feed = feed_of(an_event(location="Room 2", alarm_minutes=0))
    event = event_in(feed)
    changed = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("1@lyceum", 3, "CONFIRMED")
    assert (event.decoded("DTSTAMP"), event.decoded("LAST-MODIFIED")) == (changed, changed)
    assert (event.decoded("DTSTART"), event.decoded("DURATION")) == (NOON, HOUR)
    assert (event["URL"], event["LOCATION"]) == ("https://lyceum.example/api/sessions/1", "Room 2")
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta()
    assert vobject.readOne(feed.decode()).validate(raiseException=True)


def test_a_calendar_says_its_name_and_how_often_to_ask() -> None:
    calendar = icalendar.Calendar.from_ical(document([], name="Lyceum", public_url=""))
    assert (calendar["NAME"], calendar["X-WR-CALNAME"]) == ("Lyceum", "Lyceum")
    assert calendar.decoded("REFRESH-INTERVAL") == HOUR
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('a, b; c\\d: "e"', 'a, b; c\\d: "e"'),
        ("one\r\ntwo\nthree\rfour", "one\ntwo\nthree\nfour"),
        ("one\u2028two\x85three\x0bfour", "one\ntwo\nthree\nfour"),
        ("a\x00b\x1bc\x7fd\te", "abcd\te"),
        ("משנה ברכות, פרק א", "משנה ברכות, פרק א"),
    ],
)
def test_text_is_read_as_it_was_written(text: str, read: str) -> None:
    feed = feed_of(an_event(title=text, description=text))
    event = event_in(feed)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (read, read)
    [elsewhere] = vobject.readOne(feed.decode()).vevent_list
    assert elsewhere.summary.value == read


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]) | st.sampled_from("א😀\\,;\n"))
)
def test_long_lines_are_folded_between_characters(text: str) -> None:
    feed = feed_of(an_event(description=f"{text * 20}."))
    lines = feed.split(b"\r\n")
    assert all(len(line) <= 75 and line.decode() for line in lines[:-1])
    expected = "\n".join(f"{text * 20}.".splitlines())
    assert event_in(feed)["DESCRIPTION"] == expected


def noons(timezone: str) -> list[Event]:
    """An event at noon there each week of two years, and on the days around each change of clocks.

    A program takes the last change before an event, so it reads the days in between alike.
    """
    first = datetime(2027, 1, 1, 12, tzinfo=ZoneInfo(timezone))
    days = [first + timedelta(days=day) for day in range(730)]
    changes = [day for day, other in pairwise(days) if day.utcoffset() != other.utcoffset()]
    around = {change + timedelta(days=days) for change in changes for days in (-1, 0, 1, 2)}
    starts = [day.astimezone(UTC) for day in sorted({*days[::7], *around, days[-1]})]
    return [an_event(start, uid=str(start), timezone=timezone) for start in starts]


@pytest.mark.parametrize("timezone", ZONES)
def test_zones_are_read_right_through_two_years(timezone: str) -> None:
    events = noons(timezone)
    for read in (read_by_icalendar, read_by_vobject):
        shown = read(with_unknown_zones(feed_of(*events)))
        assert [each.starts_at for each in shown] == [event.starts_at for event in events]


def test_ical_js_reads_zones_right_through_two_years() -> None:
    for timezone in ZONES:
        events = noons(timezone)
        shown = read_by_ical_js(with_unknown_zones(feed_of(*events)))
        assert [each.starts_at for each in shown] == [event.starts_at for event in events], timezone


@pytest.mark.parametrize("timezone", ZONES)
def test_what_is_next_to_a_change_of_clocks_keeps_its_times(timezone: str) -> None:
    quarters = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n) for n in range(35040)]
    zone = ZoneInfo(timezone)
    turning = [
        start
        for start in quarters
        if (start - 2 * HOUR).astimezone(zone).utcoffset()
        != (start + 3 * HOUR).astimezone(zone).utcoffset()
    ]
    events = [
        an_event(start, start + 2 * HOUR, timezone=timezone, uid=str(start)) for start in turning
    ]
    for read in (read_by_icalendar, read_by_vobject):
        shown = read(with_unknown_zones(feed_of(*events)))
        assert [(each.starts_at, each.ends_at) for each in shown] == [
            (event.starts_at, event.ends_at) for event in events
        ]


def test_a_program_that_knows_zones_by_name_reads_the_same() -> None:
    event = an_event(datetime(2027, 9, 3, 8, tzinfo=UTC), timezone="Europe/Berlin")
    for read in (read_by_ics, read_by_icalendar):
        [shown] = read(feed_of(event))
        assert (shown.starts_at, shown.ends_at) == (event.starts_at, event.ends_at)


def test_a_change_is_told_by_the_clocks_of_before() -> None:
    feed = feed_of(an_event(timezone="Europe/Berlin"))
    lines = ["DTSTART:20270328T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST"]
    assert "\r\n".join(["BEGIN:DAYLIGHT", *lines, "END:DAYLIGHT"]) in feed.decode()


def test_a_zone_has_the_years_of_its_events_alone() -> None:
    zones = icalendar.Calendar.from_ical(feed_of(an_event(timezone="Europe/Berlin"))).walk(
        "VTIMEZONE"
    )
    onsets = [each.decoded("DTSTART") for zone in zones for each in zone.subcomponents]
    assert {onset.year for onset in onsets} == {2026, 2027}
    assert len(onsets) == 5


def test_an_event_without_a_length_has_none() -> None:
    for length in (timedelta(), timedelta(microseconds=700), -SECOND):
        event = event_in(feed_of(an_event(NOON, NOON + length)))
        assert not {"DURATION", "DTEND"} & event.keys()


@time_machine.travel("2027-03-05T23:59:59Z", tick=False)
def test_the_period_of_a_feed_is_of_whole_days() -> None:
    assert window() == (datetime(2026, 12, 5, tzinfo=UTC), datetime(2028, 4, 8, tzinfo=UTC))


def test_there_is_no_feed_rather_than_an_incomplete_one() -> None:
    require_whole(range(MOST))
    with pytest.raises(Unavailable):
        require_whole(range(MOST + 1))
