"""Servers and whole platforms for tests: fast, and without a trace afterwards."""

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
from dev.layout import Layout, Ports, StoreUrls
from dev.platform import SERVICE_NAMES, Platform
from dev.servers import Postgres, Redis
from dev.services import SERVICES, Service
from dev.unprivileged import PUBLIC_STATE

PREFIX = "lyceum-ephemeral-"
NO_SMTP_SERVER = "smtp://127.0.0.1:1"  # nothing listens there
# All tests come from one address, and some of them are floods.
GENEROUS_QUOTAS = {
    "READS_PER_MINUTE": "1000000",
    "WRITES_PER_MINUTE": "1000000",
    "SIGN_INS_PER_MINUTE": "1000000",
    "STREAMS_PER_MINUTE": "1000000",
    "EXPORTS_PER_MINUTE": "1000000",
}
# The machine is busy with other tests at the same time.
FOR_TESTS = {**GENEROUS_QUOTAS, "PATIENCE": "3"}
LOW_COST = 4  # of hashing a password, where many people sign in
ROLE_PASSWORD = "ephemeral"  # noqa: S105  # for a server that asks for one
WITH_REPLICA = ("study-session-service",)
ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def state_folder() -> Iterator[Path]:
    """A folder that is removed afterwards, or at the next start if this launcher is killed."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PUBLIC_STATE))
    folder.chmod(0o711)  # so that the account of PostgreSQL reaches its folder
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of launchers that were killed: their locks are free."""
    for folder in PUBLIC_STATE.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "lock").open() as lock:
            # The system releases a lock when its process dies, even if that is killed.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.stat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def servers() -> Iterator[tuple[Postgres, Redis]]:
    """Both servers on free ports."""
    with state_folder() as folder, contextlib.ExitStack() as running:
        postgres = Postgres(folder / "postgres", folder / "postgres.log", ephemeral=True)
        redis = Redis(folder / "redis", folder / "redis.log", ephemeral=True)
        for server in (postgres, redis):
            running.callback(server.stop)
            server.start()
        yield postgres, redis


class EphemeralPlatform(Platform):
    """A whole platform with its own databases and Redis: `with EphemeralPlatform(url) as platform`.

    Any number may run at once on one PostgreSQL server. The first one migrates templates, from
    which the databases are cloned. Use it from the main thread: its processes end with the thread
    that started them. E-mails are lost unless `smtp_url` is given. A low `password_cost` is for
    tests with many people. At `replica_url` the server is replicated. Without `redis` it has one
    of its own.
    """

    def __init__(
        self,
        postgres_url: str,
        *,
        demo: bool = False,
        smtp_url: str = NO_SMTP_SERVER,
        for_gateway: Mapping[str, str] = FOR_TESTS,
        password_cost: int | None = None,
        replica_url: str | None = None,
        redis: Redis | None = None,
    ) -> None:
        self._postgres_url = postgres_url
        self._demo = demo
        self._running = contextlib.ExitStack()
        folder = self._running.enter_context(state_folder())
        self.redis = redis or Redis(folder / "redis", folder / "redis.log", ephemeral=True)
        self._databases = _names(f"lyceum_{secrets.token_hex(4)}")
        urls = database_urls(postgres_url, self._databases)
        replicas = {}
        if replica_url:
            copies = database_urls(replica_url, self._databases)
            replicas = {name: copies[name] for name in WITH_REPLICA}
        redis_urls = self.redis.cache_url, self.redis.events_url
        stores = StoreUrls(urls, *redis_urls, self.redis.users, replicas)
        ports = Ports.any_free()
        super().__init__(Layout(folder, ports, stores, smtp_url, for_gateway, password_cost))

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
        self.start_early()
        self.redis.start()
        with databases.admin_connection(self._postgres_url) as connection:
            databases.create_roles(connection, ROLE_PASSWORD)
            templates = self._templates(connection)
            for service in SERVICES:
                name, template = self._databases[service], templates[service]
                databases.create_database(connection, name, service, template=template)
        self.start_services()

    def stop(self) -> None:
        """End everything and drop the databases."""
        with self._running:
            super().stop()
            self.redis.stop()
            with databases.admin_connection(self._postgres_url) as connection:
                for name in self._databases.values():
                    databases.drop_database(connection, name)

    def _templates(self, connection: psycopg.Connection) -> dict[Service, str]:
        """The migrated databases of exactly this code. The first platform makes them."""
        kind = "demo_template" if self._demo else "template"
        templates = _names(f"lyceum_{kind}_{fingerprint()}")
        if all(databases.is_template(connection, name) for name in templates.values()):
            return templates
        for service, name in templates.items():
            databases.drop_database(connection, name)
            databases.create_database(connection, name, service)
        self.prepare(demo=self._demo, databases=database_urls(self._postgres_url, templates))
        # Last: a launcher that is killed before this line leaves a database that is no template.
        for name in templates.values():
            databases.mark_as_template(connection, name)
        return templates


def fingerprint() -> str:
    """A digest of all source files that migrations and demo data could depend on."""
    sources = hashlib.sha256()
    for folder in ["chassis", "recurrence", *SERVICE_NAMES]:
        for path in sorted((ROOT / folder).glob("*/**/*.py")):
            sources.update(path.read_bytes())
    return sources.hexdigest()[:12]


def _names(prefix: str) -> dict[Service, str]:
    return {service: f"{prefix}_{service.database}" for service in SERVICES}


def database_urls(server: str, names: Mapping[Service, str]) -> dict[str, str]:
    """Where the services connect to the databases of these names."""
    return {
        service.name: databases.database_url(server, service, name, ROLE_PASSWORD)
        for service, name in names.items()
    }
