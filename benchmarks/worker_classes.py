"""What a request costs a service on our worker, and on gunicorn's gthread with eight threads.

    python -m benchmarks.worker_classes [--pairs 5] [--seconds 2] [--connections 1 8 32] [--json file]

Both serve the same database, each pinned to the first core, while `wrk` on the second one sends them requests
in turns: a health check, and one study session as a stranger to it reads it. The figure is the processor time
of gunicorn's processes for each request; the ratio is the median of the pairs' ratios: machines differ.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some. `wrk` is needed.
"""

import argparse
import json
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.measuring import Figures, asked, in_turns, median, ratio
from benchmarks.processes import Programs
from benchmarks.serving import Connection, gunicorn
from chassis import testing
from chassis.clock import now, rfc3339

PACKAGE = "study_session_service"
WORKERS = {"gthread": ("--worker-class=gthread", "--threads=8"), "ours": ()}
HOST, STRANGER = testing.a_user("host"), testing.a_user("stranger")


class Service:
    """A service that runs on the first core."""

    def __init__(self, port: int) -> None:
        Connection(port).ask("GET", "/healthz")  # answered once the service is imported
        self._port = port
        self._processes = Programs.at(port).pin()

    def cost(self, path: str, connections: int, seconds: int) -> Figures:
        url = f"http://127.0.0.1:{self._port}{path}"
        person = {"Authorization": f"Bearer {testing.token_for(STRANGER)}"}
        return asked(self._processes, url, connections, seconds, [person])


def a_session(url: str) -> str:
    """The id of a study session of the host."""
    app = testing.application(PACKAGE, url, LOG_LEVEL="ERROR")
    app.test_client_class = testing.ApiClient
    details = {"title": "Berakhot", "subject": "Talmud", "session_type": "discussion"}
    place = {"latitude": 31.778, "longitude": 35.235}
    moment = {"start_time": rfc3339(now() + timedelta(days=1)), "duration_minutes": 90}
    answer = app.test_client().post(
        "/api/study-sessions", json={**details, **place, **moment}, user=HOST
    )
    assert answer.status_code == 201, answer.text
    testing.close(app)
    return str(json.loads(answer.data)["id"])


def compare(
    services: dict[str, Service], path: str, connections: int, pairs: int, seconds: int
) -> dict[str, object]:
    """The medians of both, and of the ratios of ours to gthread."""
    subjects = {
        name: partial(service.cost, path, connections, seconds)
        for name, service in services.items()
    }
    turns = in_turns(pairs, subjects)
    return {
        "path": path,
        "connections": connections,
        **{f"{name}_us": round(median(turns, name, "cpu_us")) for name in turns},
        "cost_ratio": round(ratio(turns, "ours", "gthread", "cpu_us"), 2),
        "throughput_ratio": round(ratio(turns, "ours", "gthread", "per_second"), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    with testing.database(PACKAGE) as url, ExitStack() as stack:
        paths = ["/healthz", f"/api/study-sessions/{a_session(url)}"]
        started = {
            name: stack.enter_context(gunicorn(PACKAGE, url, *arguments))
            for name, arguments in WORKERS.items()
        }
        services = {name: Service(started[name]) for name in started}
        for path in paths:
            for connections in options.connections:
                row = compare(services, path, connections, options.pairs, options.seconds)
                print(row, flush=True)
                rows.append(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
