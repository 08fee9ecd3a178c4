"""Replaces the containers of one service without a failed call: `make deploy s=havruta`.

New web containers start next to the old ones, which end when the new ones are healthy; then the same is done
with the worker. No other container is touched. After a failure the old ones go on.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

from dev.services import named

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds until a container is healthy, as its health check has
PAUSE = 1  # second between two looks
SHOWN_LOG_LINES = 20


class NotDeployed(Exception):
    """What ran before runs on; the message says why."""


def deploy(name: str, *, migrate: bool = True) -> None:
    """Build or pull the service's image, migrate its database, and replace its containers.

    Raises LookupError for a name that no service has, and NotDeployed.
    """
    service = named(name).name
    docker("compose", "build" if is_built(service) else "pull", service)
    if migrate:
        docker("compose", "run", "--rm", "--no-deps", f"migrate-{service}")
    replace(service)
    replace(f"{service}-worker")


def is_built(service: str) -> bool:
    """Whether its image is built from this folder, and is not one of a release."""
    configured = json.loads(docker("compose", "config", "--format", "json", stdout=PIPE))
    return bool(configured["services"][service]["pull_policy"] == "build")


def replace(name: str) -> None:
    """Start as many new containers as there are, and end the old ones when the new ones are healthy."""
    # A stopped one would count, and be started as it is.
    docker("compose", "rm", "--force", "--volumes", name)
    old = running(name)
    if not old:
        raise NotDeployed(f"{name} does not run: `docker compose up` starts the platform")
    scale = f"{name}={2 * len(old)}"
    try:
        docker(
            *("compose", "up", "--detach", "--no-deps", "--no-recreate", "--no-build"),
            *("--scale", scale, name),
        )
        new = running(name) - old
        if len(new) < len(old):
            raise NotDeployed(f"{name} did not start as often as it runs")
        wait_until_healthy(new)
    except BaseException:
        remove(running(name) - old)
        raise
    remove(old)
    print(f"{name} is replaced", flush=True)  # noqa: T201  # for the operator


def wait_until_healthy(containers: set[str]) -> None:
    """Return when all are. Raise NotDeployed, and show the log of one, when it is not or starts again."""
    deadline = time.monotonic() + PATIENCE
    for container in sorted(containers):
        while (state := state_of(container)) != ("healthy", "0"):
            health, restarts = state
            if health == "unhealthy" or restarts != "0" or time.monotonic() > deadline:
                docker("logs", "--tail", f"{SHOWN_LOG_LINES}", container)
                raise NotDeployed(f"a new container is {health} after {restarts} restarts")
            time.sleep(PAUSE)


def state_of(container: str) -> tuple[str, str]:
    """Its health, and how often it was started again."""
    shown = "{{.State.Health.Status}} {{.RestartCount}}"
    health, restarts = docker("inspect", "--format", shown, container, stdout=PIPE).split()
    return health, restarts


def running(name: str) -> set[str]:
    """The ids of the containers of this name in the compose file."""
    return set(docker("compose", "ps", "--quiet", name, stdout=PIPE).split())


def remove(containers: set[str]) -> None:
    """Let them end what they have in hand, and remove them with what they have written."""
    for container in containers:
        docker("stop", container)
        docker("rm", "--volumes", container)


def docker(*arguments: str, stdout: int | None = None) -> str:
    """Run a command, and return what it prints if `stdout` is PIPE. Raise NotDeployed if it fails."""
    command = ["docker", *arguments]
    finished = subprocess.run(command, cwd=ROOT, stdout=stdout, text=True)  # noqa: S603  # no shell
    if finished.returncode:
        raise NotDeployed(f"`{' '.join(command)}` failed")
    return finished.stdout or ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("service")
    parser.add_argument(
        "--no-migration",
        action="store_false",
        dest="migrate",
        help="for an earlier version, which does not know the revision of the database",
    )
    options = parser.parse_args()
    try:
        deploy(options.service, migrate=options.migrate)
    except (LookupError, NotDeployed) as error:
        sys.exit(f"Not deployed: {error}. What ran before runs on.")
