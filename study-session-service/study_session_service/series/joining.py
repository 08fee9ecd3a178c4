"""RULES: people join several sessions of a series at once, and leave them; the host removes people.

What a person asks for is done in every session where it can be done, and the answer says what came of it in
each. The sessions are locked first, in one order, so what is seen of them holds until the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.clock import now
from chassis.data.limits import counting
from chassis.errors import NotFound
from study_session_service import join_codes, lifecycle, participation
from study_session_service.models import db
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.participation import JOINED, JoinedSessionLimitReached, TransferRequired
from study_session_service.rows import SessionRow
from study_session_service.seats import in_turn
from study_session_service.series import seats
from study_session_service.series.scope import Scope, is_going_on, require_host
from study_session_service.visibility import SeenSession, look, see


class Outcome(StrEnum):
    """What came of asking for a seat in one session of a series."""

    JOINED = "joined"
    WAITING = "waiting"
    FULL = "full"
    REFUSED = "refused"


@dataclass(frozen=True)
class Part:
    """What the person is in one session of the series afterwards, or why not."""

    session_id: UUID
    start_time: datetime
    outcome: Outcome
    position: int | None = None


def join(
    session_id: UUID,
    user_id: UUID,
    scope: Scope,
    *,
    join_code: str | None = None,
    waitlist: bool = False,
) -> Sequence[Part]:
    """Take a seat in each session that is meant and is not over, or with `waitlist` wait where there is none.

    Sessions that are secret to the person are passed over. Joining twice is joining once.
    """
    in_turn(user_id)
    asked = look(session_id, user_id)
    participation.admit(asked, join_code)
    known = [
        each
        for each in seats.lock_seen(asked.session, scope, user_id)
        if _is_open_to(each, join_code)
    ]
    if not known:
        lifecycle.require_open(asked.session)
        raise NotFound
    outcomes = {each.session.id: _outcome(each, waitlist=waitlist) for each in known}
    new = {
        outcome: [
            each.session.id
            for each in known
            if outcomes[each.session.id] == outcome and not (each.is_inside or each.position)
        ]
        for outcome in (Outcome.JOINED, Outcome.WAITING)
    }
    _require_room(user_id, sum(map(len, new.values())))
    seats.take(new[Outcome.JOINED], user_id)
    positions = seats.wait(new[Outcome.WAITING], user_id)
    return [
        Part(
            each.session.id,
            each.session.start_time,
            outcomes[each.session.id],
            each.position or positions.get(each.session.id),
        )
        for each in known
    ]


def leave(session_id: UUID, user_id: UUID, scope: Scope) -> None:
    """Give up the seats, and the waits for one, in the sessions that are meant and are not over."""
    session = see(session_id, user_id).session
    if session.series_id is None or scope == Scope.THIS:
        participation.leave(session_id, user_id)
        return
    in_turn(user_id)
    own = seats.lock_seen(session, scope, user_id)
    if any(each.is_inside and each.session.host_id == user_id for each in own):
        raise TransferRequired
    released = seats.release([each.session.id for each in own if each.is_inside], user_id)
    happenings = [Happening(each, each.last_seq, [each.host_id]) for each in released]
    notify_once(Kind.PERSON_LEFT, happenings, actor=user_id, removed=False)
    seats.stop_waiting([each.session.id for each in own if each.position], user_id)
    seats.promote([each.id for each in released])


def remove(
    session_id: UUID,
    host_id: UUID,
    user_id: UUID,
    reason: str | None = None,
    scope: Scope = Scope.THIS,
) -> None:
    """Send a participant away for good from the session, or from several of its series that are not over; a
    private series gets another code. They are told once, and the reason.
    """
    session = see(session_id, host_id).session
    if session.series_id is None or not is_going_on(session):
        participation.remove(session_id, host_id, user_id, reason)
        return
    in_turn(user_id)
    # All of the series: they have one code.
    everywhere = seats.lock_seen(session, Scope.ALL, user_id)
    session = see(session_id, host_id).session
    require_host(session, host_id)
    meant = [each for each in everywhere if _is_meant(each, session, scope)]
    theirs = [each for each in meant if each.mine or each.position]
    if not any(each.mine for each in meant):
        raise NotFound
    if user_id == host_id:
        raise TransferRequired
    was_removed = all(each.mine and each.mine.removed_at for each in meant)
    released = seats.release(
        [each.session.id for each in theirs if each.is_inside], user_id, removed=True
    )
    # Also out of those in which they never were.
    seats.keep_out([each.session.id for each in meant], user_id)
    waited = [each for each in theirs if each.position]
    seats.stop_waiting([each.session.id for each in waited], user_id)
    numbers = {each.id: each.last_seq for each in released}
    told = [each.session for each in theirs if each.is_inside or each.position]
    happenings = [Happening(each, numbers.get(each.id, 0), [user_id]) for each in told]
    notify_once(Kind.REMOVED, happenings, actor=host_id, reason=reason)
    seats.promote([each.id for each in released])
    # Removed again, they do not know the present one.
    if not was_removed:
        join_codes.renew(
            *(each.session.id for each in everywhere if each.session.host_id == host_id)
        )


def _is_open_to(seen: SeenSession, join_code: str | None) -> bool:
    """Whether the person knows of the session, or has the code that opens it."""
    if seen.is_known or (seen.mine and seen.mine.removed_at):
        return True
    return not seen.is_out_of_reach and join_codes.opens(join_code, seen.session.join_code)


def _outcome(seen: SeenSession, *, waitlist: bool) -> Outcome:
    if seen.is_inside:
        return Outcome.JOINED
    if seen.mine and seen.mine.removed_at:
        return Outcome.REFUSED
    if seen.position:
        return Outcome.WAITING
    if seen.session.seats_left:
        return Outcome.JOINED
    return Outcome.WAITING if waitlist else Outcome.FULL


def _require_room(user_id: UUID, more: int) -> None:
    """`JoinedSessionLimitReached` if the person would have joined too many; then none is joined."""
    most = JoinedSessionLimitReached.most
    joined = counting(JOINED)
    values = {"viewer_id": user_id, "at": now(), "most": most}
    if more and db.session.execute(joined, values).scalar_one() + more > most:
        raise JoinedSessionLimitReached


def _is_meant(seen: SeenSession, session: SessionRow, scope: Scope) -> bool:
    """Whether the host of the session means this one, too."""
    each = seen.session
    if each.id == session.id:
        return True
    if scope == Scope.THIS or each.host_id != session.host_id:
        return False
    return scope == Scope.ALL or each.start_time >= session.start_time
