"""RULES: series of sessions: opened at once, and changed, cancelled or handed over together.

Each session of a series is one as all others, with its own seats, waitlist, conversation and status. What
concerns several locks them in the order of their ids, as everything that locks several sessions does. What is
live or over stays as it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache as once
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from chassis.clock import now, rfc3339
from chassis.data import statements
from chassis.data.keyset import after_bound, after_values
from chassis.errors import Forbidden, InvalidTransition, invalid
from chassis.pages import Page, cut
from chassis.versions import ExpectedVersion
from study_session_service import (
    cache,
    join_codes,
    lifecycle,
    participation,
    reminders,
    seats,
    sessions,
)
from study_session_service.lists import HAS_STATUS, IN_LISTS, STATUSES, When, in_order
from study_session_service.models import (
    Participant,
    Role,
    Series,
    Status,
    StudySession,
    Visibility,
    Waiting,
    db,
    messages,
)
from study_session_service.notifications import Happening, Kind, notify_once, people_in_each
from study_session_service.participation import NotAParticipant
from study_session_service.repetition import at_wall_time, repeated, zone_of
from study_session_service.rooms import KIND
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.sessions import CapacityBelowParticipants, NotChangeable
from study_session_service.visibility import (
    DETAILS,
    IS_MINE,
    MINE,
    OUT_OF_REACH,
    POSITION,
    SeenSession,
    see,
    seen_by,
)

IDS = bindparam("ids", type_=ARRAY(Uuid))
ARE_GIVEN = StudySession.id == any_(IDS)
# By its series and time, or itself.
IS_MEANT = or_(
    and_(
        StudySession.series_id == bindparam("series_id", type_=Uuid),
        StudySession.start_time >= bindparam("since", type_=DateTime(timezone=True)),
    ),
    StudySession.id == bindparam("session_id", type_=Uuid),
)
LOCK = (
    select(*columns_of(StudySession, DETAILS))
    .where(IS_MEANT, StudySession.is_open)
    .order_by(StudySession.id)
    # The weaker lock lets the foreign keys of new participants and messages through.
    .with_for_update(key_share=True)
)
LOCK_ROWS = (
    select(Participant.session_id, Participant.user_id, Participant.is_active)
    .join(StudySession, StudySession.id == Participant.session_id)
    .where(IS_MEANT, StudySession.is_open)
    .where(Participant.user_id == any_(bindparam("user_ids", type_=ARRAY(Uuid))))
    # In one order, so that no two wait for each other.
    .order_by(Participant.session_id, Participant.id)
    .with_for_update(key_share=True, of=Participant)
)
THESE = select(*columns_of(StudySession, DETAILS)).where(ARE_GIVEN)
MOVE = (
    update(StudySession)
    .where(ARE_GIVEN)
    .values(
        series_id=bindparam("series_id", type_=Uuid),
        # Nothing that is said of the session has changed.
        updated_at=StudySession.updated_at,
    )
)
ROLE = (
    update(Participant)
    .where(
        Participant.session_id == any_(IDS),
        Participant.user_id == bindparam("user_id", type_=Uuid),
    )
    .values(role=bindparam("role", type_=String))
)
DISMISSAL = (
    delete(Waiting)
    .where(Waiting.session_id == any_(IDS))
    .returning(Waiting.session_id, Waiting.user_id)
)
BEFORE = (
    select(
        StudySession.id,
        func.lag(StudySession.ends_at)
        .over(order_by=(StudySession.start_time, StudySession.id))
        .label("ends_at"),
    )
    .where(StudySession.series_id == bindparam("series_id", type_=Uuid))
    .where(StudySession.is_open, StudySession.hidden_at.is_(None))
    .where(StudySession.visibility == Visibility.PUBLIC)
    .subquery()
)
RENEWING = (
    update(StudySession)
    .where(StudySession.id == BEFORE.c.id)
    .where(StudySession.next_from.is_distinct_from(BEFORE.c.ends_at))
    .values(next_from=BEFORE.c.ends_at, updated_at=StudySession.updated_at)
)
AWAITED = select(Waiting.session_id).where(Waiting.session_id == any_(IDS)).distinct()
# `SeenSession.is_known`, as SQL.
IS_KNOWN = or_(
    Participant.is_active,
    POSITION.is_not(None),
    and_(
        ~OUT_OF_REACH,
        or_(
            StudySession.visibility != Visibility.PRIVATE,
            and_(Participant.id.is_not(None), Participant.removed_at.is_(None)),
        ),
    ),
)
# No session begins earlier, and none later.
BEGINNING, END = (datetime.fromisoformat(f"{year}-01-01T00:00Z") for year in (2000, 2200))


class Scope(StrEnum):
    """Which sessions of a series are meant."""

    THIS = "this"
    FUTURE = "future"
    ALL = "all"


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


def cancel(
    session_id: UUID, host_id: UUID, reason: str | None = None, scope: Scope = Scope.THIS
) -> None:
    """Cancel the session, or several of its series that have not begun. Cancelling again changes nothing."""
    session = see(session_id, host_id).session
    if session.series_id is None:
        lifecycle.cancel(session_id, host_id, reason)
        return
    if scope == Scope.THIS:
        # The next one is told that it is the next.
        lock_within(session, Scope.ALL)
        lifecycle.cancel(session_id, host_id, reason)
        renew_next(session.series_id)
        return
    session, open_ones = locked(session_id, host_id, scope)
    require_host(session, host_id)
    status = session.status_at(now())
    if status not in {Status.STARTING_SOON, Status.CANCELLED}:
        raise InvalidTransition(status, Status.CANCELLED)
    cancel_locked(hosted_ahead(open_ones, host_id), reason, actor=host_id)
    renew_next(session.series_id)


def cancel_locked(
    cancelled: Sequence[SessionRow], reason: str | None, *, actor: UUID | None = None
) -> None:
    """Cancel these locked sessions; each person is told once."""
    if not cancelled:
        return
    at = now()
    for each in cancelled:
        each.status, each.cancelled_at, each.cancellation_reason = Status.CANCELLED, at, reason
    written = write_each(cancelled, ["status", "cancelled_at", "cancellation_reason"])
    tell_each("cancelled", written)
    ids = [each.id for each in written]
    people = people_in_each(ids)
    for row in statements.execute(db.session, DISMISSAL, {"ids": ids}):
        people[row.session_id].append(row.user_id)
    happenings = [Happening(each, each.last_seq, people[each.id]) for each in written]
    notify_once(Kind.SESSION_CANCELLED, happenings, actor=actor, reason=reason)


def hand_over(session_id: UUID, host_id: UUID, to: UUID, scope: Scope = Scope.THIS) -> None:
    """Make another active participant the host of the session, or of several of its series."""
    session = see(session_id, host_id).session
    if session.series_id is None or scope == Scope.THIS or to == host_id:
        participation.hand_over(session_id, host_id, to)
        return
    # The participants' rows before those of the sessions, as everywhere.
    active = {
        row.session_id
        for row in lock_rows(session, scope, host_id, to)
        if row.user_id == to and row.is_active
    }
    session, open_ones = locked(session_id, host_id, scope)
    require_host(session, host_id)
    lifecycle.require_open(session)
    given = [each for each in open_ones if each.host_id == host_id and is_going_on(each)]
    for each in given:
        if each.id not in active:
            raise NotAParticipant(session_id=str(each.id), starts_at=rfc3339(each.starts_at))
    ids = [each.id for each in given]
    # A unique index allows one host at a time.
    for user_id, role in ((host_id, Role.PARTICIPANT), (to, Role.HOST)):
        values = {"ids": ids, "user_id": user_id, "role": role}
        statements.execute(db.session, ROLE, values)
    for each in given:
        each.host_id = to
    written = write_each(given, ["host_id"])
    tell_each("host_changed", written, members_changed=[host_id, to])
    happenings = [Happening(each, each.last_seq, [to]) for each in written]
    notify_once(Kind.MADE_HOST, happenings, actor=host_id)


def locked(
    session_id: UUID, user_id: UUID, scope: Scope
) -> tuple[SessionRow, Sequence[SessionRow]]:
    """The session as it is now, and the open ones of its series that are meant, locked; earliest first."""
    before = see(session_id, user_id).session
    found = lock_within(before, scope)
    session = see(session_id, user_id).session
    if (session.series_id, session.start_time) != (before.series_id, before.start_time):
        # Moved, or gone to another series, while this waited.
        return locked(session_id, user_id, scope)
    return session, found


def lock_within(session: SessionRow, scope: Scope) -> Sequence[SessionRow]:
    """The open sessions of the series that are meant, locked, as they are now; earliest first."""
    found = [SessionRow(**row._mapping) for row in fetch(LOCK, _meant(session, scope))]
    return sorted(found, key=lambda each: (each.start_time, each.id))


def lock_rows(session: SessionRow, scope: Scope, *user_ids: UUID) -> Sequence[Any]:
    """These people's rows in the sessions that `lock_within` locks; before it, never after."""
    values = {**_meant(session, scope), "user_ids": user_ids}
    return fetch(LOCK_ROWS, values)


