"""The insides of a platform in containers, as Docker shows them."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dev.keys import Keys
from dev.services import GATEWAY_PORT, named

from .people import IS_ELSEWHERE

ROOT = Path(__file__).resolve().parents[2]
# Whether the platform that runs already is a compose project on this machine.
ARE_CONTAINERS = IS_ELSEWHERE and "COMPOSE_PROJECT_NAME" in os.environ


@dataclass(frozen=True)
class Layout:
    """Where the keys are."""

    keys: Keys


class Containers:
    """The platform of the compose project that COMPOSE_PROJECT_NAME names: its addresses and its keys."""

    def __init__(self, gateway_url: str, folder: Path) -> None:
        """Copy the keys into the folder."""
        self.gateway_url = gateway_url
        docker("compose", "cp", "share-secrets:/vault/keys", str(folder))
        self.layout = Layout(Keys(folder / "keys"))

    def service_url(self, name: str) -> str:
        """The public address of a service."""
        return f"http://{address_of(name)}:{GATEWAY_PORT + named(name).port_offset}"

    def internal_url(self, name: str) -> str:
        """The address of a service for other services."""
        return f"http://{address_of(name)}:{GATEWAY_PORT + named(name).internal_port_offset}"


def address_of(name: str) -> str:
    """Where this machine reaches the container of a service: in Linux it is in all their networks."""
    container = docker("compose", "ps", "--quiet", name).strip()
    networks = json.loads(
        docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", container)
    )
    return next(each["IPAddress"] for each in networks.values())


def docker(*arguments: str) -> str:
    return subprocess.run(
        ["docker", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
