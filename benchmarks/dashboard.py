"""What a dashboard costs: the gateway, which asks four services for six parts, and fastify, which does too.

    make bench args="dashboard [--pairs 5] [--seconds 3] [--json FILE]"

By sixteen connections and by one. Both ask the same services, and all of it shares one core. fastify verifies
the token and joins the answers; it checks no part, adds no names and has no deadline. The slowest part alone,
asked for by one connection, says what a dashboard has to wait for.
"""

import re
from contextlib import ExitStack
from functools import partial

from benchmarks import peers
from benchmarks.measuring import Figures, Missing, Report, arguments, asked, in_turns, median, ratio
from benchmarks.platforms import Stage, stage
from benchmarks.processes import Programs
from chassis.clock import now, rfc3339
from gateway.views.dashboard import PARTS
from user_service.demo import demo_id

CONNECTIONS = (16, 1)
PEOPLE = ("boaz", "david", "miriam", "yael", "tamar", "ruth", "hillel", "naomi")


def main() -> None:
    options = arguments(__doc__, seconds=3.0).parse_args()
    columns = ("requests/s", "of fastify", "own cpu ms", "services' cpu ms", "p50 ms")
    report = Report("connections", "by", *columns)
    with stage() as platform, ExitStack() as running:
        ports = {"gateway": platform.gateway_port}
        targets = parts(platform)
        try:
            named = [f"{name}={url}" for name, url in targets.items()]
            key = str(platform.public_key)
            ports["fastify"] = running.enter_context(peers.node("dashboard.js", key, *named))
        except Missing as missing:
            report.miss(missing)
        for connections in CONNECTIONS:
            subjects = {
                name: partial(one, platform, port, connections, options.seconds)
                for name, port in ports.items()
            }
            if connections == 1:
                for name, url in targets.items():
                    subjects[name] = partial(part, platform, url, options.seconds)
            in_turns(1, subjects)  # warms up
            turns = in_turns(options.pairs, subjects)
            report.keep(f"{connections} connections", turns)
            for name in ports:
                report.add(
                    str(connections),
                    name,
                    median(turns, name, "per_second"),
                    ratio(turns, name, "fastify", "per_second") if "fastify" in ports else "",
                    median(turns, name, "cpu_us") / 1000,
                    median(turns, name, "behind_us") / 1000,
                    median(turns, name, "p50_ms"),
                )
            if connections == 1:
                slowest = max(targets, key=lambda name: median(turns, name, "p50_ms"))
                waited = median(turns, slowest, "p50_ms")
                report.add("1", f"{slowest} alone", "", "", "", "", waited)
    report.end(options.json)


def parts(platform: Stage) -> dict[str, str]:
    """The address of each part, at its service."""
    found = {}
    for each in PARTS:
        path = each.target.format(minute=rfc3339(now().replace(second=0, microsecond=0)))
        found[each.name] = f"http://127.0.0.1:{platform.port(each.service)}{path}"
    return found


def one(platform: Stage, port: int, connections: int, seconds: float) -> Figures:
    """Ask for dashboards."""
    url = f"http://127.0.0.1:{port}/api/dashboard"
    people = signed_in(platform)
    gatherer = Programs.at(port).pin()
    return asked(gatherer, url, connections, seconds, people, behind=platform.services)


def part(platform: Stage, url: str, seconds: float) -> Figures:
    """Ask for one part alone."""
    port = re.search(r":(\d+)/", url)
    assert port
    programs = Programs.at(int(port[1]))
    return asked(programs, url, 1, seconds / 3, signed_in(platform))


def signed_in(platform: Stage) -> list[dict[str, str]]:
    """Several people: the gateway bounds what one may have at a time."""
    return [platform.signed_in(demo_id(username)) for username in PEOPLE]


if __name__ == "__main__":
    main()
