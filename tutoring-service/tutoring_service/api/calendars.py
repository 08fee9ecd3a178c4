"""The calendar feed of a person's sessions."""

from typing import Any

from flask import Response, request
from marshmallow import fields

from chassis.auth.authorization import caller, public, signed_in
from chassis.data.reading import Reading
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from tutoring_service import calendars
from tutoring_service.api.examples import CALENDAR
from tutoring_service.runtime import runtime

blueprint = Blueprint("calendar-feeds")
PATH = "/api/sessions/calendar"


class CalendarAddress(Answer):
    url = fields.String(
        required=True, metadata={"format": "uri", "description": "Secret; shown once."}
    )


@blueprint.post(PATH, "create_tutoring_calendar_feed")
@signed_in
@blueprint.response(201, CalendarAddress)
def create_tutoring_calendar_feed() -> Any:
    """Create a secret address of your tutoring calendar; the former one is revoked."""
    path = f"{PATH}/{calendars.issue(caller())}.ics"
    return {"url": f"{runtime().public_url}{path}"}, {"Location": path}


@blueprint.delete(PATH, "delete_tutoring_calendar_feed")
@signed_in
@blueprint.response(204)
def delete_tutoring_calendar_feed() -> None:
    """Revoke the secret address of your tutoring calendar."""
    calendars.revoke(caller())


@blueprint.get(f"{PATH}/<token>.ics", "get_tutoring_calendar_feed", reading=Reading.SNAPSHOT)
@public
@blueprint.response(
    200, {"type": "string"}, content_type="text/calendar", example=CALENDAR, versioned=True
)
def get_tutoring_calendar_feed(token: str) -> Response:
    """Get the tutoring calendar at a secret address, for calendar programs."""
    response = Response(calendars.render(token), content_type="text/calendar; charset=utf-8")
    # A browser would name the file after the secret in the address.
    response.headers["Content-Disposition"] = 'inline; filename="tutoring.ics"'
    # Asked about each time, so that an address ends when it is revoked, and answered with 304 as long
    # as nothing changed.
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
