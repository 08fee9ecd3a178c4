"""How much memory the platform takes when nobody uses it, and how long `make run` takes to start it.

    make bench args="footprint [--pairs 5] [--json FILE]"

The first start of a pair makes the databases and loads the demo, the second finds them. Memory is of all
processes but PostgreSQL's and Redis's, some seconds after the second start. What processes share is divided
among them.
"""

import tempfile
import time
from pathlib import Path

from benchmarks.measuring import Figures, Report, arguments, in_turns, median
from benchmarks.platforms import HERE, launched
from benchmarks.processes import Programs

SERVERS = ("postgres", "valkey-server", "redis-server")
IDLE = 10.0  # seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    report = Report("the platform", "median")
    turns = in_turns(options.pairs, {"started": start_twice})
    report.keep("started", turns)
    report.add("first start, s", median(turns, "started", "cold_s"))
    report.add("start with its data, s", median(turns, "started", "warm_s"))
    report.add("memory when idle, MB", median(turns, "started", "idle_mb"))
    report.end(options.json)


def start_twice() -> Figures:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL may run as another account
        with launched(HERE, Path(folder) / "state") as platform:
            cold = platform.seconds
        with launched(HERE, Path(folder) / "state") as platform:
            time.sleep(IDLE)
            taken = Programs.under(platform.pid, SERVERS).memory()
            return {"cold_s": cold, "warm_s": platform.seconds, "idle_mb": taken / 1e6}


if __name__ == "__main__":
    main()
