"""Planning sessions, changing the plan, and answering whether to come."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.errors import InvalidTransition
from chassis.versions import ExpectedVersion
from chassis.web.conditional import etag, if_match
from chassis.web.fields import Answer, Body, Choice, Instant, Integer, Text
from chassis.web.rest import Blueprint
from havruta_service import models, plans
from havruta_service.api.examples import PLAN
from havruta_service.api.sessions import HavrutaSession, SessionPlan, Tagged
from havruta_service.havrutas import HavrutaArchived
from havruta_service.models import Rsvp
from havruta_service.plans import Scope
from havruta_service.repetition import InvalidRecurrence

blueprint = Blueprint("havruta-session-plans")


class HavrutaSessionChanges(Body):
    start_time = Instant(load_default=None)
    planned_minutes = Integer(5, 720, load_default=None)
    scope = Choice(Scope, load_default=Scope.THIS)


class HavrutaSessionCancellation(Body):
    scope = Choice(Scope, load_default=Scope.THIS)
    reason = Text(500, least=1, allow_none=True, load_default=None)


class RsvpAnswer(Body):
    answer = Choice(Rsvp, required=True)


class SessionDates(Answer):
    """When sessions planned like this would begin."""

    start_times = fields.List(Instant(), required=True)


class HavrutaSessionRsvp(Answer):
    """What a member answered to a planned session."""

    user_id = fields.UUID(required=True)
    answer = Choice(Rsvp, required=True)
    answered_at = Instant(required=True)


class HavrutaSessionRsvps(Answer):
    """Which members mean to come."""

    items = fields.List(fields.Nested(HavrutaSessionRsvp), required=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/sessions/preview", "preview_havruta_sessions")
@signed_in
@blueprint.arguments(SessionPlan, example=PLAN)
@blueprint.response(200, SessionDates)
@blueprint.raises(InvalidRecurrence)
def preview_havruta_sessions(body: dict[str, Any], havruta_id: UUID) -> dict[str, Any]:
    """Preview when sessions planned like this would begin; none is planned."""
    return {"start_times": plans.preview(havruta_id, caller().id, **body)}


@blueprint.patch("/api/havruta-sessions/<uuid:session_id>", "update_havruta_session")
@signed_in
@if_match
@blueprint.arguments(HavrutaSessionChanges)
@blueprint.response(200, HavrutaSession, versioned=True)
@blueprint.raises(HavrutaArchived, InvalidTransition)
def update_havruta_session(
    body: dict[str, Any], session_id: UUID, expected: ExpectedVersion
) -> Tagged:
    """Move a planned session or change its length, as the owner or the member who planned it."""
    changed = plans.change(session_id, caller().id, expected, **body)
    return changed, 200, etag(changed.version)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/cancel", "cancel_havruta_session")
@signed_in
@blueprint.arguments(HavrutaSessionCancellation, required=False)
@blueprint.response(200, HavrutaSession)
@blueprint.raises(HavrutaArchived, InvalidTransition)
def cancel_havruta_session(body: dict[str, Any], session_id: UUID) -> models.HavrutaSession:
    """Cancel a planned session or more of its series, as the owner or the member who planned it."""
    return plans.cancel(session_id, caller().id, **body)


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/rsvp", "answer_rsvp")
@signed_in
@blueprint.arguments(RsvpAnswer)
@blueprint.response(200, HavrutaSessionRsvp)
@blueprint.raises(HavrutaArchived, InvalidTransition)
def answer_rsvp(body: dict[str, str], session_id: UUID) -> models.SessionRsvp:
    """Say whether you mean to come."""
    return plans.answer(session_id, caller().id, body["answer"])


@blueprint.get("/api/havruta-sessions/<uuid:session_id>/rsvps", "list_rsvps")
@signed_in
@blueprint.response(200, HavrutaSessionRsvps)
def list_rsvps(session_id: UUID) -> dict[str, Any]:
    """List which members mean to come: one answer each at most."""
    return {"items": plans.answers(session_id, caller().id)}
