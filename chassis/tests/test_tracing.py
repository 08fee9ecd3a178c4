"""The effects of a request can be traced back to it."""

import json
import logging
import sys

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.config import InvalidSettings
from chassis.data.db import transaction
from chassis.messaging.worker import Sweep, run_sweep
from chassis.telemetry import request_context, tracing
from chassis.telemetry.request_context import Trace

from .support import notes
from .support.notes import db, messages

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-00"
CARRIER = {"request_id": "client-request-1", "traceparent": PARENT}
EVENT = {
    "id": "5f0c1d0e-6f0c-4c5e-9a53-2f4f6f1f7a10",
    "type": "greeted",
    "schema_version": 1,
    "source": "user-service",
    "aggregate_id": "a",
    "aggregate_version": 1,
    "occurred_at": rfc3339(now()),
    "actor": None,
    "data": {},
}


def test_a_trace_is_handed_over_as_it_was_received() -> None:
    assert Trace.read(CARRIER).carried == CARRIER


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "",
        7,
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"01-{TRACE}-{SPAN}-01",
        f"{PARENT}-more",
        f"{PARENT}\n",
    ],
)
def test_a_malformed_trace_context_begins_a_new_trace(odd: object) -> None:
    trace = Trace.read({"request_id": "client-request-1", "traceparent": odd})
    assert trace.request_id == "client-request-1"
    assert (trace.trace_id != TRACE, trace.span_id) == (True, None)


def test_a_trace_ends_with_its_block() -> None:
    with request_context.continued(Trace.read(CARRIER)), tracing.span("step", "INTERNAL"):
        assert request_context.outgoing_headers() == {
            "X-Request-ID": "client-request-1",
            "traceparent": PARENT,
        }
    assert request_context.present() is None
    assert request_context.current().request_id != request_context.current().request_id


def test_a_consumer_logs_the_request_that_an_event_comes_from(
    in_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    in_app.extensions["publishing"].stop()
    with transaction(db.session), request_context.continued(Trace.read(CARRIER)):
        messages.publish_event("note.written", "a", 1)
    in_app.extensions["worker"].publisher.publish_pending()
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as server:
        [(_, entry)] = server.xrange("events:tutoring-service")
        assert "origin" not in json.loads(entry["event"])
        server.xadd("events:user-service", {**entry, **testing.signed(EVENT)})
    with caplog.at_level(logging.INFO):
        consume(in_app)
    [line] = [
        record.msg for record in caplog.records if record.name == "chassis.messaging.consumer"
    ]
    assert (line["message"], line["request_id"], line["trace_id"]) == (
        "event_acted_on",
        "client-request-1",
        TRACE,
    )


def test_an_event_that_names_no_request_is_acted_on(in_app: Flask) -> None:
    with redis.Redis.from_url(testing.redis_url()) as server:
        server.xadd("events:user-service", {**testing.signed(EVENT), "traceparent": "odd"})
    consume(in_app)
    assert len(notes.received) == 1


def test_an_email_names_the_request_that_caused_it(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        app.extensions["publishing"].stop()
    headers = {"X-Request-ID": "client-request-1", "traceparent": PARENT}
    client.post("/api/notes/emails", headers=headers)
    with app.app_context():
        [mail] = db.session.execute(select(messages.mails)).all()
        assert mail.data == {"to": "ruth", "origin": CARRIER}


def test_the_emails_of_one_sweep_share_a_request_id(in_app: Flask) -> None:
    def remind() -> int:
        if db.session.execute(select(messages.mails)).first():
            return 0
        for _ in range(2):
            messages.queue_email("reminder", {})
        return 2

    run_sweep(messages, Sweep("reminders", 1, remind))
    first, second = db.session.execute(select(messages.mails)).all()
    assert first.data["origin"]["request_id"] == second.data["origin"]["request_id"]


def test_a_span_endpoint_is_refused_without_the_tracing_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.delitem(sys.modules, "chassis.telemetry.spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InvalidSettings, match=r"chassis\[tracing\]"):
        tracing.configure("tutoring-service")


def consume(app: Flask) -> None:
    consumer = app.extensions["worker"].consumer
    consumer.consume(block=1)
    while consumer.consume(block=1):
        pass
