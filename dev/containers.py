"""The platform in containers, for as long as a command runs, and without a trace afterwards."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from dev.binaries import ServerNotFound
from dev.ports import free_port
from dev.processes import run_in_foreground, say, wait_until
from dev.services import SERVICES

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300  # seconds, as the health checks have


def run(command: Sequence[str]) -> int:
    """Run the command next to a platform with the demo, and return its status.

    The platform is a compose project of its own, on free ports. The command finds it by GATEWAY_URL and
    MAILPIT_URL, and its containers by COMPOSE_PROJECT_NAME. If anything fails, the logs are shown.
    """
    if not shutil.which("docker"):
        raise ServerNotFound("no Docker found: it is needed, with its plugins compose and buildx")
    gateway, mail_page = (f"127.0.0.1:{free_port()}" for _ in range(2))
    environment = {
        "COMPOSE_PROJECT_NAME": f"lyceum-{secrets.token_hex(4)}",
        "COMPOSE_PROFILES": "demo",
        # An .env is for the platform that people use.
        "COMPOSE_DISABLE_ENV_FILE": "1",
        "GATEWAY_ADDRESS": gateway,
        "MAIL_PAGE_ADDRESS": mail_page,
        "PUBLIC_URL": f"http://{gateway}",
        "GATEWAY_URL": f"http://{gateway}",
        "MAILPIT_URL": f"http://{mail_page}",
    }
    status = 1
    try:
        start(environment)
        status = run_in_foreground(command, environment)
        return status
    finally:
        if status:
            say(docker(environment, "compose", "logs", "--no-color", "--tail", "20"))
        docker(environment, "compose", "down", "--volumes")


def start(environment: Mapping[str, str]) -> None:
    """Return when the demo is loaded and the gateway reaches all services."""
    docker(environment, "compose", "up", "--build", "--detach")
    jobs = [f"demo-{service.name}" for service in SERVICES]
    containers = docker(environment, "compose", "ps", "--all", "--quiet", *jobs).split()

    def is_loaded() -> bool:
        docker(environment, "wait", *containers)  # for their end, or for another try
        ends = docker(
            environment, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", *containers
        )
        return set(ends.splitlines()) == {"exited 0"}

    wait_until(is_loaded, lambda: None, "the demo", PATIENCE)
    url = environment["GATEWAY_URL"]
    wait_until(lambda: is_ready(url), lambda: None, f"the platform at {url}", PATIENCE)


def is_ready(gateway: str) -> bool:
    """Whether the gateway reaches all services."""
    try:
        answer = requests.get(f"{gateway}/readyz", timeout=5).json()
    except requests.RequestException:
        return False
    return bool(answer["status"] == "ready")


def docker(environment: Mapping[str, str], *arguments: str) -> str:
    """What the command prints, but for its progress, which is shown."""
    command = ["docker", *arguments]
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return finished.stdout
