"""RULES: a series is opened, all its sessions at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from study_session_service import reminders, sessions
from study_session_service.models import Participant, Role, Series, StudySession, db
from study_session_service.repetition import repeated
from study_session_service.series.next_session import renew_next
from study_session_service.series.writing import tell_each, these
from study_session_service.visibility import DETAILS, SeenSession


def create(
    host_id: UUID,
    announced: Mapping[str, Any],
    rrule: str | None = None,
    timezone: str | None = None,
) -> SeenSession:
    """Open one session, or as many as the rule says; the first of them."""
    if rrule is None or timezone is None:
        return sessions.create(host_id, announced)
    times = times_of(announced["start_time"], rrule, timezone)
    sessions.require_room_to_host(host_id, len(times))
    series_id = add_series(rrule, timezone)
    first = StudySession(host_id=host_id, **announced)
    sessions.derive(first)
    given = {name: value for name in DETAILS if (value := getattr(first, name)) is not None}
    own = {"series_id": series_id, "current_participants": 1, "last_seq": 1}
    opened = [{**given, **own, "id": uuid4(), "start_time": time} for time in times]
    ids = [each["id"] for each in opened]
    db.session.execute(insert(StudySession), opened)
    hosting = [{"session_id": id_, "user_id": host_id, "role": Role.HOST} for id_ in ids]
    db.session.execute(insert(Participant), hosting)
    reminders.plan(ids)
    renew_next(series_id)
    tell_each("created", these(ids), members_changed=[host_id])
    return sessions.details(ids[0], host_id)


def times_of(start_time: datetime, rrule: str | None, timezone: str | None) -> Sequence[datetime]:
    """When sessions planned like this would begin."""
    sessions.check_start_time({"start_time": start_time})
    if rrule is None or timezone is None:
        return [start_time]
    return repeated(rrule, timezone, start_time)


def add_series(rrule: str, timezone: str) -> UUID:
    series = Series(id=uuid4(), rrule=rrule, timezone=timezone)
    db.session.add(series)
    db.session.flush()
    return series.id
