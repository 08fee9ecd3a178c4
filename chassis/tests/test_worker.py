"""The worker's loops run side by side, survive failures, and end when told to."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import pytest
import redis
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from chassis import testing
from chassis.data.db import transaction
from chassis.messaging.mailer import DELAYED, Mailer
from chassis.messaging.worker import Sweep, Worker

from .support.notes import db, messages

PATIENCE = 10

Running = Callable[..., AbstractContextManager[Worker]]


@pytest.fixture
def running(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A running worker with the given sweeps."""
    monkeypatch.setattr("chassis.messaging.worker.TROUBLE_PAUSE", 0.01)

    @contextmanager
    def work(*sweeps: Sweep) -> Iterator[Worker]:
        worker = Worker(in_app, replace(in_app.extensions["worker"], sweeps=sweeps))
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(PATIENCE)
        assert not thread.is_alive()

    return work


class Work:
    """Work that a test can wait for until it was done a number of times."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = list(failures)
        self._done = threading.Semaphore(0)
        self.times = 0

    def __call__(self) -> int:
        if self._failures:
            raise self._failures.pop(0)
        self.times += 1
        self._done.release()
        return 0

    def was_done(self, times: int) -> bool:
        return all(self._done.acquire(timeout=PATIENCE) for _ in range(times))


def test_sweeps_run_as_often_as_they_say(running: Running) -> None:
    often, seldom = Work(), Work()
    with running(Sweep("often", 0.01, often), Sweep("seldom", 3600, seldom)):
        assert often.was_done(3)
        assert seldom.was_done(1)
    assert seldom.times == 1


def test_the_relay_publishes_events_left_in_the_outbox(in_app: Flask, running: Running) -> None:
    in_app.extensions["publishing"].stop()
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1)
    with running(), redis.Redis.from_url(testing.redis_url()) as server:
        assert server.xread({"events:tutoring-service": "0"}, block=PATIENCE * 1000)


def test_emails_that_fail_are_shown(
    in_app: Flask, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.worker.MEASURE_PAUSE", 0.01)
    mailer = Mailer(messages, {}, "smtp://127.0.0.1:1", "lyceum@example.org")
    setup = replace(in_app.extensions["worker"], mailer=mailer)
    monkeypatch.setitem(in_app.extensions, "worker", setup)
    with transaction(db.session):
        messages.queue_email("no such kind", {})
    DELAYED.set(0)
    with running():
        deadline = time.monotonic() + PATIENCE
        while REGISTRY.get_sample_value("mails_delayed") != 1:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.parametrize(
    "failure",
    [
        redis.ConnectionError("gone"),
        OperationalError("", {}, Exception("gone")),
        ValueError("a defect"),
    ],
)
def test_a_failed_sweep_is_tried_again_and_holds_up_no_other(
    running: Running, failure: Exception
) -> None:
    failing, other = Work(failure, failure), Work()
    with running(Sweep("failing", 0.01, failing), Sweep("other", 0.01, other)):
        assert other.was_done(2)
        assert failing.was_done(1)


def test_a_worker_stops_after_its_current_work(running: Running) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def long_work() -> int:
        begun.set()
        may_end.wait(PATIENCE)
        ended.set()
        return 0

    with running(Sweep("long", 3600, long_work)) as worker:
        assert begun.wait(PATIENCE)
        worker.stop()
        may_end.set()
    assert ended.is_set()


def test_two_workers_never_run_a_sweep_at_the_same_time(running: Running) -> None:
    active, most = [0], [0]

    def count() -> int:
        active[0] += 1
        most[0] = max(most[0], active[0])
        threading.Event().wait(0.02)
        active[0] -= 1
        work()
        return 0

    work = Work()
    with running(Sweep("counted", 0.001, count)), running(Sweep("counted", 0.001, count)):
        assert work.was_done(20)
    assert most == [1]
