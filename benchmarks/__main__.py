"""Runs benchmarks by their names, or all of them: `make bench args="passing_on --pairs 5"`.

What follows the names is passed to each.
"""

import subprocess
import sys
from itertools import takewhile

NAMES = (
    "passing_on",
    "fan_out",
    "bystander",
    "bare_reads",
    "bare_writes",
    "dashboard",
    "study_sessions_growing",
    "series",
    "reminders",
    "first_load",
    "footprint",
    "worker_classes",
    "answer_submits",
    "login_flood",
    "reads",
    "text_search",
    "scale.costs",
    "scale",
)


def main() -> int:
    given = sys.argv[1:]
    names = list(takewhile(lambda word: not word.startswith("-"), given))
    if unknown := set(names) - set(NAMES):
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return 2
    failed = 0
    for name in names or NAMES:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *given[len(names) :]]
        failed |= subprocess.run(command).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
