"""RULES: open a session, change it, find those of a person."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, null, select

from chassis.clock import now, rfc3339
from chassis.data.keyset import after_bound, after_values
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, invalid
from chassis.pages import Page, cut
from chassis.versions import ExpectedVersion
from study_session_service import cache, join_codes, lifecycle, reminders, rooms, seats
from study_session_service.geometry import Point, approximate, rounded
from study_session_service.lists import ANNOUNCED, HAS_STATUS, IN_LISTS, STATUSES, When, in_order
from study_session_service.models import (
    LocationVisibility,
    Participant,
    Role,
    Series,
    Status,
    StudySession,
    Visibility,
    Waiting,
    db,
)
from study_session_service.notifications import Kind, notify, people_in
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.visibility import (
    IS_MINE,
    MINE,
    POSITION,
    VIEWER,
    SeenSession,
    see,
    seen_in,
)

# A host whose session begins now takes some minutes to describe it.
LATE = timedelta(minutes=5)
AHEAD = timedelta(days=365)
SERIES_AHEAD = timedelta(days=731)  # two years, one of them a leap year
CHANGEABLE_WHILE_LIVE = frozenset({"title", "subject", "description"})
KEPT_DETAILS = tuple(
    column.key
    for column in StudySession.__table__.columns
    if column.key not in {"join_code", "is_open", "ends_at"}
)
ROSTER = 50


class OwnRole(StrEnum):
    """What a person is in a session of theirs."""

    HOST = Role.HOST.value
    PARTICIPANT = Role.PARTICIPANT.value
    WAITING = "waiting"


OWN_FILTERS: Mapping[str, ColumnElement[bool]] = {
    **ANNOUNCED,
    "role": Participant.role == bindparam("role"),
}

RULE = select(Series.id, Series.rrule, Series.timezone).where(
    Series.id == bindparam("series_id", type_=Uuid)
)
AWAITED = StudySession.id.in_(select(Waiting.session_id).where(Waiting.user_id == VIEWER))


class NotChangeable(Conflict):
    """The session cannot be changed like this in its present status."""

    code = "not_changeable"


class CapacityBelowParticipants(Conflict):
    """There are more participants than that."""

    code = "capacity_below_participants"


class HostedSessionLimitReached(LimitReached):
    """You host as many sessions as one person may; `most` is how many, open or opened today."""

    code = "hosted_session_limit_reached"
    most = 1000


def create(host_id: UUID, announced: Mapping[str, Any]) -> SeenSession:
    """Open a session; its host has the first seat."""
    check_start_time(announced)
    require_room_to_host(host_id)
    session = StudySession(host_id=host_id, current_participants=1, **announced)
    derive(session)
    db.session.add(session)
    db.session.flush()
    db.session.add(Participant(session_id=session.id, user_id=host_id, role=Role.HOST))
    db.session.flush()
    reminders.plan([session.id])
    rooms.record(session.id, "created", session, members_changed=[host_id])
    return details(session.id, host_id)


def require_room_to_host(host_id: UUID, more: int = 1) -> None:
    """`HostedSessionLimitReached` if the person would host too many with so many more."""
    # Cancelled ones are counted for a day, so that cancelling makes no room for as many again.
    at = now()
    hosted = select(StudySession.id).where(
        StudySession.host_id == host_id,
        (StudySession.is_open & (StudySession.ends_at > at))
        | (StudySession.created_at > at - timedelta(days=1)),
    )
    require_room(db.session, HostedSessionLimitReached, hosted, of=host_id, more=more)


def change(
    session_id: UUID, host_id: UUID, expected: ExpectedVersion, changes: Mapping[str, Any]
) -> SeenSession:
    """Change what was announced, if this version is still the present one."""
    session = lifecycle.hosted(session_id, host_id, expected=expected)
    lifecycle.require_open(session)
    _check_changeable(session, changes)
    start_time, seats_before = session.start_time, session.max_participants
    for name, value in changes.items():
        setattr(session, name, value)
    derive(session)
    # Now it is not as the others of its series.
    session.detached = session.series_id is not None
    session.version += 1
    db.session.flush()
    seq = rooms.record(session_id, "updated", session)
    if session.start_time != start_time:
        reminders.replan([session_id])
        kind, people, before = Kind.SESSION_MOVED, people_in(session_id), rfc3339(start_time)
        notify(session, kind, people, seq, actor=host_id, previous_starts_at=before)
    if session.max_participants > seats_before:
        seats.promote(session_id)
    return details(session_id, host_id)


def mine(
    user_id: UUID,
    when: When,
    role: OwnRole | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[SeenSession]:
    """The sessions the person has a seat in, or waits for one: those to come, earliest first, or past ones,
    newest first.
    """
    at = now()
    waits = role == OwnRole.WAITING
    given = {"role": None if waits else role, "since": since, "until": until}
    filters = {name: value for name, value in given.items() if value is not None}
    query = _own(when, frozenset(filters), waits=waits, follows=bool(cursor))
    values = {"viewer_id": user_id, "at": at, "statuses": sorted(STATUSES[when])}
    start = after_values(cursor, [datetime, UUID])
    rows = fetch(query, {**values, **filters, **start, "limit": limit + 1})
    return cut([seen_in(row, IN_LISTS, at, row.position) for row in rows], limit, in_order)


@functools.cache
def _own(
    when: When, filters: frozenset[str], *, waits: bool, follows: bool
) -> Select[*tuple[Any, ...]]:
    """The statement for a person's own sessions."""
    is_past = when == When.PAST
    order = [StudySession.start_time, StudySession.id]
    query = (
        select(
            *columns_of(StudySession, IN_LISTS),
            *MINE,
            (POSITION if waits else null()).label("position"),
        )
        .outerjoin_from(StudySession, Participant, IS_MINE)
        .where(AWAITED if waits else Participant.is_active, HAS_STATUS)
        .where(*(OWN_FILTERS[name] for name in sorted(filters)))
        .order_by(*(column.desc() if is_past else column for column in order))
        .limit(bindparam("limit", type_=Integer))
    )
    return query.where(after_bound(order, descending=is_past)) if follows else query


