"""What it costs to pass a request on: by the gateway, and by programs that are made for it.

    make bench args="passing_on [--pairs 5] [--seconds 3] [--connections 32] [--json FILE]"

One small read without database, and one study session, to which the gateway alone adds names. The same
service is asked directly, through the gateway, through haproxy and fastify, which verify the token as the
gateway does, and through nginx, which does not. All of them and the service share one core: throughput says
what the way costs. Each connection is another person's: the gateway bounds what one may have at a time.
"""

import json
from argparse import Namespace
from contextlib import ExitStack
from functools import partial
from uuid import uuid4

from benchmarks import peers
from benchmarks.measuring import (
    Figures,
    Missing,
    Report,
    arguments,
    asked,
    fetched,
    in_turns,
    median,
    ratio,
)
from benchmarks.platforms import PLACE, Stage, stage
from benchmarks.processes import Programs
from user_service.demo import demo_id

PEERS = {
    "haproxy, token": peers.haproxy,
    "nginx, no token": peers.nginx,
    "fastify, token": peers.fastify,
}
GATEWAY = "gateway, token"


def main() -> None:
    options = arguments(__doc__, seconds=3.0, connections=32).parse_args()
    report = Report("through", "requests/s", "of direct", "cpu µs", "gateway ÷ it", "p99 ms")
    with stage() as platform, ExitStack() as running:
        ports = {GATEWAY: platform.gateway_port}
        for name, start in PEERS.items():
            try:
                ports[name] = running.enter_context(start(routes(platform), platform.public_key))
            except Missing as missing:
                report.miss(missing)
        for title, service, path in reads(platform):
            ways = {"direct": platform.port(service), **ports}
            subjects = {
                name: partial(one, platform, port, path, options) for name, port in ways.items()
            }
            in_turns(1, subjects)  # warms up
            turns = in_turns(options.pairs, subjects)
            report.keep(title, turns)
            report.add(title, "", "", "", "", "")
            for name in ways:
                report.add(
                    f"  {name}",
                    median(turns, name, "per_second"),
                    ratio(turns, name, "direct", "per_second"),
                    median(turns, name, "cpu_us"),
                    ratio(turns, GATEWAY, name, "cpu_us"),
                    median(turns, name, "p99_ms"),
                )
    report.end(options.json)


def routes(platform: Stage) -> dict[str, int]:
    return {
        "/api/texts": platform.port("havruta-service"),
        "/api/study-sessions": platform.port("study-session-service"),
    }


def one(platform: Stage, port: int, path: str, options: Namespace) -> Figures:
    """Ask the program at the port as so many people as there are connections, all with new tokens."""
    url = f"http://127.0.0.1:{port}{path}"
    people = [platform.signed_in(uuid4()) for _ in range(options.connections)]
    return asked(Programs.at(port), url, options.connections, options.seconds, people)


def reads(platform: Stage) -> list[tuple[str, str, str]]:
    """Each read: its name, the service that answers it, its path."""
    listed = f"http://127.0.0.1:{platform.gateway_port}/api/study-sessions?{PLACE}&limit=1"
    session = json.loads(fetched(listed, platform.signed_in(demo_id("boaz"))))["items"][0]["id"]
    return [
        ("a reference", "havruta-service", "/api/texts/refs/Gen%201:31"),
        ("a session", "study-session-service", f"/api/study-sessions/{session}"),
    ]


if __name__ == "__main__":
    main()
