"""Changing sessions."""

from typing import Any

from chassis.auth.authorization import caller, signed_in
from chassis.versions import ExpectedVersion
from chassis.web.conditional import if_match
from chassis.web.fields import Body, Boolean, Choice, Integer, Query, Text
from chassis.web.rest import Blueprint
from tutoring_service import changes
from tutoring_service.api.scheduling import Details, Topics
from tutoring_service.api.sessions import PATH, TutoringSession, versioned
from tutoring_service.api.wall_time import LocalDate, LocalTime
from tutoring_service.availability import OutsideWorkingHours
from tutoring_service.booking import TimeConflict
from tutoring_service.changes import NotChangeable
from tutoring_service.states import Priority, Scope, SessionMode

blueprint = Blueprint("session-changes")


class TutoringSessionReplacement(Details):
    session_date = LocalDate(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    topics_covered = Topics()


class TutoringSessionChanges(Body):
    session_date = LocalDate()
    start_time = LocalTime()
    end_time = LocalTime()
    topics = Topics()
    topics_covered = Topics()
    session_mode = Choice(SessionMode)
    location = Text(255, allow_none=True)
    whiteboard_id = Integer(1, allow_none=True)
    priority_level = Choice(Priority)
    notification_enabled = Boolean()
    alarm_enabled = Boolean()
    alarm_before_minutes = Integer(0, 10080)
    is_featured = Boolean()


class ScopeQuery(Query):
    scope = Choice(
        Scope,
        load_default=Scope.THIS,
        metadata={
            "description": "Of a series: this occurrence, this and the following, or all that is to come."
        },
    )


class ChangeQuery(ScopeQuery):
    force = Boolean(
        load_default=False, metadata={"description": "Also to outside one's working hours."}
    )


@blueprint.put(PATH, "replace_tutoring_session")
@signed_in
@if_match
@blueprint.arguments(TutoringSessionReplacement)
@blueprint.arguments(ChangeQuery, location="query")
@blueprint.response(200, TutoringSession)
@blueprint.raises(TimeConflict, OutsideWorkingHours, NotChangeable)
def replace_tutoring_session(
    body: dict[str, Any], query: dict[str, Any], session_id: int, expected: ExpectedVersion
) -> Any:
    """Replace what can be changed of a session, or of its series."""
    return versioned(changes.change(caller(), session_id, expected, body, **query))


@blueprint.patch(PATH, "update_tutoring_session")
@signed_in
@if_match
@blueprint.arguments(TutoringSessionChanges)
@blueprint.arguments(ChangeQuery, location="query")
@blueprint.response(200, TutoringSession)
@blueprint.raises(TimeConflict, OutsideWorkingHours, NotChangeable)
def update_tutoring_session(
    body: dict[str, Any], query: dict[str, Any], session_id: int, expected: ExpectedVersion
) -> Any:
    """Update a session, or its series."""
    return versioned(changes.change(caller(), session_id, expected, body, **query))
