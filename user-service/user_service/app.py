"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis.config import from_environment
from chassis.messaging.consumer import Subscription
from chassis.messaging.worker import Sweep
from chassis.service import Service, create_service
from chassis.web.rooms import Room
from user_service import (
    commands,
    deletion,
    email_changes,
    email_tokens,
    known_devices,
    mails,
    notifications,
    passkey_challenges,
    reports,
    rooms,
    runtime,
    sign_in_tickets,
    sign_ins,
    usernames,
)
from user_service.accounts import EmailTaken, UsernameTaken
from user_service.api import BLUEPRINTS
from user_service.api.examples import EXAMPLES
from user_service.api.notifications import Notification
from user_service.applications import ApplicationPending
from user_service.config import Settings
from user_service.models import db, messages
from user_service.passkey_enrolment import PasskeyTaken
from user_service.reports import AlreadyReported
from user_service.signing import Keyring

MINUTELY, HOURLY = 60.0, 3600.0
CONFLICTS = {
    "passkeys_credential_id_key": PasskeyTaken,
    "users_email_key": EmailTaken,
    "users_email_lower_key": EmailTaken,
    "users_username_key": UsernameTaken,
    "users_username_lower_key": UsernameTaken,
    "applications_pending_key": ApplicationPending,
    "reports_open_key": AlreadyReported,
}
NOTIFYING = ("study-session-service", "tutoring-service", "havruta-service")
SUBSCRIPTIONS = [
    Subscription(service, "notification.requested", notifications.on_requested)
    for service in NOTIFYING
]
ROOMS = {
    rooms.KIND: Room(
        rooms.may_watch, {"notification": Notification}, rooms.may_watch_of, rooms.rooms_of
    )
}
SWEEPS = (
    Sweep("repeated-erasures", MINUTELY, deletion.repeat_erasures),
    Sweep("expired-refresh-tokens", HOURLY, sign_ins.forget_expired),
    Sweep("expired-email-tokens", HOURLY, email_tokens.forget_expired),
    Sweep("expired-sign-in-tickets", HOURLY, sign_in_tickets.forget_expired),
    Sweep("expired-passkey-challenges", MINUTELY, passkey_challenges.forget_expired),
    Sweep("old-email-changes", HOURLY, email_changes.forget_old),
    Sweep("expired-usernames", HOURLY, usernames.forget_expired),
    Sweep("unused-devices", HOURLY, known_devices.forget_unused),
    Sweep("old-reports", HOURLY, reports.forget_old),
)


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    keyring = Keyring(settings.signing_keys)
    app = create_service(
        "user-service",
        __name__,
        settings,
        description="Accounts, tokens, notifications.",
        db=db,
        token_keys=keyring,
        blueprints=BLUEPRINTS,
        conflicts=CONFLICTS,
        messages=messages,
        examples=EXAMPLES,
        rooms=ROOMS,
        subscriptions=SUBSCRIPTIONS,
        sweeps=SWEEPS,
        mails=mails.COMPOSERS,
    )
    runtime.install(app, settings, keyring)
    commands.install(app)
    return app
