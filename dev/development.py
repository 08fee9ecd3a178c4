"""The platform on one's own machine, with data that last: `make run`."""

import contextlib
import fcntl
import os
import secrets
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

from dev import databases
from dev.layout import Layout, Ports, Stores
from dev.mail import MailCatcher
from dev.platform import Platform
from dev.ports import free_port, is_free
from dev.processes import say, wait_until
from dev.services import SERVICES
from dev.stores import Postgres, Redis, lasting_postgres
from dev.supervision import keep_running

MAIL_OFFSET = 20  # from the gateway's port
DEMO_PASSPHRASE = "study-together-daily"  # noqa: S105  # published, and only good for demo data
DEMO_ACCOUNTS = {
    "learners": "boaz, david, miriam, yael, tamar",
    "tutors": "ruth, hillel",
    "parent": "naomi",
    "author": "esther",
    "admin": "admin",
}


class CannotStart(Exception):
    """Something outside of the platform stands in its way."""


def run(state: Path, gateway_port: int) -> None:
    """Start everything, say where it is, and keep it running until interrupted."""
    began = time.monotonic()
    with sole_use(state), contextlib.ExitStack() as running:
        require_port(gateway_port)
        set_old_logs_aside(state / "logs")
        postgres, redis = own_servers(state)
        server = postgres.url if postgres else os.environ["POSTGRES_URL"]
        password = database_password(state)
        mail = MailCatcher(state / "mail", free_port(gateway_port + MAIL_OFFSET))
        stores = stores_of(server, password, redis)
        platform = Platform(Layout(state, Ports.counted_from(gateway_port), stores, mail.url))
        # What is registered first is ended last: the programs before their stores, and those before
        # the mails.
        running.callback(mail.stop)
        mail.start()
        for part in (postgres, redis, platform):
            if part:
                running.callback(part.stop)
        platform.launch()
        for store in (postgres, redis):
            if store:
                store.start()
        make_databases(server, password, own=postgres is not None)
        load_demo_once(platform, state / "demo-loaded")
        platform.serve()
        write_addresses(platform, state)
        announce(platform, time.monotonic() - began)
        running.callback(say, "\nStopping; the data stay.")
        keep_running(platform, [store for store in (postgres, redis) if store])


@contextlib.contextmanager
def sole_use(state: Path) -> Iterator[None]:
    """Hold the state folder: a second launcher would start a second server on the same data."""
    state.mkdir(parents=True, exist_ok=True)
    # Not emptied by the opening: who comes second reads there who has it.
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"Lyceum already runs on {state}, as process {lock.read()}. Set STATE_DIR (and PORT) for another."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def require_port(port: int) -> None:
    """Make sure that the gateway can listen; a launcher just killed may take a moment to let go of
    the port.
    """
    try:
        wait_until(lambda: is_free(port), lambda: None, f"port {port}", timeout=3)
    except TimeoutError:
        raise CannotStart(
            f"Port {port} is taken by another program. Set PORT to another."
        ) from None


def set_old_logs_aside(logs: Path) -> None:
    """Keep the logs of one earlier run."""
    logs.mkdir(exist_ok=True)
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.old"))


def own_servers(state: Path) -> tuple[Postgres | None, Redis | None]:
    """The servers to start: those whose address the environment does not give."""
    logs = state / "logs"
    postgres = (
        None if "POSTGRES_URL" in os.environ else lasting_postgres(state, logs / "postgres.log")
    )
    foreign = {"CACHE_URL", "EVENTS_URL"} & os.environ.keys()
    if len(foreign) == 1:
        raise CannotStart(
            f"{foreign.pop()} is set alone. Set CACHE_URL and EVENTS_URL, or neither."
        )
    redis = None if foreign else Redis(state / "redis", logs / "redis.log")
    return postgres, redis


def stores_of(server: str, password: str, redis: Redis | None) -> Stores:
    urls = {
        service.name: databases.address(server, service, service.database, password)
        for service in SERVICES
    }
    if redis:
        return Stores(urls, redis.cache_url, redis.events_url)
    return Stores(urls, os.environ["CACHE_URL"], os.environ["EVENTS_URL"])


def database_password(state: Path) -> str:
    """The password of the services' roles, made once."""
    kept = state / "database-password"
    # An empty one was made by a launcher that was killed before it could write.
    if not kept.exists() or not kept.read_text():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
    return kept.read_text()


def make_databases(server: str, password: str, *, own: bool) -> None:
    """Make what is missing. In a server of our own, the services are also kept out of everything else."""
    with databases.administration(server) as connection:
        databases.make_roles(connection, password)
        for service in SERVICES:
            databases.make_database(connection, service.database, service)
        if own:
            for name in ("postgres", "template1"):
                databases.close_to_services(connection, name)


def load_demo_once(platform: Platform, loaded: Path) -> None:
    """Migrate, and load demo data unless an earlier start has."""
    platform.prepare(demo=not loaded.exists())
    loaded.touch()


def write_addresses(platform: Platform, state: Path) -> None:
    """Leave the addresses for other programs, and each service's settings for its own command line."""
    write_variables(state / "env", platform.layout.addresses())
    for service in SERVICES:
        write_variables(state / f"{service.name}.env", platform.layout.service_settings(service))


def write_variables(path: Path, variables: dict[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items()))


def read_variables(path: Path) -> dict[str, str]:
    pairs = (shlex.split(line)[0].split("=", 1) for line in path.read_text().splitlines())
    return dict(pairs)


def announce(platform: Platform, seconds: float) -> None:
    """Say what stands where, and what to try first."""
    gateway = platform.gateway_url
    say(f"\nLyceum runs on {gateway} (ready in {seconds:.1f} s)\n")
    for service in SERVICES:
        say(f"  {service.name:24}{platform.service_url(service.name)}")
    say(f"\nDemo accounts, all with the password {DEMO_PASSPHRASE}:\n")
    for kind, names in DEMO_ACCOUNTS.items():
        say(f"  {kind:10}{names}")
    say("\nTry:\n")
    for line in first_steps(gateway):
        say(f"  {line}")
    say(
        f"\nMails are written to {platform.layout.state / 'mail'}, logs to {platform.layout.state / 'logs'}."
    )
    say("Ctrl-C stops everything.")


def first_steps(gateway: str) -> tuple[str, str, str]:
    """Three commands for a shell, each working when pasted."""
    login = f'{{"login": "ruth", "password": "{DEMO_PASSPHRASE}"}}'
    extract = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])'"
    return (
        f"curl {gateway}/healthz",
        f"TOKEN=$(curl -s {gateway}/api/auth/login -H 'Content-Type: application/json' -d '{login}' | {extract})",
        f"curl -H \"Authorization: Bearer $TOKEN\" '{gateway}/api/study-sessions?lat=31.778&lng=35.235&radius_km=5'",
    )
