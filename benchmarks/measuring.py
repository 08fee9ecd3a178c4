"""What benchmarks measure by: `wrk`, and turns that are compared."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.request import Request, urlopen

from benchmarks.processes import LOAD, Programs

CONNECTIONS = 8
RESULTS = Path(__file__).parent / "results"

Figures = dict[str, float]
Turns = dict[str, list[Figures]]
Item = TypeVar("Item")
Headers = Mapping[str, str]

IN_TURN = """
local callers, requests, last = {%s}, {}, 0
init = function()
    for number, headers in ipairs(callers) do
        requests[number] = wrk.format("GET", nil, headers)
    end
end
request = function()
    last = last %% #requests + 1
    return requests[last]
end
"""
COUNT = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m)")
REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
SOCKET_ERRORS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Missing(Exception):
    """A program that is measured for comparison is not on this machine."""


@dataclass(frozen=True)
class Load:
    """What `wrk` saw. Latencies are in milliseconds."""

    requests: int
    seconds: float
    failures: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def wrk(url: str, connections: int, seconds: float, callers: Sequence[Headers]) -> Load:
    """Ask for the address on kept-alive connections, as the callers in turn, each with their headers."""
    command = ["taskset", "-c", LOAD, "wrk", "--latency", "-t1", f"-c{connections}"]
    command.append(f"-d{max(1, round(seconds))}s")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(IN_TURN % ",".join(map(_in_lua, callers)))
        script.flush()
        command += ["-s", script.name, url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    counted = COUNT.search(told)
    assert counted, told
    refused, broken = REFUSED.search(told), SOCKET_ERRORS.search(told)
    failures = int(refused[1]) if refused else 0
    failures += sum(map(int, broken.groups())) if broken else 0
    taken = float(counted[2]) * SECONDS[counted[3]]
    return Load(int(counted[1]), taken, failures, _latency(told, 50), _latency(told, 99))


def _latency(told: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s|m)", told)
    assert found, told
    return 1000 * float(found[1]) * SECONDS[found[2]]


def _in_lua(headers: Headers) -> str:
    return "{" + ",".join(f'["{name}"]="{value}"' for name, value in headers.items()) + "}"


def fetched(url: str, headers: Headers) -> bytes:
    """The answer, which has to be 200."""
    with urlopen(Request(url, headers=dict(headers))) as answer:  # noqa: S310  # of this machine
        return bytes(answer.read())


def asked(
    programs: Programs,
    url: str,
    connections: int,
    seconds: float,
    callers: Sequence[Headers],
    behind: Programs | None = None,
) -> Figures:
    """Requests in a second, and the microseconds of processor time that programs spend on each.

    What the programs `behind` them spend on it is counted apart.
    """
    behind = behind or Programs()
    for headers in callers:
        fetched(url, headers)  # a new token is verified, and keys are fetched, before
    began, began_behind = programs.seconds(), behind.seconds()
    load = wrk(url, connections, seconds, callers)
    if load.failures:
        raise SystemExit(f"{load.failures} of {load.requests} requests to {url} failed")
    spent, spent_behind = programs.seconds() - began, behind.seconds() - began_behind
    return {
        "requests": load.requests,
        "per_second": load.per_second,
        "cpu_us": 1e6 * spent / load.requests,
        "behind_us": 1e6 * spent_behind / load.requests,
        "p50_ms": load.p50,
        "p99_ms": load.p99,
    }


def in_turns(pairs: int, subjects: Mapping[str, Callable[[], Figures]]) -> Turns:
    """Measure each subject once in a turn, in the opposite order in every second turn."""
    found: Turns = {name: [] for name in subjects}
    order = list(subjects)
    for _ in range(pairs):
        for name in order:
            found[name].append(subjects[name]())
        order.reverse()
    return found


def median(turns: Turns, name: str, figure: str) -> float:
    return statistics.median(figures[figure] for figures in turns[name])


def ratio(turns: Turns, name: str, other: str, figure: str) -> float:
    """The median of the turns' ratios: what happens to the machine in a turn happens to both."""
    both = zip(turns[name], turns[other], strict=True)
    return statistics.median(one[figure] / its[figure] for one, its in both)


def throughput(items: Sequence[Item], connect: Callable[[], Callable[[Item], None]]) -> float:
    """Items dealt with in a second, by eight connections that each take the next ones."""
    pending, lock = iter(items), threading.Lock()
    connected = [connect() for _ in range(CONNECTIONS)]

    def work(deal_with: Callable[[Item], None]) -> None:
        while True:
            with lock:
                batch = list(islice(pending, 10))
            if not batch:
                return
            for item in batch:
                deal_with(item)

    threads = [threading.Thread(target=work, args=(one,)) for one in connected]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(items) / (time.perf_counter() - began)


def cuts(milliseconds: Sequence[float]) -> Figures:
    """The median and the slowest hundredth."""
    hundredths = statistics.quantiles(milliseconds, n=100)
    return {"p50_ms": hundredths[49], "p99_ms": hundredths[98]}


def arguments(about: str | None, **more: object) -> argparse.ArgumentParser:
    """The arguments that all benchmarks take; `more` are numbers with their defaults."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument(
        "--json", type=Path, help="where the figures go; benchmarks/results/ if not given"
    )
    for name, default in more.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser


class Report:
    """Prints one table, and keeps every figure as JSON."""

    def __init__(self, *columns: str) -> None:
        self.rows = [columns]
        self._load = os.getloadavg()[0]
        self._missing: list[str] = []
        self._turns: dict[str, object] = {}

    def add(self, *cells: str | float) -> None:
        self.rows.append(tuple(map(_written, cells)))

    def keep(self, name: str, figures: object) -> None:
        """Keep what the rows were made of."""
        self._turns[name] = figures

    def miss(self, what: object) -> None:
        """Name something that is left out."""
        self._missing.append(str(what))

    def show(self) -> None:
        """Print the table."""
        widths = [max(map(len, column)) for column in zip(*self.rows, strict=True)]
        for first, *others in self.rows:
            cells = [first.ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            print("  ".join(cells))

    def end(self, file: Path | None) -> None:
        """Print the table and write the file."""
        self.show()
        for what in self._missing:
            print(f"left out: {what}")
        print(f"load of the machine: {self._load:.1f} before, {os.getloadavg()[0]:.1f} after")
        self._write(file or RESULTS / f"{Path(sys.argv[0]).stem}.json")

    def _write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        found = {
            "table": self.rows,
            "left_out": self._missing,
            "load": [self._load, os.getloadavg()[0]],
            "turns": self._turns,
        }
        file.write_text(json.dumps(found, indent=1))


def _written(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.2f}"
