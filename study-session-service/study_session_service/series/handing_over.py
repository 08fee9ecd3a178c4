"""RULES: the host hands over a session of a series, or several at once."""

from uuid import UUID

from sqlalchemy import String, Uuid, any_, bindparam, update

from chassis.clock import rfc3339
from chassis.data import statements
from study_session_service import lifecycle, participation
from study_session_service.models import Participant, Role, db
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.participation import NotAParticipant
from study_session_service.series.scope import Scope, is_going_on, lock_rows, locked, require_host
from study_session_service.series.writing import IDS, tell_each, write_each
from study_session_service.visibility import see

ROLE = (
    update(Participant)
    .where(
        Participant.session_id == any_(IDS),
        Participant.user_id == bindparam("user_id", type_=Uuid),
    )
    .values(role=bindparam("role", type_=String))
)


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
