"""RULES: the host changes a session of a series, or moves several to another time of day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update

from chassis.clock import now, rfc3339
from chassis.data import statements
from chassis.errors import invalid
from chassis.versions import ExpectedVersion
from study_session_service import join_codes, lifecycle, reminders, sessions
from study_session_service.models import Status, StudySession, Visibility, db
from study_session_service.notifications import Happening, Kind, notify_once, people_in_each
from study_session_service.repetition import at_wall_time, zone_of
from study_session_service.rows import SessionRow, fetch
from study_session_service.series.next_session import renew_next
from study_session_service.series.opening import add_series
from study_session_service.series.scope import (
    Scope,
    hosted_ahead,
    lock_within,
    locked,
    require_host,
)
from study_session_service.series.seats import promote
from study_session_service.series.writing import ARE_GIVEN, tell_each, write_each
from study_session_service.sessions import CapacityBelowParticipants, NotChangeable
from study_session_service.visibility import SeenSession, see

DERIVED = ("latitude", "longitude", "approximate_latitude", "approximate_longitude", "join_code")
MOVE = (
    update(StudySession)
    .where(ARE_GIVEN)
    .values(
        series_id=bindparam("series_id", type_=Uuid),
        # Nothing that is said of the session has changed.
        updated_at=StudySession.updated_at,
    )
)


def change(
    session_id: UUID,
    host_id: UUID,
    expected: ExpectedVersion,
    changes: Mapping[str, Any],
    scope: Scope = Scope.THIS,
) -> SeenSession:
    """Change what was announced of the session, or of several of its series.

    Of a series, this and the `future` ones become a series of their own, or `all` that have not begun are
    changed; what was changed by itself stays as it is. Together they can only be moved to another time of
    day.
    """
    session = see(session_id, host_id).session
    if session.series_id is None:
        return sessions.change(session_id, host_id, expected, changes)
    if scope == Scope.THIS:
        return _change_alone(session, host_id, expected, changes)
    session, open_ones = locked(session_id, host_id, scope)
    require_host(session, host_id)
    expected.check(session.version)
    lifecycle.require_open(session)
    if session.status_at(now()) == Status.LIVE:
        raise NotChangeable("It is live: change the next one.", session_status=Status.LIVE)
    changed = [
        each
        for each in hosted_ahead(open_ones, host_id)
        if not each.detached or each.id == session_id
    ]
    _check_seats(changed, changes)
    before = {each.id: each.start_time for each in changed}
    starts = _moved(session, changed, changes.get("start_time"))
    seats_before = {each.id: each.max_participants for each in changed}
    if scope == Scope.FUTURE:
        _split(session, open_ones)
    code = join_codes.new()
    for each, start in zip(changed, starts, strict=True):
        for name, value in changes.items():
            setattr(each, name, value)
        each.start_time = start
        if each.visibility == Visibility.PRIVATE and not each.join_code:
            each.join_code = code
        sessions.derive(each)
    written = write_each(changed, [*changes, "start_time", *DERIVED])
    renew_next(*{session.series_id, *(each.series_id for each in changed)})
    tell_each("updated", written)
    moved = [each for each in written if each.start_time != before[each.id]]
    reminders.replan([each.id for each in moved])
    people = people_in_each([each.id for each in moved])
    happenings = [
        Happening(
            each, each.last_seq, people[each.id], {"previous_starts_at": rfc3339(before[each.id])}
        )
        for each in moved
    ]
    notify_once(Kind.SESSION_MOVED, happenings, actor=host_id)
    promote([each.id for each in written if each.max_participants > seats_before[each.id]])
    return sessions.details(session_id, host_id)


def _change_alone(
    session: SessionRow, host_id: UUID, expected: ExpectedVersion, changes: Mapping[str, Any]
) -> SeenSession:
    """Change one of a series. All are locked: it may no longer be the next, or another may be."""
    lock_within(session, Scope.ALL)
    changed = sessions.change(session.id, host_id, expected, changes)
    renew_next(session.series_id)
    return changed


def _check_seats(changed: Sequence[SessionRow], changes: Mapping[str, Any]) -> None:
    for each in changed:
        if changes.get("max_participants", each.max_participants) < each.current_participants:
            raise CapacityBelowParticipants(
                f"There are {each.current_participants} participants.",
                session_id=str(each.id),
                starts_at=rfc3339(each.starts_at),
            )


def _moved(
    session: SessionRow, changed: Sequence[SessionRow], start_time: datetime | None
) -> Sequence[datetime]:
    """When the sessions begin after the change."""
    # Sent as it is: one that the clocks have moved does not take the others with it.
    if start_time in (None, session.start_time):
        return [each.start_time for each in changed]
    sessions.check_start_time({"start_time": start_time}, in_series=True)
    [rule] = fetch(sessions.RULE, {"series_id": session.series_id})
    zone = zone_of(rule.timezone)
    before, after = session.start_time.astimezone(zone), start_time.astimezone(zone)
    if before.date() != after.date():
        raise invalid(
            "start_time", "Several sessions can only be moved to another time of the same day."
        )
    moved = [
        start_time
        if each.id == session.id
        else at_wall_time(each.start_time, after.time(), rule.timezone)
        for each in changed
    ]
    # With `all` another may be that of today, whose new hour is over.
    if any(start < now() - sessions.LATE for start in moved):
        raise invalid("start_time", "One of the sessions would begin before now.")
    return moved


def _split(session: SessionRow, going: Sequence[SessionRow]) -> None:
    """Give these sessions a series of their own, unless the series begins with them."""
    earlier = select(StudySession.id).where(
        StudySession.series_id == session.series_id,
        StudySession.start_time < session.start_time,
    )
    if db.session.scalar(earlier.limit(1)) is None:
        return
    [rule] = fetch(sessions.RULE, {"series_id": session.series_id})
    own_id = add_series(rule.rrule, rule.timezone)
    for each in going:
        each.series_id = own_id
    values = {"ids": [each.id for each in going], "series_id": own_id}
    statements.execute(db.session, MOVE, values)
