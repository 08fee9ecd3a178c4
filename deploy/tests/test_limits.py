"""docs/operations.md gives the limits and retries of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from chassis import errors, spool
from chassis.config import ServiceSettings
from chassis.data import connections as of_database
from chassis.data import deadlines, personal_data, replica, session_settings
from chassis.messaging import mailer, publisher, retention, room_streams
from chassis.web import connections, gunicorn_worker, rooms, server, strict_requests
from gateway import exports, routes, upstream
from gateway import server as gateway_server
from gateway.edge import breaker, calls, deliveries, edge, places, reading, services, streams
from gateway.edge import connection as client_connections
from tutoring_service import checked_times, parents

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs/operations.md"
HEADING = "## Limits, and where they are\n"
MODULE = re.compile(r"`(\w+)/([\w/]+\.py)`")


def table() -> dict[str, tuple[str, str]]:
    """The table of limits: what is limited, the figure, and where it is set."""
    section = OPERATIONS.read_text().partition(HEADING)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if "|" in line]
    return {what: (figure, source) for what, figure, source in lines[2:]}


def pauses() -> list[timedelta]:
    """The waits of an e-mail after each failure, until it is parked."""
    longest = mailer.LONGEST_PAUSE
    return [timedelta(seconds=min(2**tries, longest)) for tries in range(mailer.TRIES - 1)]


def hours() -> int:
    return round(sum(pauses(), timedelta()) / timedelta(hours=1))


def pool() -> str:
    app = Flask("limits")
    of_database.install(app, SQLAlchemy(), "postgresql://", ServiceSettings.database_pool_size)
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    return f"{options['pool_size']}, and {options['max_overflow']} more if needed"


def figures() -> dict[str, str]:
    """The table's figures, from the code."""
    route = routes.Route(prefix="/", service=routes.USER)
    body, largest = strict_requests.DEFAULT_BOUNDS, max(each.body_limit for each in routes.ROUTES)
    assert route.body_limit == body.bytes
    assert largest == connections.MAX_BODY
    timeouts = [f"{name}_timeout" for name in ("statement", "lock", "idle_in_transaction_session")]
    waits = [session_settings.SETTINGS[name].replace("s", " s") for name in timeouts]
    answers = (route.read_deadline, route.write_deadline, routes.PASSWORDS)
    times = (connections.HEAD_WITHIN, connections.BODY_WITHIN, connections.ANSWER_WITHIN)
    clients = f"{gateway_server.worker_connections:,}"
    return {
        "threads of a web process": f"{server.threads}",
        "connections to a web process": f"{server.worker_connections}",
        "head of a request, its body, taking the answer": ", ".join(f"{s} s" for s in times),
        "bodies and answers that wait in a web process, before large ones are refused": (
            f"{gunicorn_worker.MAX_HELD // 2**20} MiB"
        ),
        "connections of a process to PostgreSQL": pool(),
        "statement, wait for a lock, idle in a transaction": ", ".join(waits),
        "what a replica may be behind, and how long it may take to answer, before the primary is asked": (
            f"{replica.MOST_BEHIND:g} s, {replica.PATIENCE:g} s"
        ),
        "wait for PostgreSQL to cancel a statement whose caller has gone, before its connection is closed": (
            f"{deadlines.PATIENCE:g} s"
        ),
        "body of a request": (
            f"{body.bytes // 1024} KiB, {body.values:,} values; "
            f"by operation up to {largest // 2**20} MiB"
        ),
        "a person's rows in memory while they are exported": f"{personal_data.ROWS_AT_ONCE}",
        "documents that a process writes at a time; bytes of one, of all": (
            f"{spool.WRITTEN_AT_ONCE}; {spool.MOST_OF_ONE // spool.GIB} GiB, {spool.MOST // spool.GIB} GiB"
        ),
        "taking a whole document from a service": f"{connections.FILE_WITHIN} s",
        "a service that writes its part of an export; silence while the part comes, a whole part": (
            f"{upstream.FIRST_PIECE:g} s; {calls.SILENT:g} s, {calls.WHOLE:g} s"
        ),
        "taking a whole export from the gateway": f"{deliveries.LASTS / 3600:g} h",
        "exports of a person at a time, and of all that are written or wait for it, per gateway": (
            f"1, {exports.IN_HAND}"
        ),
        "errors in an answer": f"{errors.MOST_ERRORS}",
        "parameters of a query": f"{strict_requests.MAX_PARAMETERS}",
        "whole answer: reading, writing, passwords": ", ".join(f"{s:g} s" for s in answers),
        "calls of one service at a time, of one caller and of all, per gateway": (
            f"{breaker.PER_CALLER}, {services.PLACES}"
        ),
        "calls of one caller that wait": f"{breaker.WAITING}",
        "an answer of a service, but for exports": f"{calls.MAX_ANSWER // 2**20} MiB",
        "answers that one caller has not read, per gateway": f"{edge.MOST_UNREAD // 2**20} MiB",
        "requests of a connection that wait": f"{reading.MAX_WAITING}",
        "a silent connection of a client, a request that arrives, an answer that nobody reads": (
            f"{client_connections.IDLE:g} s, {client_connections.ARRIVING:g} s, "
            f"{client_connections.UNREAD:g} s"
        ),
        "connections of clients, per gateway, streams included": (
            f"{clients}, or as many as `ulimit -Hn` lets it open"
        ),
        "an address, a head": f"{reading.MAX_TARGET:,} bytes, {reading.MAX_HEAD // 1024} kB",
        "streams of one person, per gateway": f"{places.MOST_PER_PERSON}",
        "rooms of one stream, next to the room of its person": f"{rooms.MOST_ROOMS}",
        "what is told of several rooms after a break; beyond it rooms are reset": (
            f"{streams.CAUGHT_UP // 1024} KiB"
        ),
        "what a slow reader of a stream may be behind": f"{streams.BEHIND // 1024} KiB",
        "times of one person that another may check for tutoring sessions": (
            f"{checked_times.MOST:,} within a day"
        ),
        "codes of enrolments that a person may try as a parent": f"{parents.MOST_TRIES} within an hour",
        "attempts to send an e-mail": f"{mailer.TRIES}, over some {hours()} hours",
        "rest of a web process after it has published": f"{publisher.REST * 1000:g} ms",
        "events of a room in Redis": (
            f"about {publisher.ROOM_LENGTH}, for {room_streams.ROOM_LIFETIME.days} days after the last"
        ),
        "bytes of a room, of all rooms of a service, in Redis": (
            f"{room_streams.ROOM_BYTES // 1024} kB, {room_streams.SHARE // 2**20} MB"
        ),
        "data of a live event; above that its long fields are left out": (
            f"{rooms.MOST_BYTES // 1024} kB"
        ),
        "events in the outbox and in Redis": f"{retention.KEPT.days} days",
    }


def test_the_table_of_limits_has_the_figures_of_the_code() -> None:
    assert {what: figure for what, (figure, _) in table().items()} == figures()


@pytest.mark.parametrize("what", figures())
def test_the_table_names_modules_that_exist(what: str) -> None:
    source = table()[what][1]
    modules = MODULE.findall(source)
    assert modules or source == "`DATABASE_POOL_SIZE`"
    for package, module in modules:
        assert (ROOT / package.replace("_", "-") / package / module).is_file(), module


def test_the_retries_of_emails_are_documented_as_they_are() -> None:
    text = " ".join(OPERATIONS.read_text().split())
    first = ", ".join(f"{pause.seconds}" for pause in pauses()[:3])
    longest = max(pauses()) // timedelta(hours=1)
    assert (
        f"tried {mailer.TRIES} times: after {first} … seconds, and never more than {longest} hour "
        f"later, over some {hours()} hours in all"
    ) in text
    assert f"e-mails, tried for some {hours()} hours" in text
