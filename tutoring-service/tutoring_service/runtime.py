"""What the rules work with besides the database: one set for each application, made from its settings."""

from dataclasses import dataclass

from flask import Flask, current_app

from chassis.redis_client import Cache
from tutoring_service.config import Settings
from tutoring_service.counts import Counts


@dataclass(frozen=True)
class Runtime:
    """`public_url` is the address of the platform, without a slash at its end."""

    public_url: str
    counts: Counts


def install(app: Flask, settings: Settings) -> None:
    """Give the application its own."""
    # Not in the cache: a count that is evicted lets a guess in.
    app.extensions["runtime"] = Runtime(
        settings.public_url.rstrip("/"), Counts(Cache(settings.events_url))
    )


def runtime() -> Runtime:
    """That of the present application."""
    found: Runtime = current_app.extensions["runtime"]
    return found
