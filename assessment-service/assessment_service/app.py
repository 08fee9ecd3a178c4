"""Puts the service together."""

import os
from collections.abc import Mapping

from assessment_service import commands, completion, erasure, expiry, idle_sessions, statistics
from assessment_service.api import BLUEPRINTS
from assessment_service.api.examples import EXAMPLES
from assessment_service.config import Settings
from assessment_service.drafts import SlugTaken
from assessment_service.models import db, messages
from chassis.auth import keys
from chassis.config import from_environment
from chassis.messaging.consumer import Subscription
from chassis.messaging.worker import Sweep
from chassis.service import Service, create_service

SUBSCRIPTIONS = [Subscription("user-service", "user.deleted", erasure.on_user_deleted)]


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = create_service(
        "assessment-service",
        __name__,
        settings,
        description="Assessments that can be paused, resumed, abandoned.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=BLUEPRINTS,
        messages=messages,
        examples=EXAMPLES,
        conflicts={"assessments_slug_key": SlugTaken},
        subscriptions=SUBSCRIPTIONS,
        # The first closes what people wait for. Every reader takes expiry from the clock, and no index
        # is kept to find what has expired, so it is noted seldom.
        sweeps=[
            Sweep("overdue", every=5, run=completion.finish_overdue),
            Sweep("tallies", every=30, run=statistics.count_closed),
            Sweep("expiry", every=300, run=expiry.close_expired),
            Sweep("idle-sessions", every=300, run=idle_sessions.delete_idle),
        ],
    )
    commands.install(app)
    return app
