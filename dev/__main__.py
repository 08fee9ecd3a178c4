"""The launcher's commands: `python -m dev COMMAND`, of those in `COMMANDS`."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import psycopg

from dev import binaries, development, ephemeral, pooler
from dev import containers as composed
from dev import kubernetes as described
from dev import migrations as rehearsal
from dev.processes import ProcessDied, die_with_make, run_in_foreground, say
from dev.services import GATEWAY_PORT, named

ROOT = Path(__file__).resolve().parents[1]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EXPECTED_FAILURES = (
    binaries.ServerNotFound,
    development.CannotStart,
    ProcessDied,
    TimeoutError,
    LookupError,
    psycopg.OperationalError,  # from a server that POSTGRES_URL names
    subprocess.CalledProcessError,
)
Command = Callable[[Sequence[str]], int]
PYTEST = ("-m", "pytest", "-p", "dev.xdist_scheduler", "-n", "2", "--no-loadscope-reorder")


def main(arguments: Sequence[str]) -> int:
    stop_on_signals()
    die_with_make()
    command, rest = read_command(arguments)
    try:
        return command(rest)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except EXPECTED_FAILURES as failure:
        print(failure, file=sys.stderr)
        return 1


def read_command(arguments: Sequence[str]) -> tuple[Command, Sequence[str]]:
    parser = argparse.ArgumentParser(prog="python -m dev", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of the command")
    options = parser.parse_args(arguments)
    return COMMANDS[options.command], options.rest


def run(_rest: Sequence[str]) -> int:
    """Serve until interrupted."""
    port = os.environ.get("PORT") or str(GATEWAY_PORT)
    if not port.isdecimal():
        raise development.CannotStart(f"PORT is {port!r}, which is not a port")
    try:
        development.run(state_folder(), int(port))
    except KeyboardInterrupt:
        return 0  # Ctrl-C is the normal end
    return 0


def test(rest: Sequence[str]) -> int:
    """Run pytest with ephemeral servers."""
    # Many programs start: each would compile all that it imports, and each test process all tests.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return servers(["--", sys.executable, *PYTEST, *rest])


def servers(rest: Sequence[str]) -> int:
    """Serve until interrupted, or for as long as the command after `--` runs."""
    command = without_dashes(rest)
    with ephemeral.servers() as (postgres, redis):
        addresses = {"TEST_POSTGRES_URL": postgres.url, "TEST_REDIS_URL": redis.cache_url}
        if command:
            return run_in_foreground(command, addresses)
        for name, address in addresses.items():
            say(f"export {name}={address}")
        while True:
            # `pause` would sleep through a signal that came just before it. This wakes soon after one.
            time.sleep(0.2)


def pooled(rest: Sequence[str]) -> int:
    """Run the tests of a service behind a PgBouncer in transaction mode."""
    service = named(rest[0])
    with ephemeral.servers() as (postgres, redis), pooler.crowded(postgres.url) as bouncer:
        addresses = {
            "TEST_POSTGRES_URL": postgres.url,
            "TEST_POOLER_URL": bouncer.url("postgres", "postgres"),
            "TEST_REDIS_URL": redis.cache_url,
        }
        command = [sys.executable, *PYTEST, f"{service.name}/tests", *rest[1:]]
        return run_in_foreground(command, addresses)


def without_dashes(rest: Sequence[str]) -> Sequence[str]:
    """The command after `--`, which some versions of argparse take away."""
    return rest[1:] if rest[:1] == ["--"] else rest


def containers(rest: Sequence[str]) -> int:
    """Run the command after `--` next to the platform in containers."""
    return composed.run(without_dashes(rest))


def kubernetes(rest: Sequence[str]) -> int:
    """Run the command after `--` next to what deploy/kubernetes describes."""
    return described.run(without_dashes(rest))


def migrations(rest: Sequence[str]) -> int:
    """Rehearse all migrations, or write the next one of a service: `SERVICE MESSAGE`."""
    if rest:
        name, message = rest
        rehearsal.revise(named(name), message)
    else:
        rehearsal.rehearse()
    return 0


def psql(rest: Sequence[str]) -> int:
    """Open a prompt in the database of a running service."""
    settings = service_settings(named(rest[0]).name)
    program = str(binaries.postgres_bin() / "psql")
    return run_in_foreground([program, settings["DATABASE_URL"], *rest[1:]], {})


def flask(rest: Sequence[str]) -> int:
    """Run a command of a service, with the settings of the running service."""
    service = named(rest[0])
    command = [sys.executable, "-m", "flask", "--app", f"{service.package}.app", *rest[1:]]
    return run_in_foreground(command, service_settings(service.name))


COMMANDS: dict[str, Command] = {
    "run": run,
    "test": test,
    "pooled": pooled,
    "servers": servers,
    "containers": containers,
    "kubernetes": kubernetes,
    "migrations": migrations,
    "psql": psql,
    "flask": flask,
}


def service_settings(name: str) -> dict[str, str]:
    path = state_folder() / f"{name}.env"
    if not path.exists():
        raise development.CannotStart("Lyceum has not been started: `make run` in another terminal")
    return development.read_variables(path)


def state_folder() -> Path:
    return Path(os.environ.get("STATE_DIR") or ROOT / ".dev").resolve()


def stop_on_signals() -> None:
    """Stop on SIGTERM and on a closed terminal as on Ctrl-C.

    SIGHUP stays ignored if it was at the start: that is what nohup does.
    """
    for stop_signal in STOP_SIGNALS:
        if stop_signal != signal.SIGHUP or signal.getsignal(stop_signal) != signal.SIG_IGN:
            signal.signal(stop_signal, interrupt)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Begin to stop. A second Ctrl-C does not interrupt the stopping."""
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
