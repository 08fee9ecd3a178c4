"""RULES: several locked sessions are written at once, and what happened is told in each."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, update

from chassis.clock import now
from study_session_service import cache
from study_session_service.models import StudySession, db, messages
from study_session_service.rooms import KIND
from study_session_service.rows import SessionRow, columns_of, earliest_first, fetch
from study_session_service.visibility import DETAILS

IDS = bindparam("ids", type_=ARRAY(Uuid))
ARE_GIVEN = StudySession.id == any_(IDS)
THESE = select(*columns_of(StudySession, DETAILS)).where(ARE_GIVEN)


def these(ids: Sequence[UUID]) -> Sequence[SessionRow]:
    """These sessions as they are now, earliest first."""
    return earliest_first(fetch(THESE, {"ids": ids}))


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
