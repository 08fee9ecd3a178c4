"""Calendar feeds: the sessions of a period, which a program asks for again and again.

Nothing in a feed depends on when it is read, but for its period.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from chassis.calendar import writing
from chassis.calendar.events import Event
from chassis.clock import now
from chassis.errors import Unavailable

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 5000  # sessions of one service within the period
REFRESHED_EVERY = "PT1H"


def window() -> tuple[datetime, datetime]:
    """The period of a feed: whole days in UTC, so that it changes once a day."""
    today = datetime.combine(now().date(), time(), UTC)
    return today - BEHIND, today + AHEAD


def require_whole(found: Sequence[object], most: int = MOST) -> None:
    """`Unavailable` if there is more than a feed may have: programs take what is missing for cancelled."""
    if len(found) > most:
        raise Unavailable(f"The calendar has more than {most} sessions.", retry_after=3600)


def document(events: Sequence[Event], *, name: str, public_url: str) -> bytes:
    """A calendar of this name; the addresses of its events begin with `public_url`."""
    head = [
        # Twice, in the words of RFC 7986 and in those that programs read.
        f"NAME:{writing.text(name)}",
        f"X-WR-CALNAME:{writing.text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESHED_EVERY}",
        f"X-PUBLISHED-TTL:{REFRESHED_EVERY}",
    ]
    return writing.document(head, events, public_url)
