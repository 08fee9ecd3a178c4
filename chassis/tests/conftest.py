"""A small service that stands in for all of them."""

from collections.abc import Iterator

import pytest
import redis
from flask import Flask

from chassis import testing
from chassis.messaging.publisher import Publisher

from .support import notes


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with notes.running() as app:
        yield app


@pytest.fixture(autouse=True)
def nothing_received_before() -> None:
    notes.committed.clear()
    notes.received.clear()


@pytest.fixture
def server() -> Iterator["redis.Redis"]:
    """The Redis that the service publishes to."""
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        yield connection


@pytest.fixture
def only_the_test_publishes(app: Flask) -> None:
    app.extensions["publishing"].stop()


@pytest.fixture
def publisher(in_app: Flask) -> Publisher:
    return in_app.extensions["worker"].publisher
