"""RULES: what lists of sessions read and show, which sessions they hold, and in what order."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, String, any_, bindparam

from study_session_service.models import OPEN, Status, StudySession
from study_session_service.visibility import SeenSession

# A cached session has the point and the venue that strangers see instead of its own, and nothing that
# lists do not show.
NOT_LISTED = frozenset(
    {
        "latitude",
        "longitude",
        "approximate_latitude",
        "approximate_longitude",
        "description",
        "meeting_url",
        "join_code",
        "cancellation_reason",
        "last_seq",
        "version",
        "is_open",
        "hidden_at",
        "detached",
        "next_from",
    }
)
LIST_COLUMNS = tuple(c.key for c in StudySession.__table__.columns if c.key not in NOT_LISTED)
# What a list reads: who sees which of the points is decided for each row.
IN_LISTS = (
    *LIST_COLUMNS,
    "latitude",
    "longitude",
    "approximate_latitude",
    "approximate_longitude",
)


class When(StrEnum):
    UPCOMING = "upcoming"
    PAST = "past"


STATUSES = {When.UPCOMING: OPEN, When.PAST: frozenset(Status) - OPEN}
AT = bindparam("at", type_=DateTime(timezone=True))
# An array, because SQLAlchemy writes an IN again for each list.
HAS_STATUS = StudySession.status_column(AT) == any_(bindparam("statuses", type_=ARRAY(String)))
ANNOUNCED: Mapping[str, ColumnElement[bool]] = {
    "since": StudySession.start_time >= bindparam("since"),
    "until": StudySession.start_time < bindparam("until"),
}


def in_order(seen: SeenSession) -> tuple[datetime, UUID]:
    """What lists of sessions are sorted by."""
    return seen.session.start_time, seen.session.id
