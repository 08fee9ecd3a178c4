"""Earlier versions of the code, out of the history of the repository."""

import io
import os
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

from dev.services import Service

ROOT = Path(__file__).parents[2]
SHARED = ("chassis", "recurrence")
RELEASES = "v[0-9]*"
MISSING = "needs the history of the repository"


class NoHistory(Exception):
    """The repository does not have the version; the message says why."""


def before(service: Service) -> str:
    """The version to upgrade a service from: LYCEUM_BEFORE, or the newest release without its newest
    migration, or else the commit before that migration. Raise NoHistory if there is none.
    """
    if chosen := os.environ.get("LYCEUM_BEFORE"):
        return git("rev-parse", "--verify", f"{chosen}^{{commit}}").decode().strip()
    migrations = f"{service.name}/{service.package}/migrations/versions"
    last = "HEAD"
    if not git("status", "--porcelain", "--", migrations):
        newest = (
            git("log", "-1", "--diff-filter=A", "--format=%H", "--", migrations).decode().strip()
        )
        last = f"{newest}^"
    commit = git("rev-parse", "--verify", last).decode().strip()
    try:
        return git("describe", "--tags", "--abbrev=0", "--match", RELEASES, commit).decode().strip()
    except NoHistory:
        return commit


def unpack(version: str, service: Service, folder: Path) -> Sequence[Path]:
    """Write the code of a service in a version into the folder; the folders to import it from."""
    parts = [*SHARED, service.name]
    there = git("ls-tree", "--name-only", version, "--", *parts).decode().split()
    if service.name not in there:
        raise NoHistory(f"{version} has no {service.name}")
    with tarfile.open(fileobj=io.BytesIO(git("archive", version, "--", *there))) as archive:
        archive.extractall(folder, filter="data")
    return [folder / part for part in there]


def git(*arguments: str) -> bytes:
    """What a command of Git prints. Raise NoHistory if it fails."""
    try:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise NoHistory(f"{MISSING}: there is no Git") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode().strip()
        raise NoHistory(f"{MISSING}: {reason}") from None
