"""RULES: which sessions of a series a person sees."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, bindparam, select

from chassis.clock import now
from chassis.data.keyset import after_bound, after_values
from chassis.pages import Page, cut
from study_session_service.lists import HAS_STATUS, IN_LISTS, STATUSES, When, in_order
from study_session_service.models import Participant, StudySession
from study_session_service.rows import columns_of, fetch
from study_session_service.visibility import (
    ABOUT_VIEWER,
    IS_KNOWN,
    IS_MINE,
    SeenSession,
    see,
    seen_by,
)


def of_series(
    session_id: UUID, viewer_id: UUID | None, when: When, limit: int, cursor: str | None
) -> Page[SeenSession]:
    """The sessions of this one's series that the viewer may see; a session without a series is alone."""
    seen, at = see(session_id, viewer_id), now()
    query = _of_series(when, follows=bool(cursor), has_series=seen.session.series_id is not None)
    values: dict[str, Any] = {"viewer_id": viewer_id, "at": at, "statuses": sorted(STATUSES[when])}
    values |= {"series_id": seen.session.series_id, "session_id": session_id, "limit": limit + 1}
    rows = fetch(query, values | after_values(cursor, [datetime, UUID]))
    return cut([seen_by(row, IN_LISTS, at) for row in rows], limit, in_order)


@cache
def _of_series(when: When, *, follows: bool, has_series: bool) -> Select[*tuple[Any, ...]]:
    is_past = when == When.PAST
    order = [StudySession.start_time, StudySession.id]
    is_of_it = (
        StudySession.series_id == bindparam("series_id", type_=Uuid)
        if has_series
        else StudySession.id == bindparam("session_id", type_=Uuid)
    )
    query = (
        select(*columns_of(StudySession, IN_LISTS), *ABOUT_VIEWER)
        .outerjoin_from(StudySession, Participant, IS_MINE)
        .where(is_of_it, HAS_STATUS, IS_KNOWN)
        .order_by(*(column.desc() if is_past else column for column in order))
        .limit(bindparam("limit", type_=Integer))
    )
    return query.where(after_bound(order, descending=is_past)) if follows else query
