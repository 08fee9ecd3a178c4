"""Events of calendar feeds on their way to the gateway; `chassis.calendar.events` says what they mean."""

from marshmallow import fields

from chassis.calendar.events import Status
from chassis.web.fields import Answer, Choice, Instant, LocalDate, Query


class EventsQuery(Query):
    since = Instant(required=True, data_key="from")
    until = Instant(required=True, data_key="to")


class CalendarEvent(Answer):
    uid = fields.String(required=True)
    sequence = fields.Integer(required=True, strict=True)
    status = Choice(Status, required=True)
    changed_at = Instant(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    title = fields.String(required=True)
    path = fields.String(required=True)
    timezone = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    location = fields.String(required=True, allow_none=True)
    alarm_minutes = fields.Integer(required=True, allow_none=True, strict=True)
    rule = fields.String(required=True, allow_none=True)
    last_starts_at = Instant(required=True, allow_none=True)
    left_out = fields.List(LocalDate(), required=True)
    occurrence = Instant(required=True, allow_none=True)


class CalendarEvents(Answer):
    events = fields.List(fields.Nested(CalendarEvent), required=True)
