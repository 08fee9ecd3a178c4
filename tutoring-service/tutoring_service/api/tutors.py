"""Tutors: their working hours, their free times, how they are rated."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from chassis.access import caller, role, signed_in
from chassis.clock import now
from chassis.fields import Answer, Body, Choice, Instant, Integer
from chassis.rest import Blueprint
from chassis.versions import etag
from tutoring_service import availability, reviews
from tutoring_service.api.wall_time import LocalDate, LocalTime, PeriodQuery, Zone, period
from tutoring_service.states import Weekday

blueprint = Blueprint("tutors", "When tutors work, and how they are rated.")
TERM = timedelta(days=14)


class Hours(Body):
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True, metadata={"description": "00:00 is the end of the day."})


class WeeklyHours(Hours):
    weekday = Choice(Weekday, required=True)


class ExceptionalDay(Body):
    """On this date the tutor works these hours instead; none is a day off."""

    date = LocalDate(required=True)
    hours = fields.List(fields.Nested(Hours), required=True, validate=validate.Length(max=20))


class NewAvailability(Body):
    timezone = Zone(required=True)
    weekly = fields.List(
        fields.Nested(WeeklyHours), required=True, validate=validate.Length(max=100)
    )
    exceptions = fields.List(
        fields.Nested(ExceptionalDay), load_default=list, validate=validate.Length(max=1000)
    )


class HoursAnswer(Answer):
    start_time = fields.String(required=True)
    end_time = fields.String(required=True)


class WeeklyHoursAnswer(HoursAnswer):
    weekday = fields.String(required=True)


class ExceptionalDayAnswer(Answer):
    date = fields.String(required=True)
    hours = fields.List(fields.Nested(HoursAnswer), required=True)


class Availability(Answer):
    tutor_id = fields.UUID(required=True)
    timezone = fields.String(required=True)
    weekly = fields.List(fields.Nested(WeeklyHoursAnswer), required=True)
    exceptions = fields.List(fields.Nested(ExceptionalDayAnswer), required=True)
    version = fields.Integer(required=True)


class SlotQuery(PeriodQuery):
    duration = Integer(5, 720, load_default=60, metadata={"description": "In minutes."})


class Slot(Answer):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class Slots(Answer):
    items = fields.List(fields.Nested(Slot), required=True)


class TutorRating(Answer):
    tutor_id = fields.UUID(required=True)
    average = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True)


@blueprint.put("/api/tutors/me/availability")
@role("tutor")
@blueprint.arguments(NewAvailability)
@blueprint.response(200, Availability)
def declare(body: dict[str, Any]) -> Any:
    """Say when one works."""
    declared = availability.declare(caller(), **body)
    return declared, etag(declared.version)


@blueprint.get("/api/tutors/<uuid:tutor_id>/availability")
@signed_in
@blueprint.response(200, Availability)
def read(tutor_id: UUID) -> Any:
    """Read when a tutor works."""
    declared = availability.of_tutor(tutor_id)
    return declared, etag(declared.version)


@blueprint.get("/api/tutors/<uuid:tutor_id>/slots")
@signed_in
@blueprint.arguments(SlotQuery, location="query")
@blueprint.response(200, Slots)
def slots(query: dict[str, Any], tutor_id: UUID) -> dict[str, Any]:
    """Find a tutor's free times; in the coming fortnight if no period is given."""
    since = period(query)["since"] or now()
    until = period(query)["until"] or since + TERM
    return {"items": availability.slots(tutor_id, since, until, query["duration"])}


@blueprint.get("/api/tutors/<uuid:tutor_id>/rating")
@signed_in
@blueprint.response(200, TutorRating)
def rating(tutor_id: UUID) -> dict[str, Any]:
    """Read how students and parents rate a tutor."""
    return reviews.rating_of(tutor_id)
