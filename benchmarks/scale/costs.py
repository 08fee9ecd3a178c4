"""What each operation costs, with all its effects: processor time of every program, rows and bytes.

    make bench args="scale.costs [--calls 320] [--people 48] [--json FILE] [--only OPERATION ...]"

One operation after the other is called as people of the city do it (`acts`), by two at a time. The programs
are kept on one core, and what calls them on the other. What the workers do because of a call counts, too;
what the platform does when nobody asks for anything is measured first, and taken off.

`benchmarks.scale.needs` takes the figures in `benchmarks/scale/costs.json`. A virtual machine may be twice as
slow an hour later: `log_in` shows it, which takes a quarter of a second of a core that is not shared.
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measuring import Report, arguments
from benchmarks.platforms import addressed
from benchmarks.processes import LOAD
from benchmarks.scale.acts import ACTS, Act
from benchmarks.scale.city import City, Resident, in_turn
from benchmarks.scale.model import SIGN_INS
from benchmarks.scale.spending import PROGRAMS, Ledger, Spent
from lyceum_client.errors import Refused

CALM = 30.0  # seconds until what was done at the beginning has had its effects
REST = 15.0  # seconds of rest that are measured
LOOK = 5.0  # seconds between two looks: some effects wait a moment, and workers measure as often
QUIET = 0.05  # cores more than at rest, when all effects are there
SLOWEST = 2.0  # times as slow as when rest was measured: a virtual machine
LONGEST = 120.0  # seconds that effects may take
WARMING = 32  # calls before those that count
AT_ONCE = 2
HASHING = 24  # calls of what hashes a password, which takes a quarter of a second


async def main() -> None:
    parser = arguments(__doc__, calls=320, people=48, seed=1)
    parser.add_argument("--only", nargs="+", metavar="OPERATION", choices=ACTS, default=list(ACTS))
    options = parser.parse_args()
    report = Report("operation", *PROGRAMS, "rows", "kept", "passing", "log", "in Redis")
    with addressed() as addresses:
        city = City(addresses["GATEWAY_URL"], options.people, options.seed)
        await city.settle(addresses["USER_SERVICE_DATABASE_URL"])
        bench = Bench(city, Ledger(addresses))
        report.keep("idle", bench.idle)
        costs = known(options.json) if len(options.only) < len(ACTS) else {}
        for name in options.only:
            calls = HASHING if name in SIGN_INS else options.calls
            costs[name] = await bench.cost_of(ACTS[name], calls)
            report.add(name, *costs[name].values())
            print(f"{name}: {sum(costs[name][each] for each in PROGRAMS):,.0f} us", flush=True)
        report.keep("operations", costs)
        await city.close()
    report.end(options.json)


def known(file: Path | None) -> dict[str, Mapping[str, float]]:
    """What was measured before."""
    if not file or not file.exists():
        return {}
    return dict(json.loads(file.read_text())["turns"]["operations"])


class Bench:
    """Calls operations, and reads what they cost."""

    def __init__(self, city: City, ledger: Ledger) -> None:
        self._city = city
        self._ledger = ledger
        self._ledger.pin()
        os.sched_setaffinity(0, {int(LOAD)})
        time.sleep(CALM)
        began = self._ledger.seconds()
        time.sleep(REST)
        spent = self._ledger.seconds()
        self.idle = {name: (spent[name] - began[name]) / REST for name in PROGRAMS}

    async def cost_of(self, act: Act, calls: int) -> Mapping[str, float]:
        """Microseconds of each program, rows and bytes, for each call."""
        residents = cycle(self._city.residents)
        await called(list(islice(residents, min(WARMING, calls))), act)
        self._settled()
        began, before = time.monotonic(), self._ledger.read()
        await called(list(islice(residents, calls)), act)
        self._settled()
        spent, seconds = self._ledger.read() - before, time.monotonic() - began
        return self._for_each(spent, seconds, calls)

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
        at_rest = SLOWEST * sum(self.idle.values()) + QUIET
        while time.monotonic() < deadline:
            began = sum(self._ledger.seconds().values())
            time.sleep(LOOK)
            if (sum(self._ledger.seconds().values()) - began) / LOOK < at_rest:
                return
        raise SystemExit("the platform does not come to rest")


async def called(residents: Sequence[Resident], act: Act) -> None:
    """Have each call it. What is refused because of what others did is a call, too."""

    async def one_call(one: Resident) -> None:
        try:
            await act(one)
        except Refused as refusal:
            if refusal.status != HTTPStatus.CONFLICT:
                raise

    await in_turn(residents, one_call, AT_ONCE)


if __name__ == "__main__":
    asyncio.run(main())
