"""How much slower everything else is while fifty people a second try to sign in.

    python -m benchmarks.login_flood [--pairs 5] [--seconds 10] [--json results.json]

Four readers ask the gateway at a steady pace for a search and two lists, in turns without and with a flood of
sign-ins to accounts that do not exist: the costliest to refuse. No quota stops the flood, as if it came from
many addresses.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

import requests

from dev.ephemeral import EphemeralPlatform

READERS, READS_PER_SECOND = 4, 40.0
FLOODERS, SIGN_INS_PER_SECOND = 20, 50.0
PATHS = (
    "/api/study-sessions?lat=31.778&lng=35.235&radius_km=5",
    "/api/texts",
    "/api/v2/assessments",
)


def main() -> None:
    options = arguments()
    with EphemeralPlatform(os.environ["TEST_POSTGRES_URL"], demo=True) as platform:
        gateway = platform.gateway_url
        latencies_of_reads(gateway, 2)
        rounds = []
        for number in range(options.pairs):
            quiet = latencies_of_reads(gateway, options.seconds)
            with flood(gateway) as answers:
                flooded = latencies_of_reads(gateway, options.seconds)
            rounds.append(
                {"quiet": figures(quiet), "flooded": figures(flooded), "sign_ins": dict(answers)}
            )
            print(number, json.dumps(rounds[-1]))
    for name in ("p50", "p99"):
        quiet = statistics.median(one["quiet"][name] for one in rounds)
        flooded = statistics.median(one["flooded"][name] for one in rounds)
        ratio = flooded / quiet
        print(f"{name}: {quiet:.1f} ms alone, {flooded:.1f} ms during the flood: {ratio:.2f} times")
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=2))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def latencies_of_reads(gateway: str, seconds: float) -> list[float]:
    """How long each read took, in milliseconds."""
    taken: list[float] = []
    paths = cycle(PATHS)

    def read(client: requests.Session) -> None:
        started = time.perf_counter()
        client.get(f"{gateway}{next(paths)}", timeout=30).raise_for_status()
        taken.append(1000 * (time.perf_counter() - started))

    with paced(read, READERS, READS_PER_SECOND):
        time.sleep(seconds)
    return taken


@contextmanager
def flood(gateway: str) -> Iterator[Counter[int]]:
    """Failing sign-ins from another process while the block runs; the number of answers by status."""
    answers: Counter[int] = Counter()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=try_to_sign_in, args=(gateway, theirs)
    )
    process.start()
    ours.recv()
    yield answers
    ours.send("stop")
    answers.update(ours.recv())
    process.join()


def try_to_sign_in(gateway: str, line: Connection) -> None:
    """Say on the line that the flood has begun; when the line says stop, send the answers by status."""
    answers: Counter[int] = Counter()

    def sign_in(client: requests.Session) -> None:
        login = {
            "login": f"nobody{threading.get_ident()}{time.monotonic_ns()}"[:50],
            "password": "a guess or two",
        }
        answers[client.post(f"{gateway}/api/auth/login", json=login, timeout=30).status_code] += 1

    with paced(sign_in, FLOODERS, SIGN_INS_PER_SECOND):
        time.sleep(1)
        line.send("begun")
        line.recv()
    line.send(answers)


@contextmanager
def paced(
    work: Callable[[requests.Session], None], workers: int, per_second: float
) -> Iterator[None]:
    """Do the work `per_second` times a second, by all workers together, while the block runs."""
    stopping = threading.Event()

    def go_on(delay: float) -> None:
        due = time.monotonic() + delay
        with requests.Session() as client:
            while not stopping.wait(max(0.0, due - time.monotonic())):
                work(client)
                due += workers / per_second

    threads = [
        threading.Thread(target=go_on, args=(number / per_second,)) for number in range(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def figures(latencies: list[float]) -> dict[str, float]:
    """The median and the slowest hundredth, in milliseconds."""
    cuts = statistics.quantiles(latencies, n=100)
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2), "reads": len(latencies)}


if __name__ == "__main__":
    main()
