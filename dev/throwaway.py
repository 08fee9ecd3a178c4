"""Servers and whole platforms for tests: fast, forgetful, and gone afterwards."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from dev import databases
from dev.layout import Layout, Ports, Stores
from dev.platform import Platform
from dev.services import SERVICES, Service
from dev.stores import PUBLIC_STATE, Postgres, Redis

PREFIX = "lyceum-throwaway-"
NOWHERE = "smtp://127.0.0.1:1"  # nobody takes mail there
# All tests come from one address, and some are floods.
GENEROUS = {
    f"{kind}_PER_MINUTE": "1000000"
    for kind in ("READS", "WRITES", "SIGN_INS", "STREAMS", "EXPORTS")
}
OPEN_SECRET = "throw-away"  # noqa: S105  # the roles need some password where a server asks for one
ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def state() -> Iterator[Path]:
    """A folder for what nobody will miss, gone afterwards (or at the next start, if this one was killed)."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PUBLIC_STATE))
    folder.chmod(0o711)  # so that PostgreSQL's own account reaches its folder
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of launchers that were killed: nobody holds their lock any more."""
    for folder in PUBLIC_STATE.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "lock").open() as lock:
            # The system lets go of a lock when its process dies, however that happens.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.stat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def servers() -> Iterator[tuple[Postgres, Redis]]:
    """Both servers on free ports."""
    with state() as folder, contextlib.ExitStack() as running:
        postgres = Postgres(folder / "postgres", folder / "postgres.log", throwaway=True)
        redis = Redis(folder / "redis", folder / "redis.log", throwaway=True)
        for server in (postgres, redis):
            running.callback(server.stop)
            server.start()
        yield postgres, redis


class ThrowawayPlatform(Platform):
    """A whole platform with databases and a Redis of its own: `with ThrowawayPlatform(postgres_url)
    as platform`.

    Any number may run at once on one PostgreSQL server. Databases are cloned from templates that
    the first one migrates. Use it from the main thread: its processes end with the thread that
    started them. Mails are not delivered unless `smtp_url` says where.
    """

    def __init__(self, postgres_url: str, *, demo: bool = False, smtp_url: str = NOWHERE) -> None:
        self._postgres_url = postgres_url
        self._demo = demo
        self._running = contextlib.ExitStack()
        folder = self._running.enter_context(state())
        self.redis = Redis(folder / "redis", folder / "redis.log", throwaway=True)
        self._databases = _names(f"lyceum_{secrets.token_hex(4)}")
        urls = addresses(postgres_url, self._databases)
        stores = Stores(urls, self.redis.cache_url, self.redis.events_url)
        super().__init__(Layout(folder, Ports.anywhere(), stores, smtp_url, GENEROUS))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Return when everything answers."""
        self.launch()
        self.redis.start()
        with databases.administration(self._postgres_url) as connection:
            databases.make_roles(connection, OPEN_SECRET)
            templates = self._templates(connection)
            for service in SERVICES:
                name, template = self._databases[service], templates[service]
                databases.make_database(connection, name, service, template=template)
        self.serve()

    def stop(self) -> None:
        """End everything and drop the databases."""
        with self._running:
            super().stop()
            self.redis.stop()
            with databases.administration(self._postgres_url) as connection:
                for name in self._databases.values():
                    databases.drop_database(connection, name)

    def _templates(self, connection: psycopg.Connection) -> dict[Service, str]:
        """The migrated databases of this very code, made by whoever comes first."""
        templates = _names(f"lyceum_template_{fingerprint()}{'_demo' if self._demo else ''}")
        if all(databases.is_template(connection, name) for name in templates.values()):
            return templates
        for service, name in templates.items():
            databases.drop_database(connection, name)
            databases.make_database(connection, name, service)
        self.prepare(demo=self._demo, databases=addresses(self._postgres_url, templates))
        # Only now: a template that was left half-made, because somebody was killed, is not taken
        # for one.
        for name in templates.values():
            databases.finish_template(connection, name)
        return templates


def fingerprint() -> str:
    """Changes with any source file that a migration or demo data could come from."""
    sources = hashlib.sha256()
    for folder in ("chassis", *(service.name for service in SERVICES)):
        for path in sorted((ROOT / folder).glob("*/**/*.py")):
            sources.update(path.read_bytes())
    return sources.hexdigest()[:12]


def _names(prefix: str) -> dict[Service, str]:
    return {service: f"{prefix}_{service.database}" for service in SERVICES}


def addresses(server: str, names: Mapping[Service, str]) -> dict[str, str]:
    """Where the services connect to the databases of these names."""
    return {
        service.name: databases.address(server, service, name, OPEN_SECRET)
        for service, name in names.items()
    }
