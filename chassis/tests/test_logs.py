"""Each request can be followed by its id."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from chassis import testing

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
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get(
            "/api/notes?cursor=secret",
            headers={
                "X-Request-ID": "client-request-1",
                "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
            },
            user=RUTH,
        )
    [line] = [record.msg for record in caplog.records if record.name == "chassis.telemetry.logs"]
    assert line["route"] == "/api/notes"
    assert (line["request_id"], line["trace_id"], line["user_id"]) == (
        "client-request-1",
        TRACE,
        str(RUTH.id),
    )
    assert "secret" not in json.dumps(line)
