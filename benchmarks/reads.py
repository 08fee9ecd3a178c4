"""What a read costs its service in processor time, without the server in front of it.

    python -m benchmarks.reads [--against CHECKOUT] [--pairs 5] [--json results.json]

One study session, asked for by a stranger to it, and `/healthz`, in one thread. With `--against` the same is
measured in another checkout (with its own .venv) in turns, and compared.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder

from chassis import testing
from chassis.clock import now, rfc3339

REQUESTS = 500
WARM_UP = 100
HOST, STRANGER = testing.a_user("host"), testing.a_user("stranger")

Figures = dict[str, float]


def measure() -> Figures:
    """Microseconds of processor time for a request, by name."""
    package = "study_session_service"
    with testing.database(package) as url:
        app = testing.application(package, url)
        app.test_client_class = testing.ApiClient
        paths = {"one session": f"/api/study-sessions/{new_session(app)}", "health": "/healthz"}
        figures = {name: cost(app, path) for name, path in paths.items()}
        testing.close(app)
    return figures


def new_session(app: Any) -> str:
    announced = {
        "title": "Tractate Berakhot",
        "subject": "Talmud",
        "session_type": "discussion",
        "latitude": 31.778,
        "longitude": 35.235,
        "start_time": rfc3339(now() + timedelta(hours=1)),
        "duration_minutes": 90,
        "max_participants": 5,
    }
    answer = app.test_client().post("/api/study-sessions", json=announced, user=HOST)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def cost(app: Any, path: str) -> float:
    headers = [("Authorization", f"Bearer {testing.token_for(STRANGER)}")]
    environ = EnvironBuilder(path, headers=headers).get_environ()
    ask(app, environ, WARM_UP)
    began = time.process_time()
    ask(app, environ, REQUESTS)
    return (time.process_time() - began) / REQUESTS * 1e6


def ask(app: Any, environ: dict[str, Any], times: int) -> None:
    statuses = set()
    for _ in range(times):
        body = app(dict(environ), lambda status, headers: statuses.add(status))
        b"".join(body)
        body.close()
    assert statuses == {"200 OK"}, statuses


def measure_in(checkout: Path) -> Figures:
    """The same by another process, with the code of that checkout."""
    program = Path(__file__).resolve()
    command: list[str | Path] = [checkout / ".venv/bin/python", program, "--only"]
    answer = subprocess.run(
        command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    figures: Figures = json.loads(answer.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--against", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not {"TEST_POSTGRES_URL", "TEST_REDIS_URL"} <= os.environ.keys():
        raise SystemExit(
            "set TEST_POSTGRES_URL and TEST_REDIS_URL; `make servers` starts servers and prints them"
        )
    if options.only:
        json.dump(measure(), sys.stdout)
        return
    checkouts = {"here": Path(__file__).resolve().parents[1]}
    if options.against:
        checkouts["there"] = options.against
    runs: dict[str, list[Figures]] = {name: [] for name in checkouts}
    for _ in range(options.pairs):
        for name, checkout in checkouts.items():
            runs[name].append(measure_in(checkout))
    show(runs)
    if options.json:
        options.json.write_text(json.dumps(runs))


def show(runs: dict[str, list[Figures]]) -> None:
    for name in runs["here"][0]:
        here = [figures[name] for figures in runs["here"]]
        print(f"{name:<12} {statistics.median(here):>6.0f} µs", end="")
        if "there" in runs:
            there = [figures[name] for figures in runs["there"]]
            ratios = [one / other for one, other in zip(here, there, strict=True)]
            print(f", there {statistics.median(there):.0f} µs", end="")
            print(f", ratio {statistics.median(ratios):.2f}", end="")
        print()


if __name__ == "__main__":
    main()
