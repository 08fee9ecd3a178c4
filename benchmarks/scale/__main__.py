"""A day of a city, replayed against a running platform so many times as fast as life.

    make bench args="scale [--people 400] [--factor 240] [--seed 1] [--begin 0] [--end 24] [--json FILE]"
    .venv/bin/python -m benchmarks.scale [--state .dev]     against what `make run` has started

Four hundred people at a factor of 240 ask as often as 96,000 do. They do what `model` says, each thing at
its time, however long the platform takes for the one before: a latency counts from the moment at which a
person wanted something. What is refused because of what others did meanwhile, such as a time that somebody
else has booked, is no failure.

It prints latencies and failures for each hour and each operation, and the processor time of each program next
to what the costs in `costs.json` let expect. With `make bench` it has a platform of its own, without quotas,
whose passwords cost little.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psycopg

from benchmarks.measuring import RESULTS, Report, cuts
from benchmarks.platforms import HERE, addressed
from benchmarks.scale.city import City
from benchmarks.scale.needs import COSTS
from benchmarks.scale.replay import HOUR, Call, Replay
from benchmarks.scale.spending import PROGRAMS, Ledger
from dev.development import read_variables
from dev.ephemeral import LOW_COST


class Look(NamedTuple):
    """Processor time that each program has used up to a moment; both in seconds."""

    moment: float
    spent: Mapping[str, float]


def main() -> None:
    options = parsed()
    with ExitStack() as stack:
        addresses: Mapping[str, str]
        if options.state is None and "TEST_POSTGRES_URL" in os.environ:
            addresses = stack.enter_context(addressed(LOW_COST))
        else:
            addresses = running(options.state or HERE / ".dev")
        replay, looks = asyncio.run(replayed(addresses, options))
    show(replay, looks, options)


def running(state: Path) -> Mapping[str, str]:
    """The addresses of what `make run` has started with its data in this folder."""
    try:
        addresses = read_variables(state / "env")
        Ledger(addresses).close()
    except (OSError, LookupError, psycopg.OperationalError) as error:
        sys.exit(f"no platform runs in {state}, `make run` starts one: {error}")
    return addresses


async def replayed(
    addresses: Mapping[str, str], options: argparse.Namespace
) -> tuple[Replay, Sequence[Look]]:
    """The calls of a day, and the processor time that was spent at its beginning and after each hour."""
    city = City(addresses["GATEWAY_URL"], options.people, options.seed)
    await city.settle(addresses["USER_SERVICE_DATABASE_URL"])
    ledger = Ledger(addresses)
    replay = Replay(city, options.factor, options.seed)
    looks: list[Look] = []

    async def look(_: int) -> None:
        looks.append(await asyncio.to_thread(looked, ledger))

    await replay.run(options.begin, options.end, look)
    looks.append(looked(ledger))
    ledger.close()
    await city.close()
    return replay, looks


def looked(ledger: Ledger) -> Look:
    """What there is to see now."""
    return Look(monotonic(), ledger.seconds())


def show(replay: Replay, looks: Sequence[Look], options: argparse.Namespace) -> None:
    """Print the tables, and write the figures."""
    reports = {
        "hours": by_hour(replay.calls, looks, options),
        "operations": by_operation(replay.calls),
        "programs": by_program(replay.calls, looks),
    }
    for report in reports.values():
        report.show()
        print()
    reasons = Counter(call.failure or call.refusal or "" for call in replay.calls)
    del reasons[""]
    for reason, count in reasons.most_common():
        print(f"{count} x {reason}")
    late = cuts([call.late for call in replay.calls])
    print(f"{replay.events} events on streams")
    print(f"calls were made {late['p50_ms']:.1f} ms late (p50), {late['p99_ms']:.1f} ms (p99)")
    tables = {name: report.rows for name, report in reports.items()}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps({"tables": tables, "late": late, "reasons": reasons}, indent=1)
    )


def by_hour(calls: Sequence[Call], looks: Sequence[Look], options: argparse.Namespace) -> Report:
    """What each hour was asked, and how busy the platform was."""
    latencies = "p50, ms", "p99, ms"
    report = Report("hour", "calls", "in a second", *latencies, "refused", "failed", "cores")
    length = HOUR / options.factor
    for hour, before, after in zip(
        range(options.begin, options.end), looks, looks[1:], strict=False
    ):
        its = [call for call in calls if call.hour == hour]
        cores = sum(after.spent[name] - before.spent[name] for name in PROGRAMS) / length
        report.add(f"{hour}", f"{len(its)}", len(its) / length, *told(its), cores)
    return report


def by_operation(calls: Sequence[Call]) -> Report:
    """How each operation was answered, the most frequent first."""
    report = Report("operation", "calls", "p50, ms", "p99, ms", "refused", "failed")
    for name, count in Counter(call.operation for call in calls).most_common():
        report.add(name, f"{count}", *told([call for call in calls if call.operation == name]))
    return report


def by_program(calls: Sequence[Call], looks: Sequence[Look]) -> Report:
    """What each program has spent, and what its costs let expect."""
    report = Report("program", "seconds", "ms for each call", "of all, %", "expected, s")
    first, last = looks[0], looks[-1]
    known = json.loads(COSTS.read_text())["turns"]
    spent = {name: last.spent[name] - first.spent[name] for name in PROGRAMS}
    for name, seconds in spent.items():
        at_rest = known["idle"][name] * (last.moment - first.moment)
        for_calls = sum(known["operations"][call.operation][name] for call in calls) / 1e6
        share = 100 * seconds / sum(spent.values())
        report.add(name, seconds, 1000 * seconds / len(calls), share, at_rest + for_calls)
    return report


def told(calls: Sequence[Call]) -> tuple[float | str, ...]:
    """Latencies of what was answered, and how many calls were refused, and failed."""
    milliseconds = [call.milliseconds for call in calls if not call.failure]
    taken = cuts(milliseconds) if len(milliseconds) > 1 else dict.fromkeys(("p50_ms", "p99_ms"), "")
    refused = sum(call.refusal is not None for call in calls)
    failed = sum(call.failure is not None for call in calls)
    return taken["p50_ms"], taken["p99_ms"], f"{refused}", f"{failed}"


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--factor", type=float, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0)
    parser.add_argument("--end", type=int, default=24)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--json", type=Path, default=RESULTS / "scale.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
