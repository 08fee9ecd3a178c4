"""What the rules work with besides the database: one set for each application, made from its settings."""

from dataclasses import dataclass

from flask import Flask, current_app

from chassis.redis_client import Cache
from tutoring_service.checked_times import CheckedTimes
from tutoring_service.config import Settings


@dataclass(frozen=True)
class Runtime:
    """`public_url` is the address of the platform, without a slash at its end."""

    public_url: str
    checked_times: CheckedTimes


def install(app: Flask, settings: Settings) -> None:
    """Give the application its own."""
    app.extensions["runtime"] = Runtime(
        settings.public_url.rstrip("/"), CheckedTimes(Cache(settings.events_url))
    )


def runtime() -> Runtime:
    """That of the present application."""
    found: Runtime = current_app.extensions["runtime"]
    return found
