"""The platform for development, with data that outlive a run: `make run`."""

import contextlib
import fcntl
import os
import secrets
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

from dev import databases
from dev.layout import Layout, Ports, StoreUrls
from dev.mail import MailCatcher
from dev.platform import Platform
from dev.ports import free_port, is_free
from dev.processes import say, wait_until
from dev.servers import Postgres, Redis, persistent_postgres
from dev.services import SERVICES
from dev.supervision import keep_running

MAIL_OFFSET = 20  # from the gateway's port
FOR_DEVELOPERS = {"WEB_FILES_MAY_CHANGE": "true"}  # settings of the gateway
DEMO_PASSPHRASE = "study-together-daily"  # noqa: S105  # public: it opens demo accounts only
DEMO_SECRET = "LYCEUMDEMOSECRETLYCEUMDEMOSECRET"  # noqa: S105  # public: it makes codes of one demo account
DEMO_ACCOUNTS = {
    "learners": "boaz, david, miriam, yael, tamar",
    "tutors": "ruth, hillel",
    "parent": "naomi",
    "author": "esther",
    "admin": "admin",
    "protected": "shimon",
}


class CannotStart(Exception):
    """Something outside of the platform prevents its start."""


def run(state: Path, gateway_port: int) -> None:
    """Start everything, print the addresses, and keep it running until interrupted."""
    began = time.monotonic()
    with exclusive_use(state), contextlib.ExitStack() as running:
        require_port(gateway_port)
        rotate_logs(state / "logs")
        postgres, redis = servers_to_start(state)
        servers = [server for server in (postgres, redis) if server]
        postgres_url = postgres.url if postgres else os.environ["POSTGRES_URL"]
        password = database_password(state)
        mail = MailCatcher(state / "mail", free_port(gateway_port + MAIL_OFFSET))
        stores = store_urls(postgres_url, password, redis)
        ports = Ports.relative_to(gateway_port)
        platform = Platform(Layout(state, ports, stores, mail.url, FOR_DEVELOPERS))
        # The last one registered stops first: the platform, its servers, the e-mail catcher.
        running.callback(mail.stop)
        for part in (*servers, platform):
            running.callback(part.stop)
        mail.start()
        platform.start_early()
        for server in servers:
            server.start()
        create_databases(postgres_url, password, own=postgres is not None)
        load_demo_once(platform, state / "demo-loaded")
        platform.start_services()
        write_addresses(platform, state)
        announce(platform, time.monotonic() - began)
        running.callback(say, "\nStopping; the data stay.")
        keep_running(platform, servers)


@contextlib.contextmanager
def exclusive_use(state: Path) -> Iterator[None]:
    """Lock the state folder: a second launcher would start a second server on the same data."""
    # Logs and e-mails are no one else's on this machine.
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)
    # Opening must not empty it: a second launcher reads the process number of the first.
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"Lyceum already runs on {state}, as process {lock.read()}. "
                "Set STATE_DIR (and PORT) for another."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def require_port(port: int) -> None:
    """Raise CannotStart unless the gateway can listen.

    The programs of a launcher that was just killed may hold the port for a moment.
    """
    try:
        wait_until(lambda: is_free(port), lambda: None, f"port {port}", timeout=3)
    except TimeoutError:
        raise CannotStart(
            f"Port {port} is taken by another program. Set PORT to another."
        ) from None


def rotate_logs(logs: Path) -> None:
    """Rename the logs of the previous run to *.log.old."""
    logs.mkdir(exist_ok=True)
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.old"))


def servers_to_start(state: Path) -> tuple[Postgres | None, Redis | None]:
    """PostgreSQL and Redis, but None for a server whose address is in the environment."""
    logs = state / "logs"
    postgres = redis = None
    if "POSTGRES_URL" not in os.environ:
        postgres = persistent_postgres(state, logs / "postgres.log")
    given = {"CACHE_URL", "EVENTS_URL"} & os.environ.keys()
    if len(given) == 1:
        raise CannotStart(f"{given.pop()} is set alone. Set CACHE_URL and EVENTS_URL, or neither.")
    if not given:
        redis = Redis(state / "redis", logs / "redis.log")
    return postgres, redis


