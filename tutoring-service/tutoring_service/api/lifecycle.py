"""Starting, completing and cancelling sessions."""

from typing import Any

from chassis.auth.authorization import caller, signed_in
from chassis.errors import DeadlinePassed, InvalidTransition, TooEarly
from chassis.web.fields import Body, Choice, Text
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service.api.changes import SCOPE
from tutoring_service.api.scheduling import Topics
from tutoring_service.api.sessions import PATH, TutoringSession, versioned
from tutoring_service.scheduling import lifecycle
from tutoring_service.states import Scope

blueprint = Blueprint("session-lifecycle")


class Completion(Body):
    topics_covered = Topics(load_default=None, allow_none=True)


class Cancellation(Body):
    scope = Choice(Scope, load_default=Scope.THIS, metadata={"description": SCOPE})
    reason = Text(500, load_default=None, allow_none=True)


@blueprint.post(f"{PATH}/start", "start_tutoring_session")
@signed_in
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(InvalidTransition, TooEarly)
def start_tutoring_session(session_id: int) -> Any:
    """Start a session, from 15 minutes before it begins."""
    return versioned(lifecycle.start(caller(), session_id))


@blueprint.post(f"{PATH}/complete", "complete_tutoring_session")
@signed_in
@blueprint.arguments(Completion, required=False, bounds=BodyBounds(128 * 1024))
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(InvalidTransition, TooEarly)
def complete_tutoring_session(body: dict[str, Any], session_id: int) -> Any:
    """Complete a session, from when it begins."""
    return versioned(lifecycle.complete(caller(), session_id, body["topics_covered"]))


@blueprint.post(f"{PATH}/cancel", "cancel_tutoring_session")
@signed_in
@blueprint.arguments(Cancellation, required=False)
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(InvalidTransition, DeadlinePassed)
def cancel_tutoring_session(body: dict[str, Any], session_id: int) -> Any:
    """Cancel a session, or what is still to come of its series."""
    return versioned(lifecycle.cancel(caller(), session_id, **body))
