"""With several processes the figures are those of all, whichever of them is asked."""

import re

import pytest

from .support.gunicorn_process import Served, running

COUNT = re.compile(
    r'^http_requests_total\{method="GET",route="/worker",status="200"\} ([\d.]+)$', re.MULTILINE
)


def requests_counted(served: Served) -> float:
    status, body = served.call("GET", "/metrics")
    assert status == 200
    return sum(float(count) for count in COUNT.findall(body.decode()))


def test_the_figures_of_all_processes_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    with running() as served:
        asked = 0
        answered_by: set[int] = set()
        while len(answered_by) < 2:
            answered_by.add(served.get_json("/worker")["pid"])
            asked += 1
            assert asked < 10_000
        assert answered_by == set(served.workers())
        assert [requests_counted(served) for _ in range(20)] == [asked] * 20
