"""What the rules work with besides the database: one set for each application, made from its settings."""

from dataclasses import dataclass

from flask import Flask, current_app

from chassis.redis_client import Cache
from study_session_service.config import Settings


@dataclass(frozen=True)
class Runtime:
    cache: Cache


def install(app: Flask, settings: Settings) -> None:
    """Give the application its own."""
    app.extensions["runtime"] = Runtime(cache=Cache(settings.cache_url))


def runtime() -> Runtime:
    """That of the present application."""
    found: Runtime = current_app.extensions["runtime"]
    return found
