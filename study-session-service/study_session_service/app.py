"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis import keys
from chassis.app import Service, create_service
from chassis.config import from_environment
from study_session_service.config import Settings
from study_session_service.models import db, messages


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    return create_service(
        "study-session-service",
        __name__,
        settings,
        description="Find, host and join study sessions near a place.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=[],
        messages=messages,
    )
