"""What each operation costs, with all its effects: processor time of every program, rows and bytes.

    make bench args="scale.costs [--calls 800] [--people 48] [--json FILE]"

One operation after the other is called as people of the city do it (`acts`), by eight at a time. What the
workers do because of it counts, too; what the platform does when nobody asks for anything is measured first,
and taken off. `benchmarks/scale/costs.json` has the figures that `benchmarks.scale.needs` reckons with.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import cycle, islice

from benchmarks.measuring import Report, arguments, cuts
from benchmarks.platforms import stage
from benchmarks.scale.acts import ACTS, Act
from benchmarks.scale.city import AT_ONCE, HASHED_AT_ONCE, City, Resident, in_turn
from benchmarks.scale.model import SIGN_INS
from benchmarks.scale.spending import PROGRAMS, Ledger, Spent
from dev.ephemeral import GENEROUS_QUOTAS
from lyceum_client.errors import Refused

REST = 6.0  # seconds of rest that are measured
LOOK = 1.5  # seconds between two looks; PostgreSQL counts rows within one
QUIET = 0.05  # cores more than at rest, when all effects are there
LONGEST = 120.0  # seconds that effects may take
WARMING = 32  # calls before those that count
HASHING = 24  # calls of what hashes a password, which takes a quarter of a second


async def main() -> None:
    options = arguments(__doc__, calls=800, people=48, seed=1).parse_args()
    report = Report("operation", "p50, ms", *PROGRAMS, "rows", "kept", "passing", "log", "in Redis")
    with stage(GENEROUS_QUOTAS) as staged:
        addresses = staged.platform.layout.addresses()
        city = City(addresses["GATEWAY_URL"], options.people, options.seed)
        await city.settle(addresses["USER_SERVICE_DATABASE_URL"])
        bench = Bench(city, Ledger(addresses))
        report.keep("idle", bench.idle)
        costs = {}
        for name, act in ACTS.items():
            calls, at_once = (
                (HASHING, HASHED_AT_ONCE) if name in SIGN_INS else (options.calls, AT_ONCE)
            )
            costs[name] = await bench.cost_of(act, calls, at_once)
            report.add(name, *costs[name].values())
            print(
                f"{name}: {sum(costs[name][program] for program in PROGRAMS):,.0f} us", flush=True
            )
        report.keep("operations", costs)
        await city.http.aclose()
    report.end(options.json)


class Bench:
    """Calls operations, and reads what they cost."""

    def __init__(self, city: City, ledger: Ledger) -> None:
        self._city = city
        self._ledger = ledger
        began = self._ledger.seconds()
        time.sleep(REST)
        spent = self._ledger.seconds()
        self.idle = {name: (spent[name] - began[name]) / REST for name in PROGRAMS}

    async def cost_of(self, act: Act, calls: int, at_once: int) -> Mapping[str, float]:
        """The milliseconds that a call takes; microseconds of each program, rows and bytes for each call."""
        residents = cycle(self._city.residents)
        await timed(list(islice(residents, min(WARMING, calls))), act, at_once)
        self._settled()
        began, before = time.monotonic(), self._ledger.read()
        milliseconds = await timed(list(islice(residents, calls)), act, at_once)
        self._settled()
        spent, seconds = self._ledger.read() - before, time.monotonic() - began
        return {"p50_ms": cuts(milliseconds)["p50_ms"], **self._for_each(spent, seconds, calls)}

    def _for_each(self, spent: Spent, seconds: float, calls: int) -> dict[str, float]:
        """Of one call; without what the platform does anyway in so many seconds."""
        micros = {
            name: 1e6 * max(0.0, spent.seconds[name] - self.idle[name] * seconds) / calls
            for name in PROGRAMS
        }
        sizes = {
            "rows": spent.rows,
            "kept": spent.kept,
            "passing": spent.passing,
            "log": spent.log,
            "in_redis": spent.in_redis,
        }
        return {**micros, **{name: size / calls for name, size in sizes.items()}}

    def _settled(self) -> None:
        """Return when no program does more than at rest."""
        deadline = time.monotonic() + LONGEST
        at_rest = sum(self.idle.values()) + QUIET
        while time.monotonic() < deadline:
            began = sum(self._ledger.seconds().values())
            time.sleep(LOOK)
            if (sum(self._ledger.seconds().values()) - began) / LOOK < at_rest:
                return
        raise SystemExit("the platform does not come to rest")


async def timed(residents: Sequence[Resident], act: Act, at_once: int) -> list[float]:
    """The milliseconds of each call. What is refused because of what others did counts, too."""
    taken = []

    async def one_call(one: Resident) -> None:
        began = time.perf_counter()
        try:
            await act(one)
        except Refused as refusal:
            if refusal.status != HTTPStatus.CONFLICT:
                raise
        taken.append(1000 * (time.perf_counter() - began))

    await in_turn(residents, one_call, at_once)
    return taken


if __name__ == "__main__":
    asyncio.run(main())
