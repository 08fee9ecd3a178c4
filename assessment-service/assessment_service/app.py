"""Puts the service together."""

import os
from collections.abc import Mapping

from assessment_service.config import Settings
from assessment_service.models import db, messages
from chassis import keys
from chassis.app import Service, create_service
from chassis.config import from_environment


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    return create_service(
        "assessment-service",
        __name__,
        settings,
        description="Assessments that can be paused, resumed, abandoned.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=[],
        messages=messages,
    )
