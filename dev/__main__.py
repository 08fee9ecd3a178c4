"""The launcher's commands: `python -m dev servers`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from dev.binaries import ServerNotFound
from dev.processes import ProcessDied
from dev.stores import throwaway_servers

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    servers = commands.add_parser(
        "servers", help="a throw-away PostgreSQL and Redis, for tests of one package"
    )
    servers.add_argument("under", nargs="*", metavar="-- command", help="what to run beside them, then stop")
    options = parser.parse_args(arguments)
    stop_on_signals()
    try:
        return run_servers(options.under)
    except KeyboardInterrupt:
        return 130
    except (ServerNotFound, ProcessDied, TimeoutError) as failure:
        print(failure, file=sys.stderr)
        return 1


def run_servers(under: Sequence[str]) -> int:
    """Serve until stopped, or for as long as the given command runs."""
    with throwaway_servers() as (postgres, redis):
        addresses = {"TEST_POSTGRES_URL": postgres.url, "TEST_REDIS_URL": redis.url}
        if under:
            return subprocess.run(under, env={**os.environ, **addresses}).returncode
        for name, address in addresses.items():
            print(f"export {name}={address}", flush=True)
        while True:
            signal.pause()


def stop_on_signals() -> None:
    """End on SIGTERM and on a closed terminal as on Ctrl-C, but not on what the caller (nohup) had ignored."""
    for ending in ENDINGS:
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, interrupt)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Begin to stop. From here on another Ctrl-C does not interrupt the stopping."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