def hosted_ahead(found: Sequence[SessionRow], host_id: UUID) -> Sequence[SessionRow]:
    """Those that the person hosts and that have not begun."""
    at = now()
    return [
        each
        for each in found
        if each.host_id == host_id and each.status_at(at) == Status.STARTING_SOON
    ]


def is_going_on(session: SessionRow) -> bool:
    """Whether it is live or yet to come."""
    return session.status_at(now()) in STATUSES[When.UPCOMING]


def require_host(session: SessionRow, user_id: UUID) -> None:
    """`Forbidden` unless this person is the host."""
    if session.host_id != user_id:
        raise Forbidden("Only the host may do this.", required="host")


def these(ids: Sequence[UUID]) -> Sequence[SessionRow]:
    """These sessions as they are now, earliest first."""
    found = [SessionRow(**row._mapping) for row in fetch(THESE, {"ids": ids})]
    return sorted(found, key=lambda each: (each.start_time, each.id))


def write_each(changed: Sequence[SessionRow], names: Sequence[str]) -> Sequence[SessionRow]:
    """Write these columns of the locked sessions, and number what happens; the sessions as they are then."""
    if not changed:
        return []
    at = now()
    rows = []
    for each in changed:
        each.version, each.last_seq, each.updated_at = each.version + 1, each.last_seq + 1, at
        all_names = {"id", "version", "last_seq", "updated_at", *names}
        rows.append({name: getattr(each, name) for name in all_names})
    db.session.execute(update(StudySession), rows)
    return these([each.id for each in changed])


