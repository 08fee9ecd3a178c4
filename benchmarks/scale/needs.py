"""What so many people a day need, reckoned from the model and from what operations cost.

    python -m benchmarks.scale.needs [PEOPLE ...]

Prints the tables of docs/scaling.md.
"""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.scale import model
from benchmarks.scale.spending import POSTGRESQL, PROGRAMS, REDIS, WORKERS
from dev.services import GATEWAY, SERVICES

COSTS = Path(__file__).with_name("costs.json")
PEOPLE = (1_000, 100_000, 10_000_000)
BUSY = 0.5  # how much of a core may be used in the busiest hour: minutes are busier than their hour
HOUR, DAY, YEAR = 3600, 86_400, 365
STREAM_BYTES = 20_400  # of the gateway, for each reader: RESULTS.md
DELIVERY_US = 9.3  # of the gateway, for each reader of an event: RESULTS.md
PROCESS_BYTES = 100e6  # of a program
CONNECTIONS = 10  # to PostgreSQL, of each process
STREAMS_OF_A_PROCESS = 10_000  # of the 12,000 connections that a gateway takes

Cost = Mapping[str, float]


@dataclass(frozen=True)
class Needs:
    """What a platform needs on a day on which so many people come."""

    people: int
    costs: Mapping[str, Cost]

    @cached_property
    def calls(self) -> float:
        """Calls in the day."""
        return self.people * sum(model.calls().values())

    @cached_property
    def in_a_second(self) -> float:
        """Calls in a second of the busiest hour."""
        return self.calls * model.busiest() / HOUR

    def often(self, names: Iterable[str]) -> float:
        """Calls of these operations in a second of the busiest hour."""
        calls = model.calls()
        return self.people * sum(calls[name] for name in names) * model.busiest() / HOUR

    def busy(self, program: str) -> float:
        """Cores that a program keeps busy in the busiest hour."""
        micros = self.people * self._a_person(program)
        if program == GATEWAY:
            micros += self.people * DELIVERY_US * self._deliveries()
        return micros / 1e6 * model.busiest() / HOUR

    def processes(self, program: str) -> int:
        """Processes that a program needs: Python runs one thread at a time, and a gateway has its streams.

        Each service has a worker of its own.
        """
        streams = self.streams / STREAMS_OF_A_PROCESS if program == GATEWAY else 0
        least = len(SERVICES) if program == WORKERS else 1
        return max(least, math.ceil(self.busy(program) / BUSY), math.ceil(streams))

    @cached_property
    def cores(self) -> float:
        """Cores for all programs, so that none is busier than it may be."""
        return sum(self.busy(program) for program in PROGRAMS) / BUSY

    @cached_property
    def memory(self) -> float:
        """Bytes of programs and of the gateway's streams."""
        processes = sum(self.processes(program) for program in PROGRAMS[:7])
        return processes * PROCESS_BYTES + self.streams * STREAM_BYTES

    @cached_property
    def connections(self) -> float:
        """Connections to PostgreSQL, of all databases."""
        return CONNECTIONS * sum(self.processes(program) for program in PROGRAMS[1:7])

    @cached_property
    def streams(self) -> float:
        """Live streams that are open at a time in the busiest hour."""
        visits = self.people * model.VISITS * model.busiest()
        return visits * model.STAYS / HOUR

    def a_day(self, size: str) -> float:
        """Rows or bytes that come in a day: `rows`, `kept`, `passing`, `log` or `in_redis`."""
        return self.people * self._a_person(size)

    def _a_person(self, figure: str) -> float:
        return sum(often * self.costs[name][figure] for name, often in model.calls().items())

    def _deliveries(self) -> float:
        calls = model.calls()
        return model.WATCHING * sum(calls[name] for name in model.MESSAGES)


def operations(costs: Mapping[str, Cost]) -> Iterable[Sequence[str]]:
    """What each operation costs, and how often a person asks for it: the rows of a table."""
    yield (
        "operation",
        "a person a day",
        "gateway",
        "service",
        "workers",
        "PostgreSQL",
        "Redis",
        "all",
        "rows",
        "bytes",
    )
    for name, often in model.calls().items():
        cost = costs[name]
        of_services = sum(cost[program] for program in PROGRAMS[1:6])
        parts = [cost[GATEWAY], of_services, cost[WORKERS], cost[POSTGRESQL], cost[REDIS]]
        times = [f"{micros / 1000:.2f}" for micros in (*parts, sum(parts))]
        yield f"`{name}`", f"{often:.2f}", *times, f"{cost['rows']:.1f}", f"{cost['kept']:,.0f}"


def needs(costs: Mapping[str, Cost], people: Sequence[int]) -> Iterable[Sequence[str]]:
    """What so many people need: the rows of a table."""
    found = [Needs(count, costs) for count in people]
    yield "people a day", *(f"{each.people:,}" for each in found)
    yield "requests a day", *(counted(each.calls) for each in found)
    yield "requests a second, busiest hour", *(counted(each.in_a_second) for each in found)
    yield "of these, sign-ins", *(counted(each.often(model.SIGN_INS)) for each in found)
    yield "messages a second", *(counted(each.often(model.MESSAGES)) for each in found)
    yield "open live streams", *(counted(each.streams) for each in found)
    for program in PROGRAMS:
        yield f"{program}, cores kept busy", *(counted(each.busy(program)) for each in found)
    yield f"cores, {BUSY:.0%} busy", *(counted(each.cores) for each in found)
    for program in PROGRAMS[:7]:
        yield f"{program}, processes", *(f"{each.processes(program):,}" for each in found)
    yield "memory of programs and streams, GB", *(counted(each.memory / 1e9) for each in found)
    yield "connections to PostgreSQL", *(counted(each.connections) for each in found)
    yield "rows a day", *(counted(each.a_day("rows")) for each in found)
    yield "kept a day, GB", *(counted(each.a_day("kept") / 1e9) for each in found)
    yield "kept a year, GB", *(counted(YEAR * each.a_day("kept") / 1e9) for each in found)
    yield "write-ahead log a day, GB", *(counted(each.a_day("log") / 1e9) for each in found)
    yield (
        "events in Redis, 30 days, GB",
        *(counted(30 * each.a_day("in_redis") / 1e9) for each in found),
    )


def counted(number: float) -> str:
    """Two figures of it."""
    if not number:
        return "0"
    if number < 0.01:
        return "< 0.01"
    digits = 1 - math.floor(math.log10(number))
    rounded = round(number, digits)
    return f"{rounded:,.{max(0, digits)}f}"


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    heading, *others = rows
    lines = [heading, ["---", *["---:"] * (len(heading) - 1)], *others]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    costs = json.loads(COSTS.read_text())["turns"]["operations"]
    people = [int(word) for word in sys.argv[1:]] or PEOPLE
    print(markdown(operations(costs)))
    print()
    print(markdown(needs(costs, people)))


if __name__ == "__main__":
    main()
