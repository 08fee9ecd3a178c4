"""A disaster and its repair: the servers of a platform, their backup, and how long each step takes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, LiteralString

import psycopg

from chassis import redis_client
from dev.ephemeral import LOW_COST, EphemeralPlatform, state_folder
from dev.platform import SERVICE_NAMES, WORKERS
from dev.servers import Postgres, Redis
from dev.services import GATEWAY

from .backups import Backup, Restored, block, destroy
from .effects import is_settled, rows
from .people import eventually

STUDY = "study-session-service"
WITHIN = 120.0  # seconds: the machine is busy with other tests
PROGRAMS = (GATEWAY, *SERVICE_NAMES, *WORKERS)


class Rehearsal:
    """A platform on servers of its own, which can be destroyed and restored."""

    def __init__(self, running: ExitStack, smtp_url: str) -> None:
        folder = running.enter_context(state_folder())
        self.backup = Backup(folder / "backup")
        self.server: Postgres = Postgres(
            folder / "postgres", folder / "postgres.log", *self.backup.settings, ephemeral=True
        )
        # Whichever server there is by then.
        running.callback(lambda: self.server.stop())
        self.server.start()
        # It has a log of what it is told, and so comes back from a crash with what has not happened.
        self.redis = Redis(folder / "redis", folder / "redis.log")
        self.platform = running.enter_context(
            EphemeralPlatform(
                self.server.url,
                demo=True,
                smtp_url=smtp_url,
                password_cost=LOW_COST,
                redis=self.redis,
            )
        )
        self.keys = self.platform.layout.keys.folder
        self.took: dict[str, float] = {}  # seconds of each step
        self.behind = 0.0  # seconds since something was archived, at the disaster

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self.took[step] = time.monotonic() - begin

    def rows(
        self, service: str, query: LiteralString, *values: object
    ) -> Sequence[tuple[Any, ...]]:
        return rows(self.platform, service, query, *values)

    def numbers(self, room: str) -> Sequence[int]:
        """The numbers of the live events of a room that are in Redis."""
        with redis_client.connect(self.redis.events_url, timeout=5) as connection:
            entries: Any = connection.xrange(f"room:{room}")
            return [int(entry_id.partition("-")[0]) for entry_id, _ in entries]

    def take_backup(self) -> None:
        with self.timed("base backup, checked"):
            self.backup.take(self.server, self.keys)

    def name_the_moment(self) -> str:
        """Write the restore point; the name of the piece of WAL that has it."""
        position = self.backup.run(block("The moment"), self.server.port).strip()
        query = "SELECT pg_walfile_name(%s)"
        with psycopg.connect(self.server.url) as connection:
            [name] = connection.execute(query, [position]).fetchone() or [""]
        return str(name)

    def is_archived(self, piece: str) -> bool:
        return (self.backup.folder / "wal" / piece).exists()

    def destroy(self) -> None:
        """Kill everything at once, and delete the data and the keys."""
        self.behind = time.time() - self.backup.archived_at
        destroy(self.server)
        self.redis.kill()
        for name in PROGRAMS:
            self.platform.kill(name)
        for name in PROGRAMS:
            self.platform.stop_program(name)
        self.redis.stop()
        for path in sorted(self.keys.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.keys.rmdir()

    def restore_server(self) -> None:
        restored = Restored(self.backup, self.server)
        self.server = restored
        with self.timed("base backup copied, server started"):
            restored.start()
        with self.timed("WAL replayed to the moment"):
            restored.wait_until_promoted()

    def restore_the_rest(self) -> None:
        """All that the guide says between the server and the programs."""
        self.backup.restore_keys(self.keys)
        databases = {
            name: self.platform.database_url(name).rpartition("/")[2] for name in SERVICE_NAMES
        }
        self.backup.raise_numbers(self.server.port, databases)
        self.redis.start()
        for url in (self.redis.events_url, self.redis.cache_url):
            with redis_client.connect(url, timeout=5) as connection:
                connection.flushdb()

    def start_programs(self) -> None:
        """Start everything, and return when all events are where they belong."""
        with self.timed("programs started"):
            self.platform.start_program(GATEWAY)
            self.platform.start_services()

    def wait_until_settled(self) -> None:
        eventually(lambda: is_settled(self.platform), WITHIN)
