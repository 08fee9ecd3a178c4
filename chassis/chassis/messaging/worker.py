"""The second process of each service: relay, consumer, e-mails, sweeps.

Each of them is a loop in a thread of its own, which survives outages of PostgreSQL, Redis and the SMTP
server. SIGTERM and SIGINT end the loops after the work in hand. Any number of workers may run for one
service.
"""

import signal
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import click
import redis
import structlog
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from prometheus_client import Counter, start_http_server
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis import redis_client
from chassis.auth.keys import PublicKeys
from chassis.auth.service_tokens import ServiceIdentity
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.consumer import Consumer, Subscription
from chassis.messaging.mailer import Mailer
from chassis.messaging.messages import Messages
from chassis.messaging.publisher import Publisher
from chassis.messaging.retention import KEPT, Retention
from chassis.telemetry import request_context
from chassis.telemetry.request_context import Trace

# Only messages that a web process could not publish by itself wait for the relay.
RELAY_PAUSE = 0.5
MAIL_PAUSE = 1.0
TROUBLE_PAUSE = 1.0
MEASURE_PAUSE = 5.0
PURGE_PAUSE = 3600.0

FAILURES = Counter(
    "worker_failures_total", "Rounds of a worker's loop that ended in an error.", ["loop"]
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """Work that the clock asks for, done by one worker at a time.

    `run` is called in a transaction `every` so many seconds. It returns how many things it did; as long as
    it did some, it is called again at once.
    """

    name: str
    every: float
    run: Callable[[], int]


@dataclass(frozen=True)
class WorkerSetup:
    """What a service's worker does."""

    messages: Messages
    publisher: Publisher
    retention: Retention
    consumer: Consumer
    mailer: Mailer | None
    sweeps: Sequence[Sweep]


class Worker:
    """Runs the loops of one service until it is told to stop."""

    def __init__(self, app: Flask, setup: WorkerSetup) -> None:
        self._app = app
        self._setup = setup
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        threads: list[threading.Thread] = []
        for name, pause, work in self._loops():
            thread = threading.Thread(target=self._loop, args=(name, pause, work), name=name)
            threads.append(thread)
            thread.start()
        self._stopping.wait()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """End every loop after the work in hand."""
        self._stopping.set()

    def _loops(self) -> list[tuple[str, float, Callable[[], object]]]:
        setup = self._setup
        loops: list[tuple[str, float, Callable[[], object]]] = [
            ("relay", RELAY_PAUSE, self._relay),
            ("consumer", 0, setup.consumer.consume),  # without a pause: it waits in Redis
            ("measure", MEASURE_PAUSE, self._measure),
            ("purge", PURGE_PAUSE, setup.retention.purge_expired),
        ]
        if setup.mailer:
            loops.append(("mail", MAIL_PAUSE, setup.mailer.send_due))
        for sweep in setup.sweeps:
            loops.append((sweep.name, sweep.every, partial(run_sweep, setup.messages, sweep)))
        return loops

    def _relay(self) -> None:
        self._setup.retention.restore()
        self._setup.publisher.publish_pending()

    def _measure(self) -> None:
        self._setup.publisher.measure()
        if self._setup.mailer:
            self._setup.mailer.measure()
        self._setup.consumer.measure()

    def _loop(self, name: str, pause: float, work: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            try:
                with self._app.app_context():
                    work()
            except (SQLAlchemyError, redis.RedisError) as error:
                FAILURES.labels(name).inc()
                log.warning("worker_delayed", loop=name, reason=type(error).__name__)
                self._stopping.wait(TROUBLE_PAUSE)
            except Exception as error:  # one loop's defect must not end the others
                FAILURES.labels(name).inc()
                log.error("worker_failed", loop=name, exc_info=error)
                self._stopping.wait(TROUBLE_PAUSE)
            self._stopping.wait(pause)


def run_sweep(messages: Messages, sweep: Sweep) -> int:
    """Run a sweep until nothing is left to do, and return how many things it did.

    Needs an application context.
    """
    key = zlib.crc32(f"{messages.service}:{sweep.name}".encode())
    session = messages.db.session

    def once() -> int:
        locked = session.execute(
            text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}
        ).scalar()
        # A worker that finds the lock taken skips its turn: another one does the work.
        if not locked:
            return 0
        # The sweep has an id like a request, by which its events and e-mails can be followed.
        with request_context.continued(Trace.read({})):
            return sweep.run()

    total = 0
    while done := in_transaction(session, once):
        total += done
    return total


@click.command("worker")
@click.option(
    "--metrics-port",
    type=int,
    envvar="WORKER_METRICS_PORT",
    help="Serve Prometheus metrics on this port.",
)
@click.option(
    "--metrics-address", envvar="WORKER_METRICS_ADDRESS", default="127.0.0.1", show_default=True
)
@with_appcontext
def worker_command(metrics_port: int | None, metrics_address: str) -> None:
    """Run the service's worker."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # documented by werkzeug
    worker = Worker(app, app.extensions["worker"])
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: worker.stop())
    if metrics_port:
        start_http_server(metrics_port, addr=metrics_address)
    worker.run()


events_commands = AppGroup("events", help="Events that the service publishes and acts on.")
mail_commands = AppGroup("mails", help="E-mails that the service sends.")


@events_commands.command("replay")
@click.option("--days", type=click.IntRange(0, KEPT.days), default=KEPT.days, show_default=True)
def replay(days: int) -> None:
    """Publish the events of the last days again. A service that has acted on one does not act on it twice."""
    count = current_app.extensions["worker"].retention.replay(KEPT / KEPT.days * days)
    click.echo(f"{count} events will be published again")


@mail_commands.command("retry")
def retry_mails() -> None:
    """Send the parked e-mails again."""
    messages: Messages = current_app.extensions["worker"].messages
    table = messages.mails
    parked = (
        table.update()
        .where(table.c.parked_at.is_not(None))
        .values(parked_at=None, tries=0, due_at=now())
    )
    count = in_transaction(
        messages.db.session, lambda: messages.db.session.execute(parked.returning(table.c.id)).all()
    )
    click.echo(f"{len(count)} e-mails will be sent again")


@events_commands.command("parked")
def parked() -> None:
    """List the parked events."""
    messages: Messages = current_app.extensions["worker"].messages
    table = messages.failed_events
    for row in messages.db.session.execute(table.select().where(table.c.parked_at.is_not(None))):
        click.echo(f"{row.stream} {row.entry_id} {row.error}")


def install(
    app: Flask,
    messages: Messages,
    subscriptions: Sequence[Subscription],
    sweeps: Sequence[Sweep],
    mailer: Mailer | None,
    events_url: str,
    identity: ServiceIdentity,
    service_keys: PublicKeys,
) -> None:
    """Give the application its worker and its commands."""
    with app.app_context():
        engine = messages.db.engine
    events = redis_client.connect(events_url, timeout=2)
    publisher = Publisher(messages, engine, events, identity)
    retention = Retention(messages, engine, events)
    consumer = Consumer(
        messages, redis_client.connect(events_url, timeout=5), subscriptions, service_keys
    )
    app.extensions["worker"] = WorkerSetup(messages, publisher, retention, consumer, mailer, sweeps)
    app.cli.add_command(worker_command)
    app.cli.add_command(events_commands)
    app.cli.add_command(mail_commands)
