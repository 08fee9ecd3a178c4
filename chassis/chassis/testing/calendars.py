"""What calendar programs make of feeds and e-mails: the libraries that several of them read these with."""

import functools
import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ics
import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar

from chassis.calendar.emails import Method, heard, message
from chassis.calendar.events import Event
from chassis.clock import now

LONG_AGO, FAR_AHEAD = date(2000, 1, 1), date(2100, 1, 1)
NUMBERS = itertools.count(1)
ICAL_JS = """
const ICAL = require("ical.js");
const calendar = new ICAL.Component(ICAL.parse(require("fs").readFileSync(0, "utf8")));
calendar.getAllSubcomponents("vtimezone").forEach(zone => ICAL.TimezoneService.register(zone));
const events = calendar.getAllSubcomponents("vevent").map(each => new ICAL.Event(each));
const shown = [];
const show = (event, from, to) => shown.push([
  event.summary, from.toJSDate().toISOString(), to.toJSDate().toISOString(),
  event.component.getFirstPropertyValue("status"), event.uid, event.sequence,
]);
for (const event of events.filter(each => !each.isRecurrenceException())) {
  if (!event.isRecurring()) { show(event, event.startDate, event.endDate); continue; }
  events.filter(each => each.isRecurrenceException() && each.uid === event.uid)
    .forEach(each => event.relateException(each));
  const dates = event.iterator();
  for (let next; (next = dates.next());) {
    const one = event.getOccurrenceDetails(next);
    show(one.item, one.startDate, one.endDate);
  }
}
console.log(JSON.stringify(shown));
"""


@dataclass(frozen=True, order=True)
class Shown:
    """What a calendar shows, once."""

    title: str
    starts_at: datetime
    ends_at: datetime
    status: str
    uid: str
    sequence: int


Program = Callable[[bytes], list[Shown]]


def with_unknown_zones(feed: bytes) -> bytes:
    """The feed with names of zones that no program knows: it has to read the feed's own definitions."""
    # Other names each time: the libraries remember zones for as long as the process lives.
    other = b"Zone%d-" % next(NUMBERS)
    return feed.replace(b"TZID=", b"TZID=" + other).replace(b"TZID:", b"TZID:" + other)


def read_by_icalendar(feed: bytes) -> list[Shown]:
    """As icalendar and recurring-ical-events read it."""
    events = recurring_ical_events.of(Calendar.from_ical(feed)).between(LONG_AGO, FAR_AHEAD)
    return sorted(
        _shown(
            event["SUMMARY"],
            event.start,
            event.end,
            event["STATUS"],
            event["UID"],
            event["SEQUENCE"],
        )
        for event in events
    )


def read_by_vobject(feed: bytes) -> list[Shown]:
    """As vobject and dateutil read it."""
    events = vobject.readOne(feed.decode()).contents.get("vevent", [])
    differing = {
        (event.uid.value, event.recurrence_id.value.astimezone(UTC)): event
        for event in events
        if "recurrence-id" in event.contents
    }
    shown = []
    for event in events:
        if "recurrence-id" in event.contents:
            continue
        starts = event.getrruleset(addRDate=True) or [event.dtstart.value]
        for start in starts:
            other = differing.pop((event.uid.value, start.astimezone(UTC)), None)
            shown.append(
                _by_vobject(other, other.dtstart.value) if other else _by_vobject(event, start)
            )
    assert not differing, "These are of no series."
    return sorted(shown)


def read_by_ics(feed: bytes) -> list[Shown]:
    """As ics reads it, which knows no series: one for each event, and zones by their names alone."""
    return sorted(
        _shown(
            event.name,
            event.begin.datetime,
            event.end.datetime,
            event.status,
            event.uid,
            next(line.value for line in event.extra if line.name == "SEQUENCE"),
        )
        for event in ics.Calendar(feed.decode()).events
    )


def read_by_ical_js(feed: bytes) -> list[Shown]:
    """As ical.js reads it; the test is skipped where there is none."""
    if not _has_ical_js():
        pytest.skip("needs node, and ical.js in NODE_PATH")
    read = _node(ICAL_JS, feed)
    assert not read.returncode, read.stderr.decode()
    return sorted(
        _shown(title, datetime.fromisoformat(begin), datetime.fromisoformat(end), *rest)
        for title, begin, end, *rest in json.loads(read.stdout)
    )


class Diary:
    """A person's calendar, kept by e-mails: the last revision of each UID, until it is cancelled."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._revisions: dict[str, int] = {}

    def hear(self, told: Sequence[Mapping[str, Any]], title: str) -> None:
        """Take what an e-mail with this title tells, each UID in a part of its own."""
        entries: dict[str, list[Event]] = {}
        for written in told:
            event = heard(written, title=title, path="/", changed_at=now())
            entries.setdefault(event.uid, []).append(event)
        for events in entries.values():
            _, part = message(
                events, organizer="lyceum@localhost", attendee="ruth@example.org", public_url=""
            )
            self.receive(part)

    def receive(self, part: bytes) -> None:
        """Take a part of an e-mail, unless it is no newer than what is known (RFC 5546, section 2.1.5)."""
        calendar = Calendar.from_ical(part)
        first = calendar.walk("VEVENT")[0]
        uid, sequence = str(first["UID"]), int(str(first["SEQUENCE"]))
        if sequence <= self._revisions.get(uid, -1):
            return
        self._revisions[uid] = sequence
        if calendar["METHOD"] == Method.CANCEL:
            self._held.pop(uid, None)
        else:
            self._held[uid] = part

    def shown_by(self, read: Program) -> list[Shown]:
        """What the program shows of it."""
        return sorted(one for part in self._held.values() for one in read(part))


def _by_vobject(event: Any, start: datetime) -> Shown:
    # By the wall, as many programs reckon.
    end = start + event.duration.value
    return _shown(
        event.summary.value,
        start,
        end,
        event.status.value,
        event.uid.value,
        event.sequence.value,
    )


def _shown(
    title: Any, start: datetime, end: datetime, status: Any, uid: Any, sequence: Any
) -> Shown:
    begins, ends = start.astimezone(UTC), end.astimezone(UTC)
    return Shown(str(title), begins, ends, str(status), str(uid), int(sequence))


@functools.cache
def _has_ical_js() -> bool:
    return shutil.which("node") is not None and not _node('require("ical.js")').returncode


def _node(script: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["node", "-e", script], input=text, capture_output=True)  # noqa: S603, S607  # no shell