def store_urls(server: str, password: str, redis: Redis | None) -> StoreUrls:
    """The addresses of the services' databases on a PostgreSQL server, and of Redis."""
    urls = {}
    for service in SERVICES:
        urls[service.name] = databases.database_url(server, service, service.database, password)
    if redis:
        return StoreUrls(urls, redis.cache_url, redis.events_url, redis.users)
    return StoreUrls(urls, os.environ["CACHE_URL"], os.environ["EVENTS_URL"])


def database_password(state: Path) -> str:
    """The password of the services' roles, generated at the first start."""
    file = state / "database-password"
    # A launcher that was killed before it wrote the password has left an empty file.
    if not file.exists() or not file.read_text():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text()


def create_databases(server: str, password: str, *, own: bool) -> None:
    """Create what is missing. In our `own` server, close all other databases to the services."""
    with databases.admin_connection(server) as connection:
        databases.create_roles(connection, password)
        for service in SERVICES:
            databases.create_database(connection, service.database, service)
        if own:
            for name in ("postgres", "template1"):
                databases.revoke_connect(connection, name)


def load_demo_once(platform: Platform, loaded: Path) -> None:
    """Migrate, and load demo data unless an earlier start has done so."""
    platform.prepare(demo=not loaded.exists())
    loaded.touch()


def write_addresses(platform: Platform, state: Path) -> None:
    """Write the addresses for other programs, and each service's settings for its commands."""
    write_variables(state / "env", platform.layout.addresses())
    for service in SERVICES:
        write_variables(state / f"{service.name}.env", platform.layout.service_settings(service))


def write_variables(path: Path, variables: dict[str, str]) -> None:
    path.touch(mode=0o600)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in variables.items()]
    path.write_text("".join(lines))


def read_variables(path: Path) -> dict[str, str]:
    variables = {}
    for line in path.read_text().splitlines():
        name, value = line.split("=", 1)
        variables[name] = "".join(shlex.split(value))
    return variables


def announce(platform: Platform, seconds: float) -> None:
    """Print the addresses, the demo accounts and what to try first."""
    gateway = platform.gateway_url
    say(f"\nLyceum runs on {gateway} (ready in {seconds:.1f} s)\n")
    for service in SERVICES:
        say(f"  {service.name:24}{platform.service_url(service.name)}")
    say(f"\nDemo accounts, all with the password {DEMO_PASSPHRASE}:\n")
    for kind, names in DEMO_ACCOUNTS.items():
        say(f"  {kind:10}{names}")
    say(
        "\ntamar has applied for the role tutor, and admin has not decided yet: GET /api/admin/applications"
    )
    say("david has reported yael, and admin has not decided yet: GET /api/admin/reports")
    say(f"shimon has a second factor. The secret for an app that makes codes: {DEMO_SECRET}")
    say("\nTry:\n")
    for line in example_commands(gateway):
        say(f"  {line}")
    state = platform.layout.state
    say(f"\nE-mails are written to {state / 'mail'}, logs to {state / 'logs'}.")
    say("Ctrl-C stops everything.")


def example_commands(gateway: str) -> tuple[str, str, str]:
    """Three commands that work when pasted into a shell."""
    body = f"""'{{"login": "ruth", "password": "{DEMO_PASSPHRASE}"}}'"""
    login = f"curl -s {gateway}/api/auth/login -H 'Content-Type: application/json' -d {body}"
    extract = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])'"
    near = f"'{gateway}/api/study-sessions?lat=31.778&lng=35.235&radius_km=5'"
    return (
        f"curl {gateway}/healthz",
        f"TOKEN=$({login} | {extract})",
        f'curl -H "Authorization: Bearer $TOKEN" {near}',
    )
