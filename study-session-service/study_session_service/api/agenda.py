"""A person's agenda, for the calendar that the gateway puts together."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import internal
from chassis.web.calendar_events import CalendarEvents, EventsQuery
from chassis.web.fields import Answer, Choice, Instant, Integer
from chassis.web.rest import Blueprint
from study_session_service import agenda
from study_session_service.models import Status

blueprint = Blueprint("study-session-agenda")


class AgendaQuery(EventsQuery):
    limit = Integer(1, agenda.MOST, load_default=agenda.MOST)


class AgendaEntry(Answer):
    id = fields.String(required=True)
    title = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    status = Choice(Status, required=True)
    location = fields.String(required=True, allow_none=True)
    path = fields.String(required=True)
    tentative = fields.Boolean(required=True, metadata={"description": "They wait for a seat."})
    changed_at = Instant(required=True)


class Agenda(Answer):
    items = fields.List(fields.Nested(AgendaEntry), required=True)
    more = fields.Boolean(required=True)


@blueprint.get("/internal/agenda/<uuid:user_id>")
@internal
@blueprint.arguments(AgendaQuery, location="query")
@blueprint.response(200, Agenda)
def of_person(query: dict[str, Any], user_id: UUID) -> agenda.Agenda:
    """List the sessions of a person within a period, earliest first, with what goes on at its beginning."""
    return agenda.of_person(user_id, **query)


@blueprint.get("/internal/agenda/<uuid:user_id>/events")
@internal
@blueprint.arguments(EventsQuery, location="query")
@blueprint.response(200, CalendarEvents)
def events_of_person(query: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """List the sessions of a person as a calendar feed has them, cancelled ones too."""
    return {"events": agenda.events_of_person(user_id, **query)}
