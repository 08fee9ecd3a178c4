"""RULES: which sessions a search leaves out, in SQL."""

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from chassis.data.search import INDEXED, says
from study_session_service.lists import ANNOUNCED, AT
from study_session_service.models import (
    WORDS,
    WORDS_FOR_ALL,
    LocationVisibility,
    Participant,
    StudySession,
    Visibility,
)

# No index finds mere punctuation: so many open sessions are read for it.
SCANNED = 1000
# Literally, so that the partial indexes that name it serve any prepared statement.
IS_PUBLIC = StudySession.visibility == literal_column(f"'{Visibility.PUBLIC}'")
SAID = literal_column(WORDS, String)
# Compared outside of the limit, where nothing but these is read.
FIRST = (
    select(StudySession.id, SAID.label("said"))
    .where(IS_PUBLIC, StudySession.is_open)
    .order_by(StudySession.start_time, StudySession.id)
    .limit(SCANNED)
    .subquery()
)
FILTERS: dict[str, ColumnElement[bool]] = {
    **ANNOUNCED,
    "subject": func.search_key(StudySession.subject) == bindparam("subject", type_=String),
    "session_type": StudySession.session_type == bindparam("session_type"),
    "mode": StudySession.mode == bindparam("mode"),
    "has_space": (StudySession.current_participants < StudySession.max_participants)
    == bindparam("has_space", type_=Boolean),
    "host_id": StudySession.host_id == bindparam("host_id"),
}


def _said_to_viewer(count: int) -> ColumnElement[bool]:
    """What a location is called is found by those who see exactly where it is; the rest by anyone.

    The index on words finds all that is said, and this is asked of what was found.
    """
    return or_(
        StudySession.location_visibility == literal_column(f"'{LocationVisibility.EXACT}'"),
        Participant.is_active,
        says(literal_column(WORDS_FOR_ALL, String), count),
    )


for number in range(1, INDEXED + 2):
    first = StudySession.id.in_(select(FIRST.c.id).where(says(FIRST.c.said, number)))
    FILTERS[f"words {number}"] = and_(says(SAID, number), _said_to_viewer(number))
    FILTERS[f"signs {number}"] = and_(first, _said_to_viewer(number))


NEXT_AT = {
    has_since: or_(
        StudySession.next_from.is_(None),
        StudySession.next_from <= (func.greatest(AT, bindparam("since")) if has_since else AT),
    )
    for has_since in (False, True)
}
