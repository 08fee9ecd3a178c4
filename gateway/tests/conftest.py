"""A gateway in front of doubles of the services."""

from collections.abc import Iterator

import pytest
import redis

from chassis import testing
from chassis.testing import User
from gateway.routes import SERVICES

from .support.event_loop import Loop
from .support.gateway_process import HASTY, PATIENT, Doubles, Gateway, running, settings
from .support.live_rooms import Owners
from .support.upstream_doubles import Double


@pytest.fixture(scope="session")
def _doubles() -> Iterator[Doubles]:
    doubles = {name: Double() for name in SERVICES}
    yield doubles
    for double in doubles.values():
        double.stop()


@pytest.fixture(scope="session")
def _internal() -> Iterator[Doubles]:
    doubles = {name: Double() for name in SERVICES}
    yield doubles
    for double in doubles.values():
        double.stop()


@pytest.fixture(scope="session")
def gateway(_doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    with running(settings(_doubles, _internal)) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def hasty_gateway(_doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    """A gateway that soon gives up services that do not answer."""
    with running(settings(_doubles, _internal, HASTY)) as gateway:
        yield gateway


@pytest.fixture
def services(_doubles: Doubles) -> Iterator[Doubles]:
    """The public listeners of the services, by name."""
    yield _doubles
    for double in _doubles.values():
        double.reset()


@pytest.fixture
def internal(_internal: Doubles) -> Iterator[Doubles]:
    """The internal listeners of the services, by name."""
    yield _internal
    for double in _internal.values():
        double.reset()


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop(float(PATIENT))
    yield loop
    loop.stop()


@pytest.fixture
def ruth() -> User:
    return testing.a_user("ruth")


@pytest.fixture
def owners(internal: Doubles, ruth: User) -> Iterator[Owners]:
    """The services with rooms that Ruth may watch."""
    with redis.Redis.from_url(testing.redis_url()) as connection:
        yield Owners(connection, internal, ruth)
