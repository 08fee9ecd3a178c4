"""RULES: pages of what a search finds.

Strangers who look for nothing in particular get the first one from a list that is kept for all of them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.clock import now
from chassis.pages import Page, cut
from study_session_service import cache
from study_session_service.lists import LIST_COLUMNS, in_order
from study_session_service.models import StudySession
from study_session_service.nearby.matching import first, matching
from study_session_service.nearby.wanted import Search, Sort
from study_session_service.rows import SessionRow
from study_session_service.visibility import SeenSession

# Twice the longest page, because within the five minutes the clock ends some of them.
KEPT = 200


def search(
    viewer_id: UUID | None, wanted: Search, limit: int, cursor: str | None
) -> Page[SeenSession]:
    """The public sessions that match, in the wanted order."""
    at = now()
    if (
        viewer_id is None
        and wanted == Search()
        and cursor is None
        and (page := _front_page(limit, at))
    ):
        return page
    found = matching(viewer_id, wanted, at, limit + 1, cursor)
    if wanted.sort == Sort.DISTANCE:
        return cut(found, limit, lambda seen: (seen.distance_m, seen.session.id))
    return cut(found, limit, in_order)


def _front_page(limit: int, at: datetime) -> Page[SeenSession] | None:
    """The first page for strangers out of the kept list; None if that does not reach far enough."""
    kept = cache.active_sessions(lambda: _active(at))
    seen = [_uncached(row, at) for row in kept]
    # By the clock alone sessions end, but none opens: that takes a write, and every write drops the
    # list.
    still_open = [session for session in seen if session.is_open]
    if len(still_open) <= limit and len(kept) == KEPT:
        return None
    return cut(still_open[: limit + 1], limit, in_order)


def _active(at: datetime) -> Sequence[cache.Cached]:
    return [_cached(seen) for seen in first(at, KEPT)]


def _cached(seen: SeenSession) -> cache.Cached:
    """What a stranger sees of the session in a list."""
    return {
        **cache.serialize(seen.session, LIST_COLUMNS),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
        "venue_name": seen.venue_name,
    }


def _uncached(row: cache.Cached, at: datetime) -> SeenSession:
    """The session as it was cached: a stranger sees its one point, whichever that is."""
    # What an older process has kept does not know of series.
    unknown = {"approximate_latitude": None, "approximate_longitude": None, "series_id": None}
    session = SessionRow(**{**unknown, **cache.deserialize(StudySession, row)})
    return SeenSession(session, None, at)
