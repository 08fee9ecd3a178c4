"""The breaker, the bulkhead and the retry budget on their own."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import pytest

from chassis.errors import Unavailable
from gateway.edge.breaker import (
    CALLERS,
    PAUSE,
    THRESHOLD,
    WAITING,
    WINDOW,
    Breaker,
    Bulkhead,
    RetryBudget,
)
from gateway.errors import TooManyAtOnce


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
    return Breaker(clock)


def opened(breaker: Breaker) -> Breaker:
    for caller in range(THRESHOLD):
        breaker.failed(caller)
    return breaker


def test_a_breaker_opens_after_several_failures_in_a_row(breaker: Breaker) -> None:
    for caller in range(THRESHOLD - 1):
        breaker.failed(caller)
    assert breaker.state == "closed"
    breaker.failed(THRESHOLD)
    assert breaker.state == "open"


def test_a_success_resets_the_count_of_failures(breaker: Breaker) -> None:
    for _ in range(3):
        for caller in range(THRESHOLD - 1):
            breaker.failed(caller)
        breaker.succeeded(0)
    assert breaker.state == "closed"


def test_the_failures_of_one_caller_open_no_breaker(breaker: Breaker) -> None:
    for _ in range(10 * THRESHOLD):
        breaker.failed("ruth")
    assert breaker.state == "closed"


def test_a_few_callers_cannot_close_a_service_to_many(breaker: Breaker, clock: Clock) -> None:
    for caller in range(10):
        breaker.succeeded(f"one of many {caller}")
    for _ in range(10 * THRESHOLD):
        for caller in range(CALLERS + 3):
            breaker.failed(f"one of a few {caller}")
    assert breaker.state == "closed"
    # What the many saw counts for a while only.
    clock.now += WINDOW + 1
    for caller in range(CALLERS):
        breaker.failed(f"one of a few {caller}")
    assert breaker.state == "open"


def test_an_open_breaker_admits_no_call(breaker: Breaker) -> None:
    assert not opened(breaker).admits()


def test_a_half_open_breaker_admits_one_call_at_a_time(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    assert breaker.state == "half-open"
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.succeeded("ruth")
    assert breaker.state == "closed"


def test_a_failed_probe_starts_another_pause(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    assert breaker.admits()
    breaker.failed("ruth")
    assert breaker.state == "open"
    clock.now += PAUSE
    assert breaker.admits()
    breaker.succeeded("ruth")
    assert breaker.state == "closed"


def test_a_probe_that_says_nothing_is_followed_by_another(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += PAUSE
    assert breaker.admits()
    breaker.abandoned()
    assert breaker.state == "half-open"
    assert breaker.admits()


def test_outcomes_are_forgotten_as_they_grow_old(breaker: Breaker, clock: Clock) -> None:
    for caller in range(1000):
        breaker.succeeded(caller)
        clock.now += WINDOW / 10
    assert len(breaker._last) <= 12


@dataclass(eq=False)
class Place:
    """A call that notes when its turn comes."""

    caller: Hashable
    order: list["Place"] = field(default_factory=list)

    def begin(self) -> None:
        self.order.append(self)


def test_a_full_bulkhead_refuses_the_next_call() -> None:
    bulkhead = Bulkhead("a-service", places=2)
    bulkhead.enter(Place("ruth"))
    bulkhead.enter(Place("boaz"))
    with pytest.raises(Unavailable):
        bulkhead.enter(Place("naomi"))
    bulkhead.leave("ruth")
    bulkhead.enter(Place("naomi"))


def test_calls_of_one_caller_take_turns() -> None:
    bulkhead = Bulkhead("a-service", places=100, per_caller=2)
    order: list[Place] = []
    calls = [Place("ruth", order) for _ in range(5)]
    for call in calls:
        bulkhead.enter(call)
    assert order == calls[:2]
    for _ in range(5):
        bulkhead.leave("ruth")
    assert order == calls
    assert bulkhead._of_caller == bulkhead._waiting == {}
    assert bulkhead._busy == 0


def test_a_call_that_waits_may_give_up() -> None:
    bulkhead = Bulkhead("a-service", places=100, per_caller=1)
    order: list[Place] = []
    first, second, third = (Place("ruth", order) for _ in range(3))
    for call in (first, second, third):
        bulkhead.enter(call)
    bulkhead.give_up(second)
    bulkhead.leave("ruth")
    assert [call is third for call in order] == [False, True]


def test_a_caller_whose_calls_wait_already_is_refused() -> None:
    bulkhead = Bulkhead("a-service", places=100, per_caller=1)
    for _ in range(1 + WAITING):
        bulkhead.enter(Place("ruth"))
    with pytest.raises(TooManyAtOnce):
        bulkhead.enter(Place("ruth"))
    bulkhead.enter(Place("boaz"))


def test_retries_are_a_fraction_of_the_calls() -> None:
    budget = RetryBudget(fraction=0.2, most=10)
    retries = 0
    for _ in range(1000):
        budget.earn()
        retries += budget.spend()
    assert 200 <= retries <= 210
