"""Changing sessions."""

from typing import Any

from chassis.auth.authorization import caller, signed_in
from chassis.versions import ExpectedVersion
from chassis.web.conditional import if_match
from chassis.web.fields import Body, Boolean, Choice, Integer, LocalDate, Name
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service.api.scheduling import Details, Topics
from tutoring_service.api.sessions import PATH, TutoringSession, versioned
from tutoring_service.api.wall_time import LocalTime
from tutoring_service.availability import OutsideWorkingHours
from tutoring_service.checked_times import TooManyTimesChecked
from tutoring_service.history import SessionChangeLimitReached
from tutoring_service.scheduling import changes
from tutoring_service.scheduling.changes import NotChangeable, Wanted
from tutoring_service.scheduling.conflicts import TimeConflict
from tutoring_service.states import Priority, Scope, SessionMode

blueprint = Blueprint("session-changes")
SCOPE = "Of a series: this occurrence, this and the following, or all that are still to come."


class ChangeOptions(Body):
    """For which occurrences a change is meant, and whether it may leave the working hours."""

    scope = Choice(Scope, load_default=Scope.THIS, metadata={"description": SCOPE})
    force = Boolean(
        load_default=False, metadata={"description": "Also to outside your working hours."}
    )


class TutoringSessionReplacement(Details, ChangeOptions):
    session_date = LocalDate(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    topics_covered = Topics()


class TutoringSessionChanges(ChangeOptions):
    session_date = LocalDate()
    start_time = LocalTime()
    end_time = LocalTime()
    topics = Topics()
    topics_covered = Topics()
    session_mode = Choice(SessionMode)
    location = Name(255, allow_none=True)
    whiteboard_id = Integer(1, allow_none=True)
    priority_level = Choice(Priority)
    notification_enabled = Boolean()
    alarm_enabled = Boolean()
    alarm_before_minutes = Integer(0, 10080)
    is_featured = Boolean()


@blueprint.put(PATH, "replace_tutoring_session")
@signed_in
@if_match
@blueprint.arguments(TutoringSessionReplacement, bounds=BodyBounds(256 * 1024))
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(
    TimeConflict,
    OutsideWorkingHours,
    NotChangeable,
    SessionChangeLimitReached,
    TooManyTimesChecked,
)
def replace_tutoring_session(
    body: dict[str, Any], session_id: int, expected: ExpectedVersion
) -> Any:
    """Replace what can be changed of a session, or of its series."""
    return _change(body, session_id, expected)


@blueprint.patch(PATH, "update_tutoring_session")
@signed_in
@if_match
@blueprint.arguments(TutoringSessionChanges, bounds=BodyBounds(256 * 1024))
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(
    TimeConflict,
    OutsideWorkingHours,
    NotChangeable,
    SessionChangeLimitReached,
    TooManyTimesChecked,
)
def update_tutoring_session(
    body: dict[str, Any], session_id: int, expected: ExpectedVersion
) -> Any:
    """Update a session, or its series."""
    return _change(body, session_id, expected)


def _change(body: dict[str, Any], session_id: int, expected: ExpectedVersion) -> Any:
    scope, force = body.pop("scope"), body.pop("force")
    wanted = Wanted(body, scope, force)
    return versioned(changes.change(caller(), session_id, expected, wanted))
