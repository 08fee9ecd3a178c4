"""The secret address at which calendar programs read a person's sessions."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, internal, signed_in
from chassis.errors import NotFound
from chassis.web.fields import Answer, Instant
from chassis.web.rest import Blueprint
from user_service import calendar_feeds
from user_service.runtime import runtime

blueprint = Blueprint("calendar-feed")


class CalendarFeedAddress(Answer):
    url = fields.String(
        required=True,
        metadata={
            "format": "uri",
            "description": "Anyone who has it can read the calendar. It is shown once.",
        },
    )


class CalendarFeed(Answer):
    """The secret address of your calendar, as far as it is known after it was shown."""

    created_at = Instant(required=True)
    last_read_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "To ten minutes; null if no one has read it."},
    )


class FeedOwner(Answer):
    user_id = fields.UUID(required=True)


@blueprint.post("/api/calendar/feed", "create_calendar_feed")
@signed_in
@blueprint.response(201, CalendarFeedAddress)
def create_calendar_feed() -> tuple[dict[str, str], dict[str, str]]:
    """Create a secret address for calendar programs; the former one is revoked."""
    path = f"/api/calendar/{calendar_feeds.issue(caller().id)}.ics"
    return {"url": f"{runtime().public_url}{path}"}, {"Location": path}


@blueprint.get("/api/calendar/feed", "get_calendar_address")
@signed_in
@blueprint.response(200, CalendarFeed)
def get_calendar_address() -> Any:
    """Get since when there is a secret address for calendar programs, and when it was last read."""
    return calendar_feeds.of_person(caller().id)


@blueprint.delete("/api/calendar/feed", "delete_calendar_feed")
@signed_in
@blueprint.response(204)
def delete_calendar_feed() -> None:
    """Revoke the secret address for calendar programs."""
    calendar_feeds.revoke(caller().id)


@blueprint.get("/internal/calendar-feeds/<token_hash>", reading=None)
@internal
@blueprint.response(200, FeedOwner)
def owner(token_hash: str) -> dict[str, UUID]:
    """Say whose calendar is at the address with the token of this SHA-256, in hexadecimal digits."""
    try:
        return {"user_id": calendar_feeds.owner_of(bytes.fromhex(token_hash))}
    except ValueError:
        raise NotFound from None