def tell_each(
    event: str, happened: Sequence[SessionRow], *, members_changed: Sequence[UUID] = ()
) -> None:
    """Tell those who watch the sessions what has the number that each has now."""
    with messages.gathered():
        for each in happened:
            room = f"{KIND}:{each.id}"
            messages.publish_live(room, each.last_seq, event, each, members_changed=members_changed)
    cache.forget(*(each.id for each in happened))


def renew_next(*series_ids: UUID | None) -> None:
    """Write down when each session of these series becomes the next, after the open ones have changed.

    All of them are locked, or no one else knows of them yet.
    """
    db.session.flush()
    for series_id in series_ids:
        statements.execute(db.session, RENEWING, {"series_id": series_id})


def promote(session_ids: Sequence[UUID]) -> None:
    """Give the free seats of these locked sessions to their waitlists."""
    for row in sorted(fetch(AWAITED, {"ids": session_ids})):
        seats.promote(row.session_id)


DERIVED = ("latitude", "longitude", "approximate_latitude", "approximate_longitude", "join_code")


def _meant(session: SessionRow, scope: Scope) -> dict[str, Any]:
    """What `IS_MEANT` is bound to."""
    since = {Scope.THIS: END, Scope.FUTURE: session.start_time, Scope.ALL: BEGINNING}[scope]
    return {"series_id": session.series_id, "since": since, "session_id": session.id}


def _change_alone(
    session: SessionRow, host_id: UUID, expected: ExpectedVersion, changes: Mapping[str, Any]
) -> SeenSession:
    """Change one of a series. All are locked: it may no longer be the next, or another may be."""
    lock_within(session, Scope.ALL)
    changed = sessions.change(session.id, host_id, expected, changes)
    renew_next(session.series_id)
    return changed


def add_series(rrule: str, timezone: str) -> UUID:
    series = Series(id=uuid4(), rrule=rrule, timezone=timezone)
    db.session.add(series)
    db.session.flush()
    return series.id


@once
def _of_series(when: When, *, follows: bool, has_series: bool) -> Select[*tuple[Any, ...]]:
    is_past = when == When.PAST
    order = [StudySession.start_time, StudySession.id]
    is_of_it = (
        StudySession.series_id == bindparam("series_id", type_=Uuid)
        if has_series
        else StudySession.id == bindparam("session_id", type_=Uuid)
    )
    query = (
        select(
            *columns_of(StudySession, IN_LISTS),
            *MINE,
            POSITION.label("position"),
            OUT_OF_REACH.label("out_of_reach"),
        )
        .outerjoin_from(StudySession, Participant, IS_MINE)
        .where(is_of_it, HAS_STATUS, IS_KNOWN)
        .order_by(*(column.desc() if is_past else column for column in order))
        .limit(bindparam("limit", type_=Integer))
    )
    return query.where(after_bound(order, descending=is_past)) if follows else query


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
