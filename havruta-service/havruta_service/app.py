"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis.auth import keys
from chassis.config import from_environment
from chassis.messaging.consumer import Subscription
from chassis.messaging.worker import Sweep
from chassis.service import Service, create_service
from havruta_service import (
    commands,
    completion,
    erasure,
    invitation_emails,
    invitations,
    mails,
    moderation,
    plans,
    presence,
    reminders,
    runtime,
)
from havruta_service.api import BLUEPRINTS
from havruta_service.api.examples import EXAMPLES
from havruta_service.api.rooms import ROOMS
from havruta_service.config import Settings
from havruta_service.havrutas import SessionInProgress
from havruta_service.models import apart, db, messages

# Members in a session wait for what the first two write. The others write down what answers show by the
# clock anyway.
SWEEPS = (
    Sweep("absence", every=10, run=presence.notice_absence),
    Sweep("reminders", every=5, run=reminders.send_due),
    Sweep("unplanned-reminders", every=600, run=reminders.reconcile),
    Sweep("overdue-sessions", every=10, run=completion.end_overdue),
    Sweep("missed-sessions", every=60, run=plans.cancel_missed),
    Sweep("expired-invitations", every=60, run=invitations.expire),
    Sweep("old-invitations", every=3600, run=invitations.forget),
    Sweep("old-invitation-emails", every=3600, run=invitation_emails.forget),
    Sweep("old-mailboxes", every=3600, run=moderation.forget_mailboxes),
    apart.sweep,
)


SUBSCRIPTIONS = [
    Subscription("user-service", "user.deleted", erasure.on_user_deleted),
    Subscription("user-service", "user.email_proved", moderation.on_email_proved),
    Subscription("user-service", "content.hidden", moderation.on_content_hidden),
    Subscription(
        "user-service",
        "user.invitation_emails_changed",
        invitation_emails.on_preference_changed,
        latest_only=True,
    ),
    *apart.subscriptions(moderation.on_kept_apart),
]


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = create_service(
        "havruta-service",
        __name__,
        settings,
        description="Paired study of a text, led by an owner.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=BLUEPRINTS,
        conflicts={"havruta_sessions_one_active_key": SessionInProgress},
        messages=messages,
        examples=EXAMPLES,
        rooms=ROOMS,
        subscriptions=SUBSCRIPTIONS,
        sweeps=SWEEPS,
        mails=mails.COMPOSERS,
    )
    runtime.install(app, settings)
    commands.install(app)
    return app
