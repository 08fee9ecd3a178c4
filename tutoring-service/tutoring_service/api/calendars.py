"""The calendar feed of a person's sessions."""

from flask import Response, current_app, request
from marshmallow import fields

from chassis.access import caller, public, signed_in
from chassis.fields import Answer
from chassis.rest import Blueprint
from tutoring_service import calendars
from tutoring_service.api.examples import CALENDAR

blueprint = Blueprint("calendar-feeds", "One's sessions as a feed for calendar programs.")
PATH = "/api/sessions/calendar"


class CalendarAddress(Answer):
    url = fields.String(
        required=True, metadata={"format": "uri", "description": "Secret; shown once."}
    )


@blueprint.post(PATH)
@signed_in
@blueprint.response(201, CalendarAddress)
def issue() -> dict[str, str]:
    """Get a secret address of one's calendar; the one before is void."""
    return {
        "url": f"{current_app.config['PUBLIC_URL'].rstrip('/')}{PATH}/{calendars.issue(caller())}.ics"
    }


@blueprint.delete(PATH)
@signed_in
@blueprint.response(204)
def revoke() -> None:
    """Make the address void."""
    calendars.revoke(caller())


@blueprint.get(f"{PATH}/<token>.ics")
@public
@blueprint.response(200, {"type": "string"}, content_type="text/calendar", example=CALENDAR)
def read(token: str) -> Response:
    """Read the calendar at a secret address."""
    response = Response(calendars.render(token), content_type="text/calendar; charset=utf-8")
    # Asked about each time, so that an address ends when it is void, and answered with 304 as long
    # as nothing changed.
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
