"""Each request can be followed by its id."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.telemetry import logs

RUTH = testing.a_user("ruth")
TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_valid_request_id_is_kept_and_any_other_is_replaced(client: FlaskClient) -> None:
    offered = "client-request-1"
    assert (
        client.get("/healthz", headers={"X-Request-ID": offered}).headers["X-Request-ID"] == offered
    )
    for odd in ("<script>", "a" * 65, "short", "a b c d e f g"):
        assert client.get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"] != odd


def test_a_request_is_logged_in_one_line(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    client.get(
        "/api/notes?cursor=secret",
        headers={
            "X-Request-ID": "client-request-1",
            "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        },
        user=RUTH,
    )
    [written] = capfd.readouterr().err.splitlines()
    line = json.loads(written)
    assert line.pop("duration_ms") > 0
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() == timedelta()
    assert line == {
        "service": "tutoring-service",
        "request_id": "client-request-1",
        "trace_id": TRACE,
        "method": "GET",
        "route": "/api/notes",
        "status": 422,
        "user_id": str(RUTH.id),
        "level": "info",
        "message": "request",
    }


def test_requests_are_not_logged_above_their_level(capfd: pytest.CaptureFixture[str]) -> None:
    for level, lines in [("INFO", 1), ("WARNING", 0)]:
        app = Flask("quiet")
        logs.install(app, "quiet", level)
        app.test_client().get("/")
        assert len(capfd.readouterr().err.splitlines()) == lines


def test_a_probe_is_told_of_only_if_something_is_wrong(capfd: pytest.CaptureFixture[str]) -> None:
    statuses = iter([200, 503] * 2)
    for level, lines in [("INFO", ["info"]), ("DEBUG", ["debug", "info"])]:
        app = Flask("watched")
        logs.install(app, "watched", level)
        app.add_url_rule("/readyz", view_func=lambda: ("", next(statuses)))
        for _ in range(2):
            app.test_client().get("/readyz")
        written = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        assert [line["level"] for line in written] == lines


def test_a_log_that_cannot_be_written_fails_no_request(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stderr", SimpleNamespace(buffer=full))
        assert client.get("/api/notes", user=RUTH).status_code == 200
