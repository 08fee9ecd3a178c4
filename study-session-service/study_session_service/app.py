"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis.auth import keys
from chassis.config import from_environment
from chassis.messaging.consumer import Subscription
from chassis.messaging.worker import Sweep
from chassis.service import Service, create_service
from chassis.web.rooms import Room
from study_session_service import (
    commands,
    erasure,
    lifecycle,
    moderation,
    places,
    reminders,
    rooms,
    runtime,
)
from study_session_service.api import BLUEPRINTS, live
from study_session_service.api.examples import EXAMPLES
from study_session_service.config import Settings
from study_session_service.models import apart, db, messages

SUBSCRIPTIONS = [
    Subscription("user-service", "user.deleted", erasure.on_user_deleted),
    Subscription("user-service", "content.hidden", moderation.on_content_hidden),
    *apart.subscriptions(moderation.on_kept_apart),
]


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = create_service(
        "study-session-service",
        __name__,
        settings,
        description="Find, host and join study sessions near you.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=BLUEPRINTS,
        messages=messages,
        examples=EXAMPLES,
        rooms={
            rooms.KIND: Room(
                rooms.may_watch,
                live.EVENTS,
                rooms.may_watch_of,
                rooms.rooms_of,
                rooms.blocked_by,
            )
        },
        subscriptions=SUBSCRIPTIONS,
        # No read waits for the sweep. Five seconds is how late watchers are told.
        sweeps=[
            Sweep("states", 5, lifecycle.sweep),
            Sweep("reminders", 5, reminders.send_due),
            Sweep("unplanned-reminders", 600, reminders.reconcile),
            apart.sweep,
        ],
        replica_url=settings.database_replica_url,
        # It takes a second, in which the first requests would wait.
        before_serving=[places.gazetteer],
    )
    runtime.install(app, settings)
    commands.install(app)
    return app
