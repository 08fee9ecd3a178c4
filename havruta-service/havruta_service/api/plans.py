"""Planning to meet, changing the plan, and saying whether one comes."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.access import caller, signed_in
from chassis.fields import Answer, Body, Choice, Instant, Integer
from chassis.rest import Blueprint
from chassis.versions import etag, if_match
from havruta_service import models, plans
from havruta_service.api.examples import PLAN
from havruta_service.api.sessions import HavrutaSession, SessionPlan, Tagged
from havruta_service.havrutas import HavrutaArchived
from havruta_service.models import Rsvp
from havruta_service.plans import NotYours, Scope
from havruta_service.recurrence import InvalidRecurrence
from havruta_service.sessions import SessionNotScheduled

blueprint = Blueprint(
    "havruta-session-plans", "Planning to meet, changing the plan, and saying whether one comes."
)


class HavrutaSessionChanges(Body):
    start_time = Instant(load_default=None)
    planned_minutes = Integer(5, 720, load_default=None)
    scope = Choice(Scope, load_default=Scope.THIS)


class HavrutaSessionCancellation(Body):
    scope = Choice(Scope, load_default=Scope.THIS)


class RsvpAnswer(Body):
    answer = Choice(Rsvp, required=True)


class SessionDates(Answer):
    """When sessions planned like this would begin."""

    start_times = fields.List(Instant(), required=True)


class HavrutaSessionRsvp(Answer):
    """What somebody answered to a planned session."""

    user_id = fields.UUID(required=True)
    answer = fields.String(required=True, metadata={"enum": [str(answer) for answer in Rsvp]})
    answered_at = Instant(required=True)


class HavrutaSessionRsvps(Answer):
    """Who means to come."""

    items = fields.List(fields.Nested(HavrutaSessionRsvp), required=True)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/sessions/preview")
@signed_in
@blueprint.arguments(SessionPlan, example=PLAN)
@blueprint.response(200, SessionDates)
@blueprint.raises(InvalidRecurrence)
def preview(body: dict[str, Any], havruta_id: UUID) -> dict[str, Any]:
    """See when sessions planned like this would begin, without planning any."""
    return {"start_times": plans.preview(havruta_id, caller().id, **body)}


@blueprint.patch("/api/havruta-sessions/<uuid:session_id>")
@signed_in
@if_match
@blueprint.arguments(HavrutaSessionChanges)
@blueprint.response(200, HavrutaSession)
@blueprint.raises(NotYours, HavrutaArchived, SessionNotScheduled)
def change(body: dict[str, Any], session_id: UUID, version: int) -> Tagged:
    """Move a planned session, or make it longer or shorter; the owner and who planned it may."""
    changed = plans.change(session_id, caller().id, version, **body)
    return changed, 200, etag(changed.version)


@blueprint.post("/api/havruta-sessions/<uuid:session_id>/cancel")
@signed_in
@blueprint.arguments(HavrutaSessionCancellation, required=False)
@blueprint.response(200, HavrutaSession)
@blueprint.raises(NotYours, HavrutaArchived, SessionNotScheduled)
def cancel(body: dict[str, Any], session_id: UUID) -> models.HavrutaSession:
    """Cancel a planned session, or more of its series; the owner and who planned it may."""
    return plans.cancel(session_id, caller().id, **body)


@blueprint.put("/api/havruta-sessions/<uuid:session_id>/rsvp")
@signed_in
@blueprint.arguments(RsvpAnswer)
@blueprint.response(200, HavrutaSessionRsvp)
@blueprint.raises(HavrutaArchived, SessionNotScheduled)
def answer(body: dict[str, str], session_id: UUID) -> models.SessionRsvp:
    """Say whether one means to come."""
    return plans.answer(session_id, caller().id, body["answer"])


@blueprint.get("/api/havruta-sessions/<uuid:session_id>/rsvps")
@signed_in
@blueprint.response(200, HavrutaSessionRsvps)
def answers(session_id: UUID) -> dict[str, Any]:
    """Read who means to come: one answer for each member at most."""
    return {"items": plans.answers(session_id, caller().id)}
