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
        required=True, metadata={"description": "What it is about: ids and figures."}
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
