"""Series of sessions on the wire: preview, list, join and leave."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validates_schema

from chassis.auth.authorization import caller, caller_or_none, optional, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Choice, Instant, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery
from chassis.web.rest import Blueprint
from study_session_service.api.examples import PLAN
from study_session_service.api.fields import RRULE, TIME_ZONE, require_zone
from study_session_service.api.sessions import StudySessionPage
from study_session_service.lifecycle import SessionCancelled, SessionEnded
from study_session_service.lists import When
from study_session_service.participation import (
    JoinedSessionLimitReached,
    RemovedByHost,
    TransferRequired,
)
from study_session_service.repetition import InvalidRecurrence
from study_session_service.series import joining, listing, opening
from study_session_service.series.joining import Outcome
from study_session_service.series.scope import Scope
from study_session_service.visibility import SeenSession

blueprint = Blueprint("series")


class StudySessionPlan(Body):
    """When a session is planned, and how it repeats."""

    start_time = Instant(required=True)
    rrule = RRULE
    timezone = TIME_ZONE

    @validates_schema
    def _both_or_none(self, data: dict[str, Any], **kwargs: Any) -> None:
        require_zone(data)


class StudySessionDates(Answer):
    """When sessions planned like this would begin."""

    start_times = fields.List(Instant(), required=True)


class SeriesQuery(PageQuery):
    when = Choice(When, load_default=When.UPCOMING)


class SeriesLeave(Body):
    scope = Choice(
        Scope,
        load_default=Scope.FUTURE,
        metadata={"description": "From this one on, the default; or all that are not over."},
    )


class SeriesJoin(SeriesLeave):
    waitlist = Boolean(
        load_default=False, metadata={"description": "Wait for a seat where there is none."}
    )
    join_code = Text(
        20, load_default=None, allow_none=True, metadata={"description": "Opens a private series."}
    )


class SeriesPart(Answer):
    """What you are in one session of the series, or why not."""

    session_id = fields.UUID(required=True)
    start_time = Instant(required=True)
    outcome = Choice(
        Outcome,
        required=True,
        metadata={
            "description": "You have a seat, or wait for one; it is full; the host has removed you."
        },
    )
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "In the waitlist, counted from 1."},
    )


class SeriesParts(Answer):
    """What came of it in each session that is not over: 366 at most, earliest first."""

    items = fields.List(fields.Nested(SeriesPart), required=True)


@blueprint.post("/api/study-sessions/preview", "preview_study_sessions")
@signed_in
@blueprint.arguments(StudySessionPlan, example=PLAN)
@blueprint.response(200, StudySessionDates)
@blueprint.raises(InvalidRecurrence)
def preview_study_sessions(body: dict[str, Any]) -> dict[str, Any]:
    """Preview when sessions planned like this would begin; none is made."""
    rule = {name: body.get(name) for name in ("rrule", "timezone")}
    return {"start_times": opening.times_of(body["start_time"], **rule)}


@blueprint.get("/api/study-sessions/<uuid:session_id>/series", "list_series_sessions")
@optional
@blueprint.arguments(SeriesQuery, location="query")
@blueprint.response(200, StudySessionPage)
def list_series_sessions(query: dict[str, Any], session_id: UUID) -> Page[SeenSession]:
    """List the sessions of its series that you may see, earliest first; with `when=past`, newest first."""
    viewer = caller_or_none()
    return listing.of_series(session_id, viewer.id if viewer else None, **query)


@blueprint.post("/api/study-sessions/<uuid:session_id>/series/join", "join_series")
@signed_in
@idempotent
@blueprint.arguments(SeriesJoin, required=False)
@blueprint.response(200, SeriesParts)
@blueprint.raises(SessionEnded, SessionCancelled, RemovedByHost, JoinedSessionLimitReached)
def join_series(body: dict[str, Any], session_id: UUID) -> dict[str, Any]:
    """Join the sessions of its series, each that has a seat; or also the waitlists of the others."""
    return {"items": joining.join(session_id, caller().id, **body)}


@blueprint.post("/api/study-sessions/<uuid:session_id>/series/leave", "leave_series")
@signed_in
@blueprint.arguments(SeriesLeave, required=False)
@blueprint.response(204)
@blueprint.raises(TransferRequired)
def leave_series(body: dict[str, Any], session_id: UUID) -> None:
    """Give up your seats, and your positions on waitlists, in the sessions of its series."""
    joining.leave(session_id, caller().id, **body)