def details(session_id: UUID, viewer_id: UUID | None, origin: Point | None = None) -> SeenSession:
    """The session as this person sees it, for those inside with its first participants."""
    seen = see(session_id, viewer_id, origin)
    if series_id := seen.session.series_id:
        [rule] = fetch(RULE, {"series_id": series_id})
        seen = replace(seen, series=rule)
    return replace(seen, participants=_roster(seen.session)) if seen.is_inside else seen


def check_start_time(announced: Mapping[str, Any], *, in_series: bool = False) -> None:
    """`Invalid` if a session would begin in the past, or too far ahead."""
    start = announced.get("start_time")
    if start and start < now() - LATE:
        raise invalid("start_time", "Lies in the past.")
    if start and in_series and start > now() + SERIES_AHEAD:
        raise invalid("start_time", "Lies more than two years ahead.")
    if start and not in_series and start > now() + AHEAD:
        raise invalid("start_time", "Lies more than a year ahead.")


def derive(session: StudySession | SessionRow) -> None:
    """Fill in what follows from the rest: the stored point, the approximate one, the join code."""
    point = rounded(Point(session.latitude, session.longitude))
    session.latitude, session.longitude = point.latitude, point.longitude
    hidden = session.location_visibility == LocationVisibility.APPROXIMATE
    shown = approximate(point) if hidden else None
    session.approximate_latitude = shown.latitude if shown else None
    session.approximate_longitude = shown.longitude if shown else None
    if session.visibility != Visibility.PRIVATE:
        session.join_code = None
    # A code stays when other things change: it has been sent to people.
    elif not session.join_code:
        session.join_code = join_codes.new()


def _roster(session: SessionRow) -> Sequence[Any]:
    key = cache.session_key(session.id)
    if kept := cache.get(key, session.last_seq):
        rows = kept["participants"]
        return [SimpleNamespace(**cache.deserialize(Participant, row)) for row in rows]
    found = seats.participants(session.id, ROSTER)
    # Only the participants are read back: for its number, the session's row was read anyway.
    kept = {
        "session": cache.serialize(session, KEPT_DETAILS),
        "participants": [cache.serialize(participant, seats.KEPT) for participant in found],
    }
    cache.put(key, session.last_seq, cache.SESSION_LIFETIME, kept)
    return found


def _check_changeable(session: StudySession, changes: Mapping[str, Any]) -> None:
    fixed = sorted(set(changes) - CHANGEABLE_WHILE_LIVE)
    if session.status == Status.LIVE and fixed:
        raise NotChangeable(
            f"A live session can only change: {', '.join(sorted(CHANGEABLE_WHILE_LIVE))}.",
            session_status=session.status,
            errors=[{"pointer": f"/{name}", "detail": "Fixed once live."} for name in fixed],
        )
    if changes.get("max_participants", session.max_participants) < session.current_participants:
        raise CapacityBelowParticipants(f"There are {session.current_participants} participants.")
    check_start_time(changes, in_series=session.series_id is not None)
