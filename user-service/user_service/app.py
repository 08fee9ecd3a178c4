"""Puts the service together."""

import os
from collections.abc import Mapping

from chassis.app import Service, create_service
from chassis.config import from_environment
from user_service.api import profiles
from user_service.config import Settings
from user_service.models import db
from user_service.signing import Keyring


def create_app(environ: Mapping[str, str] = os.environ) -> Service:
    """The service, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    return create_service(
        "user-service",
        __name__,
        settings,
        description="Accounts, tokens, notifications.",
        db=db,
        token_keys=Keyring(settings.signing_keys).public,
        blueprints=[profiles.blueprint],
    )
