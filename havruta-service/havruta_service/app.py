"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis import keys
from chassis.app import Service, create_service
from chassis.config import from_environment
from havruta_service.config import Settings
from havruta_service.models import db, messages


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    return create_service(
        "havruta-service",
        __name__,
        settings,
        description="Paired study of a text, led by an owner.",
        db=db,
        token_keys=keys.at(settings.jwks_url),
        blueprints=[],
        messages=messages,
    )
