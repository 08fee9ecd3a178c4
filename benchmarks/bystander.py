"""How well somebody else is served while one client does its worst, within the quotas that are in force.

    make bench args="bystander [--pairs 5] [--seconds 5] [--only TEXT] [--json FILE]"

A person reads forty times a second: a search near a place, one session, one reference. In turns nothing else
happens, and one client attacks (attacks.py). Each attack comes from a new address, with a whole quota. The
database has two hundred thousand sessions.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

import psycopg
import requests

from benchmarks.attacks import ATTACKS, Attack, Target, under
from benchmarks.login_flood import READERS, READS_PER_SECOND, paced
from benchmarks.measuring import Figures, Report, arguments, cuts, in_turns, median, ratio
from benchmarks.platforms import PLACE, Stage, stage
from benchmarks.processes import LOAD
from benchmarks.study_sessions_growing import fill
from user_service.demo import demo_id

SESSIONS = 200_000
PATIENCE = 5.0  # seconds after which an answer counts as failed


def main() -> None:
    options = arguments(__doc__, seconds=5.0, only="").parse_args()
    report = Report(
        "attack", "p50 ms", "p99 ms", "p50 ÷ rest", "p99 ÷ rest", "failed", "at rest", "attacker"
    )
    with stage(quotas={}) as platform:
        prepare(platform)
        os.sched_setaffinity(0, {int(LOAD)})
        bystander = Bystander(platform, options.seconds)
        bystander.read()  # warms up
        for name, attack in ATTACKS.items():
            if options.only not in name:
                continue
            answers: Counter[str] = Counter()
            subjects: dict[str, Callable[[], Figures]] = {
                "at rest": bystander.read,
                "attacked": partial(attacked, bystander, platform, attack, answers),
            }
            turns = in_turns(options.pairs, subjects)
            report.keep(name, turns)
            report.add(
                name,
                median(turns, "attacked", "p50_ms"),
                median(turns, "attacked", "p99_ms"),
                ratio(turns, "attacked", "at rest", "p50_ms"),
                ratio(turns, "attacked", "at rest", "p99_ms"),
                failures(turns["attacked"]),
                failures(turns["at rest"]),
                ", ".join(f"{number} x {status}" for status, number in answers.most_common(3)),
            )
    report.end(options.json)


def failures(turns: list[Figures]) -> str:
    failed = sum(figures["failed"] for figures in turns)
    return f"{failed:.0f} of {sum(figures['reads'] for figures in turns):.0f}"


def attacked(
    bystander: "Bystander", platform: Stage, attack: Attack, answers: Counter[str]
) -> Figures:
    url = platform.platform.database_url("tutoring-service")
    with psycopg.connect(url) as connection:
        row: Any = connection.execute("SELECT min(id) FROM whiteboard_sessions").fetchone()
    target = Target(
        platform.gateway_port,
        platform.port("study-session-service"),
        platform.token(demo_id("ruth")),
        platform.token(demo_id("boaz")),
        row[0],
    )
    with under(attack, target) as answered:
        found = bystander.read()
    answers.update(answered)
    time.sleep(1)  # what the attack has left to do is no part of the next turn
    return found


def prepare(platform: Stage) -> None:
    url = platform.platform.database_url("study-session-service")
    with psycopg.connect(url, autocommit=True) as connection:
        fill(connection, SESSIONS)
        connection.execute("VACUUM ANALYZE study_sessions")


class Bystander:
    """Somebody who reads at a steady pace."""

    def __init__(self, platform: Stage, seconds: float) -> None:
        self._platform = platform
        self._seconds = seconds
        self._paths = cycle(self._find_paths())
        self._lock = threading.Lock()

    def read(self) -> Figures:
        """Read for a while: latencies in milliseconds, and the number of failures."""
        headers = self._platform.signed_in(demo_id("miriam"))
        taken: list[float] = []
        failed: list[str] = []

        def one(client: requests.Session) -> None:
            with self._lock:
                path = next(self._paths)
            began = time.perf_counter()
            try:
                answer = client.get(self._url(path), headers=headers, timeout=PATIENCE)
                if answer.status_code != 200:
                    failed.append(f"{answer.status_code} {answer.text}")
            except requests.RequestException as error:
                failed.append(str(error))
            taken.append(1000 * (time.perf_counter() - began))

        with paced(one, READERS, READS_PER_SECOND):
            time.sleep(self._seconds)
        return {**cuts(taken), "reads": len(taken), "failed": len(failed)}

    def _url(self, path: str) -> str:
        return f"{self._platform.platform.gateway_url}{path}"

    def _find_paths(self) -> Iterator[str]:
        near = f"/api/study-sessions?{PLACE}"
        headers = self._platform.signed_in(demo_id("miriam"))
        found = requests.get(self._url(near), headers=headers, timeout=PATIENCE).json()
        yield near
        yield f"/api/study-sessions/{found['items'][0]['id']}"
        yield "/api/texts/refs/Gen%201:31"


if __name__ == "__main__":
    main()
