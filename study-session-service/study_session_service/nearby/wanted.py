"""RULES: what can be looked for, and in which order it is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from study_session_service.geometry import Box, Point
from study_session_service.models import OPEN


class Shown(StrEnum):
    """Which sessions of a series a search shows."""

    ALL = "all"
    NEXT = "next"


class Sort(StrEnum):
    START_TIME = "start_time"
    DISTANCE = "distance"


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for. `origin` gives distances; the area is within `radius` metres of it, or in
    the boxes.
    """

    origin: Point | None = None
    radius: float | None = None
    boxes: Sequence[Box] = ()
    statuses: frozenset[str] = OPEN
    subject: str | None = None
    session_type: str | None = None
    mode: str | None = None
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    has_space: bool | None = None
    host_id: UUID | None = None
    series: Shown = Shown.ALL
    sort: Sort = Sort.START_TIME
