"""What the rules work with besides the database: one set for each application, made from its settings."""

from dataclasses import dataclass, field
from email.utils import parseaddr

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from chassis.auth import keys
from chassis.redis_client import Cache
from user_service.attempts import Attempts
from user_service.config import Settings
from user_service.passwords import Hasher
from user_service.relying_party import RelyingParty, relying_party
from user_service.sealing import Sealer
from user_service.signing import Keyring


@dataclass(frozen=True)
class Runtime:
    issuer: str
    public_url: str
    mail_from: str
    attempts: Attempts
    hasher: Hasher
    keyring: Keyring
    sealer: Sealer
    admins_need_second_factor: bool
    relying_party: RelyingParty | None
    unsubscribe_key: bytes = field(repr=False)


def install(app: Flask, settings: Settings, keyring: Keyring) -> None:
    """Give the application its own set."""
    app.extensions["runtime"] = Runtime(
        issuer=settings.issuer,
        public_url=settings.public_url.rstrip("/"),
        mail_from=parseaddr(settings.mail_from)[1],
        # Not in the cache: a count that is evicted lets a guess in.
        attempts=Attempts(Cache(settings.events_url)),
        hasher=Hasher(settings.password_cost),
        keyring=keyring,
        sealer=Sealer(settings.sealing_keys),
        admins_need_second_factor=bool(settings.admins_need_second_factor),
        relying_party=relying_party(settings.public_url, settings.passkey_origins),
        unsubscribe_key=_unsubscribe_key(settings),
    )


def runtime() -> Runtime:
    """The set of the present application."""
    found: Runtime = current_app.extensions["runtime"]
    return found


def _unsubscribe_key(settings: Settings) -> bytes:
    # Web process and worker have the service's key in common. What it signs for services is not mixed with
    # this: the key for tokens follows from it, and not the other way round.
    secret = keys.read_private(settings.service_key).private_numbers().private_value
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"unsubscribe from notifications")
    return derive.derive(secret.to_bytes(32))
