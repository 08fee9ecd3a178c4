"""All sessions of a person as one calendar: a list that marks overlaps, and a feed for calendar programs."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, request
from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller, public, signed_in
from chassis.calendar.events import Event
from chassis.calendar.feeds import document, window
from chassis.clock import rfc3339
from chassis.web.calendar_events import CalendarEvents
from chassis.web.fields import Answer, Instant, Query
from chassis.web.rest import Blueprint
from gateway.aggregation import Aggregate, Part, aggregator
from gateway.examples import CALENDAR
from gateway.routes import HAVRUTA, STUDY_SESSION, TUTORING, USER
from gateway.shapes import Shape, View, text

DEADLINE = 1.0  # seconds for all parts together
FEED_DEADLINE = 5.0  # a feed may have thousands of sessions
LONGEST = timedelta(days=92)

blueprint = Blueprint("calendar")


class AgendaEntry(Shape):
    id = text()
    title = text()
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    status = text()
    location = text(allow_none=True)
    path = text()


class TentativeEntry(AgendaEntry):
    tentative = fields.Boolean(required=True)


class Agenda(Shape):
    items = fields.List(fields.Nested(AgendaEntry), required=True)
    more = fields.Boolean(required=True)


class TentativeAgenda(Agenda):
    items = fields.List(fields.Nested(TentativeEntry), required=True)


class FeedEvents(Shape, CalendarEvents):
    """What a service has for a feed."""


class FeedOwner(Shape):
    user_id = text("uuid")


class CalendarQuery(Query):
    since = Instant(required=True, data_key="from", metadata={"example": "2030-03-01T00:00:00Z"})
    until = Instant(
        required=True,
        data_key="to",
        metadata={
            "example": "2030-04-01T00:00:00Z",
            "description": f"At most {LONGEST.days} days after `from`.",
        },
    )

    @validates_schema
    def _order(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data["since"] < data["until"] <= data["since"] + LONGEST:
            raise ValidationError(f"Must be after `from`, by {LONGEST.days} days at most.", "to")


class CalendarEntry(Answer):
    """A session that takes place within the period, in part at least."""

    kind = fields.String(
        required=True, metadata={"enum": ["study_session", "tutoring_session", "havruta_session"]}
    )
    id = fields.String(required=True)
    title = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    status = fields.String(required=True)
    location = fields.String(required=True, allow_none=True)
    path = fields.String(required=True)
    tentative = fields.Boolean(
        required=True,
        metadata={"description": "You wait for a seat in it: it does not yet take place for you."},
    )
    overlaps = fields.Boolean(
        required=True, metadata={"description": "Another one in the list is at the same time."}
    )


class Calendar(View):
    """Sessions of every kind, earliest first, without cancelled ones."""

    items = fields.List(fields.Nested(CalendarEntry), required=True)
    next_from = Instant(
        required=True,
        allow_none=True,
        metadata={
            "description": "There is more: ask again, with this as `from`. What goes on then is listed again."
        },
    )


KINDS = {
    "study_session": STUDY_SESSION,
    "tutoring_session": TUTORING,
    "havruta_session": HAVRUTA,
}
PARTS = tuple(
    Part(
        name=kind,
        service=service,
        target="/internal/agenda/{user_id}?from={since}&to={until}",
        # Only study sessions have a waitlist.
        shape=TentativeAgenda() if service == STUDY_SESSION else Agenda(),
    )
    for kind, service in KINDS.items()
)
FEED_PARTS = tuple(
    Part(
        name=kind,
        service=service,
        target="/internal/agenda/{user_id}/events?from={since}&to={until}",
        shape=FeedEvents(),
        # A calendar program treats what is missing from a feed as cancelled: better no feed for a while.
        required=True,
    )
    for kind, service in KINDS.items()
)
OWNER = Part(
    name="owner",
    service=USER,
    target="/internal/calendar-feeds/{token_hash}",
    shape=FeedOwner(),
    required=True,
)


@blueprint.get("/api/calendar", "get_calendar")
@signed_in
@blueprint.arguments(CalendarQuery, location="query")
@blueprint.response(200, Calendar)
def get_calendar(query: dict[str, datetime]) -> dict[str, Any]:
    """List all your sessions within a period, what goes on at its beginning too, and which overlap."""
    found = ask(PARTS, str(caller().id), query["since"], query["until"], DEADLINE)
    items, next_from = merged(found, query["since"])
    answer: dict[str, Any] = {"items": items, "next_from": next_from}
    if found.degraded:
        answer["degraded"] = found.degraded
    return answer


@blueprint.get("/api/calendar/<token>.ics", "get_calendar_feed")
@public
@blueprint.response(
    200, {"type": "string"}, content_type="text/calendar", example=CALENDAR, versioned=True
)
def get_calendar_feed(token: str) -> Response:
    """Get the calendar at a secret address, for calendar programs: 90 days back and 400 ahead."""
    values = {"token_hash": hashlib.sha256(token.encode()).hexdigest()}
    owner = aggregator().gather([OWNER], values, deadline=DEADLINE).parts["owner"]
    found = ask(FEED_PARTS, owner["user_id"], *window(), FEED_DEADLINE)
    events = [Event(**event) for kind in KINDS for event in found.parts[kind]["events"]]
    public_url = current_app.extensions["public_url"]
    content = document(events, name="Lyceum", public_url=public_url)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    # A browser would name the file after the secret in the address.
    response.headers["Content-Disposition"] = 'inline; filename="lyceum.ics"'
    # A calendar program asks often. With the ETag it is mostly told that nothing has changed.
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def ask(
    parts: Sequence[Part], user_id: str, since: datetime, until: datetime, deadline: float
) -> Aggregate:
    values = {"user_id": user_id, "since": rfc3339(since), "until": rfc3339(until)}
    return aggregator().gather(parts, values, deadline=deadline)


def merged(found: Aggregate, since: datetime) -> tuple[list[dict[str, Any]], datetime | None]:
    """All entries in order up to where every service has listed its own, and from when to ask for more."""
    pages = {kind: page for kind, page in found.parts.items() if page}
    end = listed_until(pages.values(), since)
    items: list[dict[str, Any]] = []
    for kind, page in pages.items():
        for entry in page["items"]:
            if end is None or entry["starts_at"] < end:
                items.append({"tentative": False, **entry, "kind": kind, "overlaps": False})
    items.sort(key=lambda entry: (entry["starts_at"], entry["kind"], entry["id"]))
    mark_overlaps(items)
    return items, end


def listed_until(pages: Iterable[dict[str, Any]], since: datetime) -> datetime | None:
    """The instant up to which every service has listed its entries; None if they have listed all."""
    unfinished = [page["items"] for page in pages if page["more"] and page["items"]]
    ends = [entries[-1]["starts_at"] for entries in unfinished]
    # A page full of what goes on at once is not followed by another: that would be the same.
    return min((end for end in ends if end > since), default=None)


def mark_overlaps(items: Sequence[dict[str, Any]]) -> None:
    """Mark the entries that overlap another one. They are in order."""
    longest: dict[str, Any] | None = None  # the earlier entry that ends last
    for entry in items:
        if longest and entry["starts_at"] < longest["ends_at"]:
            entry["overlaps"] = longest["overlaps"] = True
        if longest is None or entry["ends_at"] > longest["ends_at"]:
            longest = entry
