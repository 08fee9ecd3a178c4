"""The notifications of the caller."""

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

DATA = """What it is about, by its kind.

All have `actor_id`, the person who did it: null if no person did, if their account was deleted, or if you and
they are kept apart. Most have `title`, `path` (where the API has more) and, if they are about one session, `starts_at`. More is in the
data of

- `session_moved`: `previous_starts_at`;
- `session_cancelled` and `removed`: `reason`, text or null;
- `session_booked` and `session_planned`: `count`, how many sessions;
- `session_request_declined`: `reason`, text or null;
- `person_left`: `removed`, whether another person removed them;
- `enrollment_changed`: `status`;
- `review_received`: `rating`;
- `invitation`: `havruta_id`, `invitation_id`, `book`, `expires_at`;
- `application_decided`: `role`, `status`, `reason`."""


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
            "description": DATA,
            "example": {
                "title": "Evening Hebrew",
                "starts_at": "2027-05-02T18:00:00Z",
                "path": "/api/study-sessions/8f14e45f-ceea-467f-a8f2-1d9f3a2b6c70",
                "actor_id": "2c9a1b7e-52f4-4b6c-8f4d-0b8f8a3f1c55",
                "reason": "The library is closed.",
            },
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
