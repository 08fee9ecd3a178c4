"""What two reads cost their service, next to the same rows from a bare handler on the same worker.

    make bench args="bare_reads [--against CHECKOUT] [--pairs 5] [--seconds 2] [--json FILE]"

One study session, and a search near a place with few results, by eight connections, straight from the service
(bare.py is the other). With `--against` the service of another checkout, which has its own .venv, is asked in
the same turns.
"""

import json
import tempfile
from argparse import Namespace
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests

from benchmarks.measuring import (
    CONNECTIONS,
    Figures,
    Report,
    arguments,
    asked,
    in_turns,
    median,
    ratio,
)
from benchmarks.platforms import HERE, PLACE, Launched, launched
from benchmarks.processes import Programs
from benchmarks.serving import served

SERVICE = "STUDY_SESSION_SERVICE"
STRANGER = "yael"  # to the session that is read


def main() -> None:
    parser = arguments(__doc__, seconds=2.0)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    report = Report("read", "by", "requests/s", "cpu µs", "ours ÷ it")
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        folder.chmod(0o711)  # PostgreSQL may run as another account
        ours = running.enter_context(launched(HERE, folder / "ours"))
        settings = {"DATABASE_URL": ours.addresses[f"{SERVICE}_DATABASE_URL"]}
        bare = running.enter_context(served("benchmarks.bare:create_app()", settings))
        askers = {
            "ours": partial(of_platform, ours, options),
            "bare": partial(of_port, bare, ours, options),
        }
        if options.against:
            theirs = running.enter_context(launched(options.against.resolve(), folder / "theirs"))
            askers["against"] = partial(of_platform, theirs, options)
        same_rows(ours, bare)
        for title in ("one session", "near a place"):
            subjects = {name: partial(ask, title) for name, ask in askers.items()}
            in_turns(1, subjects)  # warms up
            turns = in_turns(options.pairs, subjects)
            report.keep(title, turns)
            for name in askers:
                report.add(
                    title,
                    name,
                    median(turns, name, "per_second"),
                    median(turns, name, "cpu_us"),
                    ratio(turns, "ours", name, "cpu_us"),
                )
    report.end(options.json)


def of_platform(platform: Launched, options: Namespace, title: str) -> Figures:
    return of_port(platform.port(f"{SERVICE}_URL"), platform, options, title)


def of_port(port: int, platform: Launched, options: Namespace, title: str) -> Figures:
    """Ask the program at the port for what the platform has."""
    url = f"http://127.0.0.1:{port}{path_of(title, platform)}"
    person = platform.signed_in(STRANGER)
    return asked(Programs.at(port).pin(), url, CONNECTIONS, options.seconds, [person])


def path_of(title: str, platform: Launched) -> str:
    near = f"/api/study-sessions?{PLACE}"
    if title == "near a place":
        return near
    found = requests.get(f"{platform.addresses['GATEWAY_URL']}{near}", timeout=10).json()
    return f"/api/study-sessions/{found['items'][0]['id']}"


def same_rows(ours: Launched, bare: int) -> None:
    """Both answer the search with the same sessions in the same order."""
    path = path_of("near a place", ours)
    answers = [
        requests.get(f"http://127.0.0.1:{port}{path}", timeout=10).json()
        for port in (ours.port(f"{SERVICE}_URL"), bare)
    ]
    service, handler = ([session["id"] for session in answer["items"]] for answer in answers)
    assert service == handler, json.dumps([service, handler])


if __name__ == "__main__":
    main()
