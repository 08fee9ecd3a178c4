"""How often something may be tried, with Redis and without."""

from datetime import timedelta

import pytest
import time_machine

from chassis import testing
from chassis.redis_client import Cache
from user_service.attempts import Allowance, Attempts, TooManyAttempts, login_allowances

NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["with Redis", "without Redis"])
def attempts(request: pytest.FixtureRequest, in_app: object) -> Attempts:
    return Attempts(Cache(testing.redis_url() if request.param == "with Redis" else NO_REDIS))


def granted(attempts: Attempts, allowances: list[Allowance], tries: int) -> int:
    """How many of these tries are granted."""
    count = 0
    for _ in range(tries):
        try:
            attempts.take(allowances)
            count += 1
        except TooManyAttempts:
            pass
    return count


def test_an_address_is_allowed_five_failures_a_minute(attempts: Attempts) -> None:
    assert granted(attempts, login_allowances("ruth", "192.0.2.1"), 8) == 5


def test_the_answer_says_how_long_to_wait(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "192.0.2.1"), 5)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.take(login_allowances("ruth", "192.0.2.1"))
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60


def test_an_account_is_allowed_ten_failures_from_all_addresses(attempts: Attempts) -> None:
    assert (
        sum(granted(attempts, login_allowances("ruth", f"192.0.2.{n}"), 1) for n in range(20)) == 10
    )


def test_a_refused_try_does_not_count_for_other_addresses(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "192.0.2.1"), 50)
    assert granted(attempts, login_allowances("ruth", "192.0.2.2"), 8) == 5


def test_accounts_are_counted_separately(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "192.0.2.1"), 6)
    assert granted(attempts, login_allowances("boaz", "192.0.2.1"), 1) == 1


def test_a_name_in_capitals_counts_as_the_same_account(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "192.0.2.1"), 5)
    assert granted(attempts, login_allowances("RUTH", "192.0.2.1"), 1) == 0


def test_addresses_of_one_ipv6_subscriber_count_as_one(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "2001:db8::1"), 5)
    assert granted(attempts, login_allowances("ruth", "2001:db8::ffff:2"), 1) == 0
    assert granted(attempts, login_allowances("ruth", "2001:db8:0:1::1"), 1) == 1


def test_an_ipv4_address_written_as_ipv6_counts_as_the_same(attempts: Attempts) -> None:
    granted(attempts, login_allowances("ruth", "::ffff:192.0.2.1"), 5)
    assert granted(attempts, login_allowances("ruth", "192.0.2.1"), 1) == 0
    assert granted(attempts, login_allowances("ruth", "::ffff:192.0.2.2"), 1) == 1


def test_a_try_given_back_can_be_used_again(attempts: Attempts) -> None:
    allowances = login_allowances("ruth", "192.0.2.1")
    granted(attempts, allowances, 5)
    attempts.give_back(allowances)
    assert granted(attempts, allowances, 3) == 1


def test_forgetting_the_failures_opens_the_account_again(attempts: Attempts) -> None:
    for n in range(10):
        attempts.take(login_allowances("ruth", f"192.0.2.{n}"))
    attempts.forget("ruth")
    assert granted(attempts, login_allowances("ruth", "192.0.2.99"), 1) == 1


@pytest.mark.usefixtures("race_round")
def test_concurrent_tries_get_no_more_than_the_allowance(attempts: Attempts) -> None:
    allowances = [Allowance("attempts:burst", 5, timedelta(minutes=1))]
    assert sum(testing.race([lambda: granted(attempts, allowances, 10)] * 20)) == 5


def test_the_period_ends_without_redis_too() -> None:
    attempts = Attempts(Cache(NO_REDIS))
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        assert granted(attempts, login_allowances("ruth", "192.0.2.1"), 6) == 5
        clock.shift(timedelta(seconds=59))
        assert granted(attempts, login_allowances("ruth", "192.0.2.1"), 1) == 0
        clock.shift(timedelta(seconds=1))
        assert granted(attempts, login_allowances("ruth", "192.0.2.1"), 1) == 1


def test_a_count_in_redis_expires(in_app: object) -> None:
    allowance = Allowance("attempts:short", 1, timedelta(seconds=60))
    cache = Cache(testing.redis_url())
    Attempts(cache).take([allowance])
    assert 0 < cache.run(lambda r: r.ttl(allowance.key), 0) <= 60
