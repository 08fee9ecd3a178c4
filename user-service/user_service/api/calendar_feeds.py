"""The secret address of one's calendar."""

from uuid import UUID

from marshmallow import fields

from chassis.access import caller, internal, signed_in
from chassis.errors import NotFound
from chassis.fields import Answer
from chassis.rest import Blueprint
from user_service import calendar_feeds

blueprint = Blueprint("calendar-feed", "The secret address of one's calendar.")


class CalendarFeedAddress(Answer):
    url = fields.String(
        required=True,
        metadata={
            "format": "uri",
            "description": "Whoever has it can read the calendar. It is shown once.",
        },
    )


class FeedOwner(Answer):
    user_id = fields.UUID(required=True)


@blueprint.post("/api/calendar/feed")
@signed_in
@blueprint.response(201, CalendarFeedAddress)
def issue() -> dict[str, str]:
    """Get a secret address for calendar programs; the one before is void."""
    return {"url": calendar_feeds.issue(caller().id)}


@blueprint.delete("/api/calendar/feed")
@signed_in
@blueprint.response(204)
def revoke() -> None:
    """Make the secret address void."""
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
