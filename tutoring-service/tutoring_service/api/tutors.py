"""Tutors: their working hours, their free times, how they are rated."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, public, role, signed_in
from chassis.clock import now
from chassis.web.conditional import etag
from chassis.web.fields import Answer, Body, Choice, Instant, Integer, List, LocalDate, TimeZone
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import availability, ratings
from tutoring_service.api.periods import check_length
from tutoring_service.api.wall_time import LocalTime
from tutoring_service.ratings import Rating
from tutoring_service.states import Weekday

blueprint = Blueprint("tutors")
TERM = timedelta(days=14)


class Hours(Body):
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True, metadata={"description": "00:00 is the end of the day."})


class WeeklyHours(Hours):
    weekday = Choice(Weekday, required=True)


class ExceptionalDay(Body):
    """On this date the tutor works these hours instead; none is a day off."""

    date = LocalDate(required=True)
    hours = List(fields.Nested(Hours), 20, required=True)


class NewAvailability(Body):
    timezone = TimeZone(required=True)
    weekly = List(fields.Nested(WeeklyHours), 100, required=True)
    exceptions = List(fields.Nested(ExceptionalDay), 1000, load_default=list)


class HoursAnswer(Answer):
    start_time = fields.String(required=True)
    end_time = fields.String(required=True)


class WeeklyHoursAnswer(HoursAnswer):
    weekday = Choice(Weekday, required=True)


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
    count = fields.Integer(required=True, metadata={"description": "Of students."})


@blueprint.put("/api/tutors/me/availability", "set_availability")
@role("tutor")
@blueprint.arguments(NewAvailability, bounds=BodyBounds(256 * 1024))
@blueprint.response(200, Availability, versioned=True)
def set_availability(body: dict[str, Any]) -> Any:
    """Set the hours in which you teach."""
    declared = availability.declare(caller(), **body)
    return declared, etag(declared.version)


@blueprint.get("/api/tutors/<uuid:tutor_id>/availability", "get_availability")
@signed_in
@blueprint.response(200, Availability, versioned=True)
def get_availability(tutor_id: UUID) -> Any:
    """Get the hours in which a tutor teaches."""
    declared = availability.of_tutor(tutor_id)
    return declared, etag(declared.version)


@blueprint.get("/api/tutors/<uuid:tutor_id>/slots", "list_slots")
@signed_in
@blueprint.arguments(SlotQuery, location="query")
@blueprint.response(200, Slots)
def list_slots(query: dict[str, Any], tutor_id: UUID) -> dict[str, Any]:
    """List a tutor's free times; without a period, in the coming fortnight."""
    since = query["since"] or now()
    until = query["until"] or since + TERM
    check_length(since, until, availability.LONGEST_SEARCH)
    found = availability.slots(caller(), tutor_id, since, until, query["duration"])
    return {"items": found}


@blueprint.get("/api/tutors/<uuid:tutor_id>/rating", "get_tutor_rating")
@public
@blueprint.response(200, TutorRating)
def get_tutor_rating(tutor_id: UUID) -> Rating:
    """Get how students and parents rate a tutor; each student counts once."""
    return ratings.rating_of(tutor_id)
