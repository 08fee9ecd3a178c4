"""The secret address at which calendar programs read a person's sessions."""

from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, internal, signed_in
from chassis.errors import NotFound
from chassis.web.fields import Answer
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


class FeedOwner(Answer):
    user_id = fields.UUID(required=True)


@blueprint.post("/api/calendar/feed", "create_calendar_feed")
@signed_in
@blueprint.response(201, CalendarFeedAddress)
def create_calendar_feed() -> tuple[dict[str, str], dict[str, str]]:
    """Create a secret address for calendar programs; the former one is revoked."""
    path = f"/api/calendar/{calendar_feeds.issue(caller().id)}.ics"
    return {"url": f"{runtime().public_url}{path}"}, {"Location": path}


@blueprint.delete("/api/calendar/feed", "delete_calendar_feed")
@signed_in
@blueprint.response(204)
def delete_calendar_feed() -> None:
    """Revoke the secret address for calendar programs."""
    calendar_feeds.revoke(caller().id)


@blueprint.get("/internal/calendar-feeds/<token_hash>")
@internal
@blueprint.response(200, FeedOwner)
def owner(token_hash: str) -> dict[str, UUID]:
    """Say whose calendar is at the address with the token of this SHA-256, in hexadecimal digits."""
    try:
        return {"user_id": calendar_feeds.owner_of(bytes.fromhex(token_hash))}
    except ValueError:
        raise NotFound from None
