"""How many times of another person one may check within a day."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask

from chassis.clock import now
from chassis.redis_client import Cache
from chassis.testing import redis_url
from tutoring_service import checked_times, counts
from tutoring_service.checked_times import TooManyTimesChecked
from tutoring_service.counts import Counts

NOWHERE = "redis://127.0.0.1:1/0"


class CheckedTimes:
    """The counts that are kept at this address, as those of checked times."""

    def __init__(self, url: str) -> None:
        self._counts = Counts(Cache(url))

    def take(self, caller_id: UUID, other_id: UUID, times: int) -> None:
        checked_times.take(self._counts, caller_id, other_id, times)


@pytest.fixture(params=["redis", "no redis"])
def checked(request: pytest.FixtureRequest, in_app: Flask) -> CheckedTimes:
    return CheckedTimes(redis_url() if request.param == "redis" else NOWHERE)


def test_as_many_times_as_may_be_are_checked_and_no_more(checked: CheckedTimes) -> None:
    ruth, boaz = uuid4(), uuid4()
    checked.take(ruth, boaz, checked_times.MOST - 1)
    with pytest.raises(TooManyTimesChecked):
        checked.take(ruth, boaz, 2)
    checked.take(ruth, boaz, 1)
    with pytest.raises(TooManyTimesChecked) as refusal:
        checked.take(ruth, boaz, 1)
    seconds = int(refusal.value.headers["Retry-After"])
    assert 0 < seconds <= checked_times.PERIOD.total_seconds()


def test_each_pair_of_people_is_counted_by_itself_and_each_way(checked: CheckedTimes) -> None:
    ruth, boaz = uuid4(), uuid4()
    checked.take(ruth, boaz, checked_times.MOST)
    checked.take(ruth, uuid4(), checked_times.MOST)
    checked.take(boaz, ruth, checked_times.MOST)


def test_a_series_of_the_longest_kind_can_be_checked_twice(checked: CheckedTimes) -> None:
    ruth, boaz = uuid4(), uuid4()
    for _ in range(2):
        checked.take(ruth, boaz, 800)


def test_processes_count_together(in_app: Flask) -> None:
    ruth, boaz = uuid4(), uuid4()
    CheckedTimes(redis_url()).take(ruth, boaz, checked_times.MOST)
    with pytest.raises(TooManyTimesChecked):
        CheckedTimes(redis_url()).take(ruth, boaz, 1)


def test_without_redis_the_count_ends_after_a_day_too() -> None:
    alone, ruth, boaz = CheckedTimes(NOWHERE), uuid4(), uuid4()
    alone.take(ruth, boaz, checked_times.MOST)
    with (
        time_machine.travel(now() + timedelta(hours=23), tick=False),
        pytest.raises(TooManyTimesChecked),
    ):
        alone.take(ruth, boaz, 1)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        alone.take(ruth, boaz, checked_times.MOST)


def test_a_process_remembers_a_bounded_number_of_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "REMEMBERED", 2)
    alone, ruth, people = CheckedTimes(NOWHERE), uuid4(), [uuid4() for _ in range(3)]
    for person in people:
        alone.take(ruth, person, checked_times.MOST)
    alone.take(ruth, people[0], 1)
    with pytest.raises(TooManyTimesChecked):
        alone.take(ruth, people[2], 1)
