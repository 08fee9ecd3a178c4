"""A server with a backup, taken and restored by the commands of docs/backup.md."""

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev import binaries
from dev.processes import run_as, wait_until
from dev.servers import Postgres, executable_by, unprivileged_user
from dev.services import SERVICES

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "backup.md"
# The server is not spared here what it does to be durable.
DURABLE = ("synchronous_commit=on", "full_page_writes=on", "fsync=on")
# The guide says a minute, for which nothing here waits.
ARCHIVED_SOON = "archive_timeout=5"


def block(heading: str, number: int = 0, language: str = "sh") -> str:
    """A block of the guide: of those in this language below the heading, the one of this number."""
    section = GUIDE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", section, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found[number])


class Backup:
    """The folder of a backup, and the commands that write and read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._user = unprivileged_user()
        self._programs = executable_by(binaries.postgres_bin(), self._user)
        for each in (folder, folder / "wal"):
            each.mkdir(mode=0o700)
            if self._user:
                os.chown(each, self._user.uid, self._user.gid)

    @property
    def settings(self) -> Sequence[str]:
        """What the guide says to `postgresql.conf`."""
        lines = block("Archiving", language="ini").replace("/backup", str(self.folder))
        settings = [line.split(" = ", 1) for line in lines.splitlines()]
        told = [f"{name}={value.strip(chr(39))}" for name, value in settings]
        return [*told, ARCHIVED_SOON, *DURABLE]

    def take(self, server: Postgres, keys: Path) -> None:
        """Take a base backup and check it, and copy the keys."""
        self.run(block("Base backup"), server.port)
        self._copy_keys(block("Base backup", 1), keys)

    def restore(self, data: Path, port: int) -> None:
        """Fill a data folder, which is empty, for a server that will be started."""
        self.run(block("Restoring"), port, PGDATA=str(data))

    def restore_keys(self, keys: Path) -> None:
        """Put the folder of the keys back."""
        self._copy_keys(block("Restoring", 2), keys)

    def run(self, commands: str, port: int, **variables: str) -> str:
        """Run commands of the guide as the account of PostgreSQL; what they write."""
        known = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres"}
        path = f"{self._programs}:{os.environ['PATH']}"
        env = {**known, "PATH": path, "BACKUP": str(self.folder), **variables}
        done = subprocess.run(
            ["sh", "-euc", commands],
            env=env,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            cwd="/",
            **run_as(self._user),
        )
        return done.stdout

    def raise_numbers(self, port: int, databases: Mapping[str, str]) -> None:
        """Let the numbers of rooms begin above all that were given; `databases` are names by service."""
        commands = block("Restoring", 3)
        for service in SERVICES:
            own = f"-d {databases[service.name]} "
            commands = commands.replace(f"-d {service.database} ", own)
        self.run(commands, port)

    def _copy_keys(self, commands: str, keys: Path) -> None:
        copy = self.folder.with_name("keys-backup")
        env = {"PATH": os.environ["PATH"], "KEYS": str(keys), "KEYS_BACKUP": str(copy)}
        subprocess.run(["sh", "-euc", commands], env=env, check=True)

    @property
    def archived_at(self) -> float:
        """When the last piece of WAL was archived, in Unix time."""
        return max(path.stat().st_mtime for path in (self.folder / "wal").iterdir())

    def size(self, part: str) -> int:
        """The bytes of the base backup (`base`), or of the archive (`wal`)."""
        return sum(
            path.stat().st_size for path in (self.folder / part).rglob("*") if path.is_file()
        )


class Restored(Postgres):
    """A server at the address of a former one, as it was at the moment that the guide names."""

    def __init__(self, backup: Backup, former: Postgres) -> None:
        data = former.data.with_name("restored")
        super().__init__(data, data.with_suffix(".log"), *backup.settings, ephemeral=True)
        self.port = former.port
        self._backup = backup

    def _fill(self, cluster: Path) -> None:
        self._backup.restore(cluster, self.port)

    def wait_until_promoted(self) -> None:
        """Return when changes are taken."""
        self._backup.run(block("Restoring", 1), self.port)


def destroy(server: Postgres) -> None:
    """Kill a server with all its processes, and delete its data."""
    server.kill()
    server.stop()
    wait_until(lambda: has_ended(server), lambda: None, "the end of PostgreSQL")
    shutil.rmtree(server.data)


def has_ended(server: Postgres) -> bool:
    """Whether no process of the server has its data folder open."""
    folder = str(server.data)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == Path(folder):
                return False
        except OSError:
            continue
    return True
