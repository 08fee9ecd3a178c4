"""The notifications of the caller."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.auth.authorization import caller, public, signed_in
from chassis.pages import Page
from chassis.web.arguments import BODY, refuse_unread
from chassis.web.fields import Answer, Body, Boolean, Instant
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import notifications, preferences
from user_service.api.fields import LocalTime
from user_service.notification_kinds import NotificationKind

blueprint = Blueprint("notifications")
# How mail programs may send `List-Unsubscribe=One-Click` (RFC 8058, section 3.2).
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


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


class QuietHours(Answer):
    """From when until when on your clock, by the time zone of your account; overnight if it ends earlier."""

    begins = LocalTime(required=True, metadata={"example": "22:00:00"})
    ends = LocalTime(required=True, metadata={"example": "07:00:00"})


class QuietHoursChange(Body):
    begins = LocalTime(required=True, metadata={"example": "22:00"})
    ends = LocalTime(required=True, metadata={"example": "07:00"})

    @validates_schema
    def _lengths(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["begins"] == data["ends"]:
            raise ValidationError("Must not be when it begins.", "ends")


KindsWanted = Answer.from_dict(
    {str(kind): fields.Boolean(required=True) for kind in NotificationKind}, name="KindsWanted"
)
KindsToWant = Body.from_dict(
    {str(kind): Boolean() for kind in NotificationKind}, name="KindsToWant"
)


class NotificationPreferences(Answer):
    """Which kinds of notifications you want where."""

    email = fields.Nested(KindsWanted, required=True)
    in_app = fields.Nested(KindsWanted, required=True)
    quiet_hours = fields.Nested(
        QuietHours,
        required=True,
        allow_none=True,
        metadata={"description": "When e-mails about notifications wait; null: never."},
    )


class NotificationPreferenceChanges(Body):
    email = fields.Nested(KindsToWant, load_default=dict)
    in_app = fields.Nested(KindsToWant, load_default=dict)
    quiet_hours = fields.Nested(QuietHoursChange, load_default=None, allow_none=True)


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
def get_notification_preferences() -> preferences.Preferences:
    """Get which kinds of notifications you want by e-mail and in the app, and your quiet hours."""
    return preferences.of_person(caller().id)


@blueprint.put("/api/notifications/preferences", "set_notification_preferences")
@signed_in
@blueprint.arguments(NotificationPreferenceChanges)
@blueprint.response(200, NotificationPreferences)
def set_notification_preferences(body: dict[str, Any]) -> preferences.Preferences:
    """Set all of that; what is left out returns to its default.

    In your quiet hours, e-mails about notifications wait, but for those about what begins before they end.
    """
    return preferences.set_all(caller().id, **body)


def form_ignored(view: Callable[..., Any]) -> Callable[..., Any]:
    """Take a form in place of no body. It is not read."""

    @wraps(view)
    def taken(*args: Any, **values: Any) -> Any:
        if request.mimetype not in FORMS:
            refuse_unread({})
        return view(*args, **values)

    # The operation decides about its body itself.
    taken._reads = {BODY: Schema()}  # type: ignore[attr-defined]  # a mark on the function
    return taken


@blueprint.post(
    "/api/notifications/unsubscribe/<string:unsubscribe_token>", "unsubscribe_from_notifications"
)
@public
@blueprint.response(204)
@form_ignored
def unsubscribe_from_notifications(unsubscribe_token: str) -> None:
    """End e-mails about one kind of notification, by the token in one of them; no one needs to sign in.

    Mail programs do it by the header `List-Unsubscribe` (RFC 8058): the form that they send is taken, and
    not read. The notifications still stand in the inbox, and the preferences turn the e-mails on again.
    """
    preferences.unsubscribe(unsubscribe_token)
