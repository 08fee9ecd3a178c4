"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis.auth import keys
from chassis.config import from_environment
from chassis.messaging.consumer import Subscription
from chassis.messaging.worker import Sweep
from chassis.service import Service, create_service
from chassis.web.rooms import Room
from tutoring_service import (
    api,
    calendars,
    commands,
    erasure,
    listings,
    reminders,
    rooms,
    runtime,
)
from tutoring_service.api.examples import EXAMPLES
from tutoring_service.api.whiteboards import LIVE_EVENTS
from tutoring_service.config import Settings
from tutoring_service.enrollments import AlreadyEnrolled
from tutoring_service.models import apart, db, messages
from tutoring_service.reviews import AlreadyReviewed
from tutoring_service.scheduling.conflicts import TimeConflict

SUBSCRIPTIONS = [
    Subscription("user-service", "user.deleted", erasure.on_user_deleted),
    Subscription("user-service", "user.access_ended", calendars.on_access_ended),
    *apart.subscriptions(),
]


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = create_service(
        "tutoring-service",
        __name__,
        settings,
        description="Courses, enrolments, tutoring sessions, attendance, reviews, whiteboards.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        messages=messages,
        examples=EXAMPLES,
        conflicts={
            "enrolled_courses_open_key": AlreadyEnrolled,
            "session_bookings_tutor_excl": TimeConflict,
            "session_bookings_student_excl": TimeConflict,
            "reviews_author_key": AlreadyReviewed,
        },
        rooms={
            "whiteboard": Room(rooms.may_watch, LIVE_EVENTS, rooms.may_watch_of, rooms.rooms_of)
        },
        subscriptions=SUBSCRIPTIONS,
        sweeps=[
            Sweep("reminders", every=5, run=reminders.send_due),
            Sweep("tutor-listings", every=60, run=listings.refresh_some),
            apart.sweep,
        ],
        blueprints=api.BLUEPRINTS,
    )
    runtime.install(app, settings)
    commands.install(app)
    return app
