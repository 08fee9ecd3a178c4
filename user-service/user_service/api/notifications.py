"""One's notifications."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.access import caller, signed_in
from chassis.fields import Answer, Body, Boolean, Instant
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from user_service import notifications
from user_service.models import Kind

blueprint = Blueprint("notifications", "What one should know.")


class NotificationsQuery(PageQuery):
    unread = Boolean(
        load_default=None, metadata={"description": "true: unread only; false: read only."}
    )


class Notification(Answer):
    """Something that one should know."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"example": str(Kind.REMINDER)})
    data = fields.Dict(
        required=True, metadata={"description": "What it is about: ids and figures."}
    )
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


MailPreferences = Answer.from_dict(
    {str(kind): fields.Boolean(required=True) for kind in Kind}, name="MailPreferences"
)
MailPreferenceChanges = Body.from_dict(
    {str(kind): Boolean() for kind in Kind}, name="MailPreferenceChanges"
)


@blueprint.get("/api/notifications")
@signed_in
@blueprint.arguments(NotificationsQuery, location="query")
@blueprint.response(200, page_of(Notification))
def list_notifications(query: dict[str, Any]) -> Page[Any]:
    """List one's notifications, the latest first."""
    return notifications.inbox(caller().id, **query)


@blueprint.post("/api/notifications/<uuid:notification_id>/read")
@signed_in
@blueprint.response(204)
def read(notification_id: UUID) -> None:
    """Say that one has read a notification."""
    notifications.read(caller().id, notification_id)


@blueprint.post("/api/notifications/read-all")
@signed_in
@blueprint.response(204)
def read_all() -> None:
    """Say that one has read all notifications."""
    notifications.read_all(caller().id)


@blueprint.get("/api/notifications/preferences")
@signed_in
@blueprint.response(200, MailPreferences)
def preferences() -> dict[str, bool]:
    """Read which kinds of notifications are mailed as well."""
    return notifications.preferences(caller().id)


@blueprint.put("/api/notifications/preferences")
@signed_in
@blueprint.arguments(MailPreferenceChanges)
@blueprint.response(200, MailPreferences)
def prefer(body: dict[str, bool]) -> dict[str, bool]:
    """Say which kinds of notifications are mailed as well; what is left out is as at first."""
    return notifications.prefer(caller().id, body)
