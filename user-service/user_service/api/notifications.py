"""The notifications of the caller."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Boolean, Instant
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import notifications
from user_service.notification_kinds import NotificationKind

blueprint = Blueprint("notifications")


def _member(description: str, type_: str = "string", **more: str) -> dict[str, Any]:
    return {"type": [type_, "null"], "description": description, **more}


# What the kinds have in common, and what some have more; docs/events.md says which.
DATA: Mapping[str, Any] = {
    "path": _member("Where the API has more about it."),
    "title": _member("What the session, course or havruta is called."),
    "starts_at": _member("When the session begins.", format="date-time"),
    "previous_starts_at": _member(
        "Of `session_moved`: when it was to begin before.", format="date-time"
    ),
    "reason": _member(
        "Of `session_cancelled`, `session_request_declined`, `removed`, `application_decided` and "
        "`content_hidden`: what the actor wrote about it."
    ),
    "count": _member("Of how many sessions it tells, of which this is the first.", "integer"),
    "removed": _member(
        "Of `person_left` and `parent_left`: whether another person removed them.", "boolean"
    ),
    "status": _member("Of `enrollment_changed` and `application_decided`: what it is now."),
    "rating": _member("Of `review_received`: 1 to 5.", "integer"),
}


class NotificationsQuery(PageQuery):
    unread = Boolean(
        load_default=None, metadata={"description": "true: unread only; false: read only."}
    )


class Notification(Answer):
    """What you are notified of."""

    id = fields.UUID(required=True)
    # Not a `Choice`: a service may send a kind that is newer than this one.
    kind = fields.String(
        required=True,
        metadata={
            "description": "One of the kinds in the preferences, or a newer one.",
            "example": str(NotificationKind.REMINDER),
            "x-extensible-enum": list(map(str, NotificationKind)),
        },
    )
    data = fields.Dict(
        required=True,
        metadata={
            "description": "What it is about: by its kind, some of these, and ids of things.",
            "properties": DATA,
            "example": {
                "title": "Evening Hebrew",
                "starts_at": "2027-05-02T18:00:00Z",
                "path": "/api/study-sessions/8f14e45f-ceea-467f-a8f2-1d9f3a2b6c70",
                "reason": "The library is closed.",
            },
        },
    )
    actor_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={
            "description": "The person who did it: null if no person did, if their account was deleted, or "
            "if you and they are kept apart."
        },
    )
    times = fields.Integer(
        required=True,
        metadata={
            "description": "How often it has happened: one unread notification of a kind stands for all "
            "that happens to one thing, and shows the last.",
            "example": 1,
        },
    )
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


NotificationPreferences = Answer.from_dict(
    {str(kind): fields.Boolean(required=True) for kind in NotificationKind},
    name="NotificationPreferences",
)
NotificationPreferenceChanges = Body.from_dict(
    {str(kind): Boolean() for kind in NotificationKind}, name="NotificationPreferenceChanges"
)


@blueprint.get("/api/notifications", "list_notifications")
@signed_in
@blueprint.arguments(NotificationsQuery, location="query")
@blueprint.response(200, page_of(Notification))
def list_notifications(query: dict[str, Any]) -> Page[Any]:
    """List your notifications, newest first."""
    return notifications.inbox(caller().id, **query)


@blueprint.post("/api/notifications/<uuid:notification_id>/read", "mark_notification_read")
@signed_in
@blueprint.response(204)
def mark_notification_read(notification_id: UUID) -> None:
    """Mark a notification as read."""
    notifications.read(caller().id, notification_id)


@blueprint.post("/api/notifications/read-all", "mark_all_notifications_read")
@signed_in
@blueprint.response(204)
def mark_all_notifications_read() -> None:
    """Mark all your notifications as read."""
    notifications.read_all(caller().id)


@blueprint.get("/api/notifications/preferences", "get_notification_preferences")
@signed_in
@blueprint.response(200, NotificationPreferences)
def get_notification_preferences() -> dict[str, bool]:
    """Get which kinds of notifications are also sent by e-mail."""
    return notifications.preferences(caller().id)


@blueprint.put("/api/notifications/preferences", "set_notification_preferences")
@signed_in
@blueprint.arguments(NotificationPreferenceChanges)
@blueprint.response(200, NotificationPreferences)
def set_notification_preferences(body: dict[str, bool]) -> dict[str, bool]:
    """Set which kinds of notifications are also sent by e-mail; one left out returns to its default."""
    return notifications.set_preferences(caller().id, body)
