"""The breaker, the bulkhead and the retry budget on their own."""

from dataclasses import dataclass

import pytest

from chassis.errors import Unavailable
from chassis.testing import race
from gateway.breaker import PAUSE, THRESHOLD, Breaker, Bulkhead, RetryBudget
from gateway.errors import BadGateway, ClientGone, GatewayTimeout


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("a-service", clock)


def fail(breaker: Breaker, error: Exception | None = None) -> None:
    with pytest.raises(type(error or BadGateway("x"))), breaker.attempt():
        raise error or BadGateway("x")


def succeed(breaker: Breaker) -> None:
    with breaker.attempt():
        pass


def opened(breaker: Breaker) -> Breaker:
    for _ in range(THRESHOLD):
        fail(breaker)
    return breaker


def test_a_breaker_opens_after_several_failures_in_a_row(breaker: Breaker) -> None:
    for _ in range(THRESHOLD - 1):
        fail(breaker)
    assert breaker.state == "closed"
    fail(breaker, GatewayTimeout("x"))
    assert breaker.state == "open"


def test_a_success_resets_the_count_of_failures(breaker: Breaker) -> None:
    for _ in range(3):
        for _ in range(THRESHOLD - 1):
            fail(breaker)
        succeed(breaker)
    assert breaker.state == "closed"


def test_an_open_breaker_lets_no_call_through(breaker: Breaker) -> None:
    with pytest.raises(Unavailable) as raised, opened(breaker).attempt():
        pytest.fail("the service was asked")
    assert raised.value.headers["Retry-After"] == "1"


def test_a_half_open_breaker_lets_one_call_through_at_a_time(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += PAUSE
    assert breaker.state == "half-open"
    with breaker.attempt(), pytest.raises(Unavailable), breaker.attempt():
        pytest.fail("a second call went through")
    assert breaker.state == "closed"


def test_concurrent_calls_send_a_single_probe(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    asked: list[int] = []

    def call() -> bool:
        try:
            with breaker.attempt():
                asked.append(1)
                raise BadGateway("x")
        except Unavailable:
            return False
        except BadGateway:
            return True

    assert sum(race([call] * 16)) == len(asked) == 1


def test_a_failed_probe_starts_another_pause(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    fail(breaker)
    assert breaker.state == "open"
    clock.now += PAUSE
    succeed(breaker)
    assert breaker.state == "closed"


def test_a_client_that_hangs_up_does_not_count_as_a_failure(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    fail(breaker, ClientGone())
    assert breaker.state == "half-open"
    succeed(breaker)
    assert breaker.state == "closed"


def test_a_full_bulkhead_refuses_the_next_call() -> None:
    bulkhead = Bulkhead("a-service", 2)
    with bulkhead, bulkhead, pytest.raises(Unavailable), bulkhead:
        pytest.fail("a third call went through")
    with bulkhead, bulkhead:
        pass


def test_retries_are_a_fraction_of_the_calls() -> None:
    budget = RetryBudget(fraction=0.2, most=10)
    retries = 0
    for _ in range(1000):
        budget.earn()
        retries += budget.spend()
    assert 200 <= retries <= 210
