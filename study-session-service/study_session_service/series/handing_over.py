"""RULES: the host hands over a session of a series, or several at once."""

from uuid import UUID

from sqlalchemy import String, Uuid, and_, any_, bindparam, select, update

from chassis.clock import rfc3339
from chassis.data import statements
from study_session_service import lifecycle, participation
from study_session_service.models import Participant, Role, db
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.participation import NotAParticipant
from study_session_service.rows import fetch
from study_session_service.seats import in_turn
from study_session_service.series.scope import Scope, is_going_on, locked, require_host
from study_session_service.series.writing import IDS, tell_each, write_each
from study_session_service.visibility import see

IS_THEIRS = and_(
    Participant.session_id == any_(IDS), Participant.user_id == bindparam("user_id", type_=Uuid)
)
ACTIVE = select(Participant.session_id).where(IS_THEIRS, Participant.is_active)
ROLE = update(Participant).where(IS_THEIRS).values(role=bindparam("role", type_=String))


def hand_over(session_id: UUID, host_id: UUID, to: UUID, scope: Scope = Scope.THIS) -> None:
    """Make another active participant the host of the session, or of several of its series."""
    session = see(session_id, host_id).session
    if session.series_id is None or scope == Scope.THIS or to == host_id:
        participation.hand_over(session_id, host_id, to)
        return
    in_turn(host_id, to)
    session, open_ones = locked(session_id, host_id, scope)
    require_host(session, host_id)
    lifecycle.require_open(session)
    given = [each for each in open_ones if each.host_id == host_id and is_going_on(each)]
    ids = [each.id for each in given]
    active = {row.session_id for row in fetch(ACTIVE, {"ids": ids, "user_id": to})}
    for each in given:
        if each.id not in active:
            raise NotAParticipant(session_id=str(each.id), starts_at=rfc3339(each.starts_at))
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
