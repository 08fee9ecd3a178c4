"""The model of a city, and what is reckoned from it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.scale import model
from benchmarks.scale.acts import ACTS
from benchmarks.scale.needs import COSTS, PEOPLE, Needs, counted, markdown, needs, operations
from benchmarks.scale.spending import PROGRAMS

ROOT = Path(__file__).resolve().parents[2]
NOT_OF_THE_API = {"get_page"}


@pytest.fixture
def costs():
    return json.loads(COSTS.read_text())["turns"]["operations"]


def test_the_same_seed_gives_the_same_day():
    day = list(model.a_day(50, seed=7))
    assert day == list(model.a_day(50, seed=7))
    assert day != list(model.a_day(50, seed=8))


def test_visits_come_in_their_order_and_within_the_day():
    begins = [visit.begins for visit in model.a_day(500, seed=7)]
    assert begins == sorted(begins)
    assert 0 <= begins[0] < begins[-1] < 24 * 3600


def test_a_day_has_the_calls_that_are_reckoned_with():
    people = 20_000
    asked = Counter(step.operation for visit in model.a_day(people, seed=7) for step in visit.steps)
    for name, often in model.calls().items():
        assert asked[name] / people == pytest.approx(often, rel=0.1), name


def test_the_busiest_hour_has_its_share_of_the_visits():
    hours = Counter(int(visit.begins // 3600) for visit in model.a_day(20_000, seed=7))
    assert max(hours.values()) / hours.total() == pytest.approx(model.busiest(), rel=0.05)


def test_every_visit_has_one_purpose():
    assert sum(purpose.share for purpose in model.PURPOSES) == pytest.approx(1)


def test_what_the_model_names_is_an_operation_with_an_act_and_a_cost(costs):
    names = set(model.calls())
    assert names - NOT_OF_THE_API <= set(
        (ROOT / "tests/contract/operation_ids.txt").read_text().split()
    )
    assert names == set(ACTS) == set(costs)
    for cost in costs.values():
        assert cost.keys() >= {*PROGRAMS, "rows", "kept", "passing", "log", "in_redis"}


def test_twice_as_many_people_need_twice_as_much(costs):
    one, two = (Needs(people, costs) for people in (100_000, 200_000))
    for program in PROGRAMS:
        assert two.busy(program) == pytest.approx(2 * one.busy(program))
    assert two.a_day("kept") == pytest.approx(2 * one.a_day("kept"))
    assert two.streams == pytest.approx(2 * one.streams)


def test_needs_follow_from_costs(costs):
    alike = {name: dict.fromkeys(cost, 1000.0) for name, cost in costs.items()}
    found = Needs(3600, alike)
    calls = sum(model.calls().values()) * model.busiest()
    assert found.in_a_second == pytest.approx(calls)
    # A millisecond for each call.
    assert found.busy("user-service") == pytest.approx(calls / 1000)
    assert found.processes("user-service") == 1
    # The gateway writes live events as well.
    assert found.busy("gateway") > found.busy("user-service")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0"),
        (0.004, "< 0.01"),
        (0.0123, "0.012"),
        (1, "1.0"),
        (12.34, "12"),
        (123_456, "120,000"),
    ],
)
def test_figures_have_two_digits(number, told):
    assert counted(number) == told


def test_the_guide_has_the_tables(costs):
    guide = (ROOT / "docs/scaling.md").read_text()
    assert markdown(operations(costs)) in guide
    assert markdown(needs(costs, PEOPLE)) in guide
