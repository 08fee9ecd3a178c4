"""The files for servers in front of the gateway have figures that fit its own."""

import re
from pathlib import Path

import pytest

from gateway.config import MOST_PATIENCE
from gateway.edge import calls, connection, edge, reading, streams
from gateway.routes import ROUTES, SERVICES
from gateway.upstream import FIRST_PIECE

FRONTS = Path(__file__).resolve().parents[1] / "fronts"
# In each file: how long an answer is waited for, an export too; how long an idle connection is kept.
FILES = {
    "nginx.conf": (r"proxy_read_timeout (\d+)s", r" keepalive_timeout (\d+)s"),
    "Caddyfile": (r"import gateway (\d+)s", r"keepalive (\d+)s"),
}
LONGEST = max(max(route.read_deadline, route.write_deadline) for route in ROUTES) * MOST_PATIENCE
LONGEST_EXPORT = len(SERVICES) * (FIRST_PIECE + calls.WHOLE)


def figures(file: str, pattern: str) -> list[int]:
    """All figures of this kind, in seconds or bytes."""
    return sorted(int(figure) for figure in re.findall(pattern, text(file)))


def text(file: str) -> str:
    return (FRONTS / file).read_text()


@pytest.mark.parametrize("file", FILES)
def test_the_gateway_gives_up_before_its_front_does(file: str) -> None:
    usual, export = figures(file, FILES[file][0])
    assert usual > max(LONGEST, streams.HEARTBEAT)
    assert export > LONGEST_EXPORT


@pytest.mark.parametrize("file", FILES)
def test_the_front_closes_an_idle_connection_before_the_gateway_does(file: str) -> None:
    [kept] = figures(file, FILES[file][1])
    assert kept < connection.IDLE


@pytest.mark.parametrize("file", FILES)
def test_the_front_says_of_its_own_answers_what_the_gateway_says(file: str) -> None:
    name, _, value = edge.TRANSPORT_SECURITY.decode().strip().partition(": ")
    said = re.findall(rf"{name} (\S+?);?(?: always;)?\n", text(file))
    assert said == [value, value]  # where it hides something, and where no gateway answers


def test_nginx_reads_all_that_the_gateway_reads() -> None:
    number, size = re.search(
        r"large_client_header_buffers (\d+) (\d+)k", text("nginx.conf")
    ).groups()
    assert int(size) * 1024 > max(reading.MAX_TARGET, reading.MAX_HEADER)
    assert int(number) * int(size) * 1024 > reading.MAX_HEAD
