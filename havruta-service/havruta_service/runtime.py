"""What the rules work with besides the database, made from the settings of the application."""

from dataclasses import dataclass

from flask import Flask, current_app

from havruta_service.config import Settings


@dataclass(frozen=True)
class Runtime:
    public_url: str


def install(app: Flask, settings: Settings) -> None:
    """Give the application what its rules work with."""
    app.extensions["runtime"] = Runtime(public_url=settings.public_url.rstrip("/"))


def runtime() -> Runtime:
    """What the rules of the present application work with."""
    found: Runtime = current_app.extensions["runtime"]
    return found
