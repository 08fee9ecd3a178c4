"""What the rules work with besides the database, made from the settings of the application."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from chassis.auth import keys
from havruta_service.config import Settings


@dataclass(frozen=True)
class Runtime:
    """`unsubscribe_key` signs the tokens by which an address ends e-mails with invitations."""

    public_url: str
    meeting_url_template: str
    unsubscribe_key: bytes = field(repr=False)


def install(app: Flask, settings: Settings) -> None:
    """Give the application what its rules work with."""
    app.extensions["runtime"] = Runtime(
        public_url=settings.public_url.rstrip("/"),
        meeting_url_template=settings.meeting_url_template,
        unsubscribe_key=_unsubscribe_key(settings),
    )


def runtime() -> Runtime:
    """What the rules of the present application work with."""
    found: Runtime = current_app.extensions["runtime"]
    return found


def _unsubscribe_key(settings: Settings) -> bytes:
    # Web process and worker have the service's key in common. What it signs for services is not mixed with
    # this: the key for tokens follows from it, and not the other way round.
    secret = keys.read_private(settings.service_key).private_numbers().private_value
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"unsubscribe from invitations")
    return derive.derive(secret.to_bytes(32))
