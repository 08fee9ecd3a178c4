"""Figures and log lines of requests: complete, however late they are made."""

import fcntl
import json
import os
import re
from typing import IO

from .support.gateway_process import Doubles, Gateway, running, settings

ROUTE = "/api/texts"
ANSWERED = rf'http_requests_total{{method="GET",route="{ROUTE}",status="200"}} ([\d.]+)'
TIMED = rf'http_request_duration_seconds_count{{method="GET",route="{ROUTE}"}} ([\d.]+)'
CALLED = r'upstream_calls_total{outcome="answered",service="havruta-service"} ([\d.]+)'
CALLS_TIMED = r'upstream_call_duration_seconds_count{service="havruta-service"} ([\d.]+)'


def figures(gateway: Gateway) -> list[float]:
    shown = gateway.get("/metrics").body.decode()
    found = [re.search(wanted, shown) for wanted in (ANSWERED, TIMED, CALLED, CALLS_TIMED)]
    return [float(figure[1]) if figure else 0 for figure in found]


def test_a_scrape_tells_of_every_answered_request(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    before = figures(gateway)
    asked_for_its_state = len(internal["havruta-service"].asked)
    for _ in range(5):
        assert gateway.get("/api/texts").status == 200
    after = figures(gateway)
    # A scrape asks for the state of each service, but not more often than once a second.
    more = len(internal["havruta-service"].asked) - asked_for_its_state
    grown = [figure - earlier for figure, earlier in zip(after, before, strict=True)]
    assert grown == [5, 5, 5 + more, 5 + more]


def test_a_log_that_nobody_reads_holds_up_no_request(services: Doubles, internal: Doubles) -> None:
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    with open(read, "rb") as log, running(settings(services, internal), log=write) as gateway:
        os.close(write)
        ids = [f"request-{number}" for number in range(50)]
        answers = [gateway.get("/api/texts", headers={"X-Request-ID": one}) for one in ids]
        assert [answer.status for answer in answers] == [200] * 50
        assert figures(gateway)[0] == 50
        assert [told_next(log) for _ in ids] == ids


def told_next(log: IO[bytes]) -> str:
    """The id of the next request in the log."""
    for line in log:
        told = json.loads(line) if line.startswith(b"{") else {}
        if told.get("route") == ROUTE:
            return str(told["request_id"])
    raise AssertionError("the log has ended")
