"""A whole platform under test, and people who ask it."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from benchmarks.processes import Programs
from chassis.auth.tokens import ALGORITHM, AUDIENCE, MAX_LIFETIME, TYPE
from chassis.clock import now
from chassis.testing.servers import server
from dev.development import DEMO_PASSPHRASE, read_variables
from dev.ephemeral import GENEROUS_QUOTAS, EphemeralPlatform
from dev.mailbox import receiving
from dev.ports import free_port
from dev.processes import die_with_parent

SERVERS = {"POSTGRES_URL", "CACHE_URL", "EVENTS_URL"}
HERE = Path(__file__).resolve().parents[1]
PLACE = "lat=31.778&lng=35.235&radius_km=5"  # where the demo has sessions


class Stage:
    """A platform with the demo's data, on the core for what is measured."""

    def __init__(self, platform: EphemeralPlatform) -> None:
        self.platform = platform
        layout = platform.layout
        key = load_pem_private_key(self._signing_key().read_bytes(), password=None)
        assert isinstance(key, EllipticCurvePrivateKey)
        self._key = key
        self.public_key = layout.state / "public.pem"
        self.public_key.write_bytes(
            self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        self.public_key.chmod(0o644)
        self.gateway = Programs.at(layout.ports.gateway).pin()
        self.services = Programs.at(*layout.ports.public.values()).pin()

    @property
    def gateway_port(self) -> int:
        return self.platform.layout.ports.gateway

    def port(self, service: str) -> int:
        """The public port of a service."""
        return self.platform.layout.ports.public[service]

    def token(self, user_id: UUID) -> str:
        """An access token as the user-service would sign it."""
        issued = int(now().timestamp())
        claims = {
            "iss": self.platform.gateway_url,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "iat": issued,
            "exp": issued + MAX_LIFETIME,
            "jti": secrets.token_urlsafe(16),
            "sid": str(uuid4()),
            "client_id": "lyceum",
            "email": f"{user_id}@example.org",
            "email_verified": True,
            "username": "somebody",
            "name": "Somebody",
            "roles": ["learner"],
        }
        headers = {"typ": TYPE, "kid": self._signing_key().stem}
        return jwt.encode(claims, self._key, ALGORITHM, headers=headers)

    def signed_in(self, user_id: UUID) -> dict[str, str]:
        """The headers of a person, good for a quarter of an hour."""
        return {"Authorization": f"Bearer {self.token(user_id)}"}

    def _signing_key(self) -> Path:
        folder = self.platform.layout.keys.signing
        return folder / f"{(folder / 'current').read_text()}.pem"


@dataclass(frozen=True)
class Launched:
    """What `make run` has started from some checkout."""

    pid: int
    seconds: float  # until it said that it was ready
    addresses: Mapping[str, str]

    def port(self, variable: str) -> int:
        """The port of an address, such as that of GATEWAY_URL."""
        return urlsplit(self.addresses[variable]).port or 80

    def signed_in(self, username: str) -> dict[str, str]:
        """The headers of a person of the demo, good for a quarter of an hour."""
        login = {"login": username, "password": DEMO_PASSPHRASE}
        answer = requests.post(
            f"{self.addresses['GATEWAY_URL']}/api/auth/login", json=login, timeout=10
        )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@contextmanager
def launched(checkout: Path, state: Path) -> Iterator[Launched]:
    """What `make run` starts, with its data in this folder; with servers of its own."""
    own = {"PORT": str(free_port()), "STATE_DIR": str(state)}
    inherited = {name: value for name, value in os.environ.items() if name not in SERVERS}
    began = time.monotonic()
    process = subprocess.Popen(
        [checkout / ".venv/bin/python", "-m", "dev", "run"],
        cwd=checkout,
        env={**inherited, **own},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    assert process.stdout
    try:
        if not any("ready in" in line for line in process.stdout):
            raise SystemExit(f"the platform of {checkout} did not start")
        seconds = time.monotonic() - began
        yield Launched(process.pid, seconds, read_variables(state / "env"))
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def stage(quotas: Mapping[str, str] = GENEROUS_QUOTAS) -> Iterator[Stage]:
    """Start a platform on the servers that `make bench` has started."""
    with EphemeralPlatform(server("TEST_POSTGRES_URL"), demo=True, for_gateway=quotas) as platform:
        yield Stage(platform)


@contextmanager
def addressed(password_cost: int | None = None) -> Iterator[Mapping[str, str]]:
    """Start a platform without quotas whose e-mails arrive; its addresses, by the names of variables."""
    with (
        receiving() as mailbox,
        EphemeralPlatform(
            server("TEST_POSTGRES_URL"),
            demo=True,
            smtp_url=mailbox.url,
            for_gateway=GENEROUS_QUOTAS,
            password_cost=password_cost,
        ) as platform,
    ):
        yield platform.layout.addresses()
