"""From answers to results: examples computed by hand, and what holds for all answers."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessment_service import definitions, scoring
from assessment_service.definitions import Definition

Part = dict[str, Any]


def a_definition(
    questions: Sequence[Part],
    *,
    method: str = "sum",
    bands: Sequence[tuple[Any, Any]] = (),
    **changes: Any,
) -> Definition:
    """Likert questions from 1 to 5 in one dimension; each part says how its question differs."""
    rows = [
        {
            "key": f"q{index}",
            "type": "likert",
            "text": "?",
            "scale": {"least": 1, "most": part.get("most", 5)},
            "required": part.get("required", True),
            "scores": [
                {
                    "dimension": "d",
                    "weight": part.get("weight", 1),
                    "reverse": part.get("reverse", False),
                }
            ],
        }
        for index, part in enumerate(questions)
    ]
    dimension = {
        "key": "d",
        "title": "D",
        "method": method,
        "bands": [{"from": low, "to": high, "label": f"{low}-{high}"} for low, high in bands],
    }
    return definitions.of_document(
        {
            "title": "T",
            "dimensions": [dimension],
            "pages": [{"key": "p", "title": "P", "questions": rows}],
            **changes,
        }
    )


def result(definition: Definition, *values: int | None) -> dict[str, Any]:
    answers = {f"q{index}": value for index, value in enumerate(values) if value is not None}
    [dimension] = scoring.score(definition, answers)["dimensions"]
    return dimension


PLAIN: list[Part] = [{}, {"weight": 2}, {"reverse": True}]


@pytest.mark.parametrize(
    ("method", "values", "score", "lowest", "highest", "percent"),
    [
        # 3 + 2 * 4 + (6 - 2) = 15 of 4..20
        ("sum", (3, 4, 2), 15, 4, 20, 68.75),
        # (3 + 2 * 4 + 4) / 4
        ("mean", (3, 4, 2), 3.75, 1, 5, 68.75),
        # 1 + 2 * 1 + (6 - 5) is the lowest possible
        ("sum", (1, 1, 5), 4, 4, 20, 0),
        ("mean", (5, 5, 1), 5, 1, 5, 100),
        # without the second: 3 + 4 of 2..10, or a mean of two
        ("sum", (3, None, 2), 7, 2, 10, 62.5),
        ("mean", (3, None, 2), 3.5, 1, 5, 62.5),
        ("mean", (None, 4, None), 4, 1, 5, 75),
        # thirds are rounded only at the end
        ("mean", (None, 4, 1), 4.33, 1, 5, 83.33),
    ],
)
def test_results_are_those_computed_by_hand(
    method: str,
    values: tuple[int, ...],
    score: float,
    lowest: float,
    highest: float,
    percent: float,
) -> None:
    found = result(a_definition(PLAIN, method=method), *values)
    assert [found[name] for name in ("score", "lowest", "highest", "percent")] == [
        score,
        lowest,
        highest,
        percent,
    ]


def test_a_dimension_without_answers_has_no_score() -> None:
    found = result(a_definition(PLAIN), None, None, None)
    assert (found["score"], found["band"], found["rank"], found["questions_counted"]) == (
        None,
        None,
        None,
        0,
    )


def test_a_band_includes_its_start_and_the_last_also_its_end() -> None:
    definition = a_definition([{}], bands=[(1, 3), (3, 5)])
    assert [result(definition, value)["band"]["label"] for value in (1, 2, 3, 4, 5)] == [
        "1-3",
        "1-3",
        "3-5",
        "3-5",
        "3-5",
    ]


def test_a_sum_of_tenths_falls_into_the_exact_band() -> None:
    bands = [
        definitions.Band(Fraction("0.1"), Fraction("0.3"), "low", ""),
        definitions.Band(Fraction("0.3"), Fraction(1), "high", ""),
    ]
    found = scoring.band_of(bands, sum([Fraction("0.1")] * 3, Fraction(0)))
    assert found is bands[1]


def test_equal_dimensions_share_a_rank_and_keep_their_order() -> None:
    keys = ["a", "b", "c", "d"]
    rows = [
        {
            "key": key,
            "type": "likert",
            "text": "?",
            "scale": {"least": 1, "most": 5},
            "required": False,
            "scores": [{"dimension": key}],
        }
        for key in keys
    ]
    definition = definitions.of_document(
        {
            "title": "T",
            "dimensions": [{"key": key, "title": key} for key in keys],
            "pages": [{"key": "p", "title": "P", "questions": rows}],
        }
    )
    found = scoring.score(definition, {"d": 4, "b": 5, "a": 4})["dimensions"]
    assert [(d["key"], d["rank"]) for d in found] == [("b", 1), ("a", 2), ("d", 2), ("c", None)]


parts = st.lists(
    st.fixed_dictionaries(
        {
            "weight": st.sampled_from([1, 2, 0.5, 0.1, 3]),
            "reverse": st.booleans(),
            "most": st.integers(2, 7),
            "required": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)
methods = st.sampled_from(["sum", "mean"])


@st.composite
def answered(draw: st.DrawFn) -> tuple[Definition, dict[str, int]]:
    """A definition, and answers to at least one question and to all required ones."""
    questions = draw(parts)
    definition = a_definition(questions, method=draw(methods))
    given_keys = {q.key for q in definition.questions if q.required or draw(st.booleans())} or {
        "q0"
    }
    return definition, {
        key: draw(st.integers(1, questions[int(key[1:])]["most"])) for key in sorted(given_keys)
    }


@given(answered(), st.randoms())
def test_the_order_of_answers_never_matters(
    case: tuple[Definition, dict[str, int]], random: Any
) -> None:
    definition, answers = case
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert scoring.score(definition, dict(shuffled)) == scoring.score(definition, answers)


@given(st.integers(-100, 100), st.integers(-100, 0), st.integers(0, 100))
def test_reversing_points_twice_restores_them(points: int, lowest: int, highest: int) -> None:
    reach = (Fraction(lowest), Fraction(highest))
    once = scoring.reverse(Fraction(points), reach)
    assert scoring.reverse(once, reach) == points
    assert (reach[0] <= points <= reach[1]) == (reach[0] <= once <= reach[1])


@given(answered())
def test_no_score_lies_outside_the_reachable_range(
    case: tuple[Definition, dict[str, int]],
) -> None:
    definition, answers = case
    lowest, highest = scoring.reachable(definition, definition.dimensions[0]) or (
        Fraction(0),
        Fraction(0),
    )
    [found] = scoring.score(definition, answers)["dimensions"]
    assume(found["score"] is not None)
    assert float(lowest) - 0.01 <= found["score"] <= float(highest) + 0.01


@given(parts, methods, st.booleans())
def test_both_ends_of_the_reachable_range_are_those_of_all_questions(
    questions: list[Part], method: str, best: bool
) -> None:
    definition = a_definition(questions, method=method)
    reach = scoring.reachable(definition, definition.dimensions[0])
    assert reach is not None
    values = [part["most"] if best != part["reverse"] else 1 for part in questions]
    found = result(definition, *values)
    assert found["percent"] == 100 * best
    assert found["score"] == pytest.approx(float(reach[best]), abs=0.01)


@given(answered(), st.lists(st.integers(1, 99), max_size=4))
def test_band_and_percentage_agree(
    case: tuple[Definition, dict[str, int]], cuts: list[int]
) -> None:
    definition, answers = case
    reach = scoring.reachable(definition, definition.dimensions[0])
    assert reach is not None
    edges = sorted({0, 100, *cuts})
    scale = [reach[0] + (reach[1] - reach[0]) * edge / 100 for edge in edges]
    bands = [
        definitions.Band(low, high, str(index), "")
        for index, (low, high) in enumerate(pairwise(scale))
    ]
    assert scoring.gaps_between(bands, reach) == []
    dimension = replace(definition.dimensions[0], bands=tuple(bands))
    [found] = scoring.score(replace(definition, dimensions=(dimension,)), answers)["dimensions"]
    assume(found["percent"] is not None)
    index = int(found["band"]["label"])
    assert edges[index] - 0.01 <= found["percent"] <= edges[index + 1] + 0.01


OPTIONAL = {"required": False}


@pytest.mark.parametrize(
    ("questions", "values", "score", "percent", "band"),
    [
        # the one answer is the highest: 5 of 1..5 is 10 of 2..10
        ([{}, OPTIONAL], (5, None), 10, 100, "6-10"),
        ([{}, OPTIONAL], (1, None), 2, 0, "2-6"),
        ([{}, OPTIONAL], (3, None), 6, 50, "6-10"),
        ([{}, OPTIONAL], (5, 1), 6, 50, "6-10"),
        ([{}, {**OPTIONAL, "reverse": True}], (2, None), 4, 25, "2-6"),
        ([OPTIONAL, {**OPTIONAL, "reverse": True}], (None, 1), 10, 100, "6-10"),
    ],
)
def test_the_score_is_prorated_over_optional_questions_left_out(
    questions: list[Part], values: tuple[int | None, ...], score: float, percent: float, band: str
) -> None:
    found = result(a_definition(questions, bands=[(2, 6), (6, 10)]), *values)
    assert (found["score"], found["lowest"], found["highest"]) == (score, 2, 10)
    assert (found["percent"], found["band"]["label"]) == (percent, band)


def test_a_left_out_question_with_another_range_is_prorated_by_its_own() -> None:
    questions = [{}, {**OPTIONAL, "most": 9, "weight": 2}]
    # 4 of 1..5 is 75 %: of 3..23 that is 18, of (1 + 2) / 3..(5 + 18) / 3 that is 6
    assert result(a_definition(questions), 4, None)["score"] == 18
    assert result(a_definition(questions, method="mean"), 4, None)["score"] == 6


@pytest.mark.parametrize("method", ["sum", "mean"])
def test_with_more_questions_left_out_than_counted_there_is_no_score(method: str) -> None:
    definition = a_definition([{}, *[OPTIONAL] * 3], method=method, bands=[(-1, 99)])
    few = result(definition, 5, None, None, None)
    assert [few[name] for name in ("score", "percent", "band", "rank")] == [None] * 4
    assert few["questions_counted"] == 1
    assert result(definition, 5, 5, None, None)["percent"] == 100


def test_a_required_question_that_was_not_reached_in_time_earns_nothing() -> None:
    definition = a_definition([{}] * 4, time_limit_minutes=5, bands=[(4, 12), (12, 20)])
    found = result(definition, 5, None, None, None)
    # 5 + 3 times the least, 1, of 4..20
    assert (found["score"], found["percent"], found["band"]["label"]) == (8, 25, "4-12")
    assert found["questions_counted"] == 1
    assert result(definition, None, None, None, None)["score"] is None


@pytest.mark.parametrize(
    ("bands", "detail"),
    [
        ([(1.5, 5)], "Begin at 1.5, but 1 can be reached."),
        ([(1, 4.5)], "End at 4.5, but 5 can be reached."),
        ([(1, 2), (3, 5)], "After 2 the next must begin there, not at 3."),
        ([(1, 3), (2, 5)], "After 3 the next must begin there, not at 2."),
    ],
)
def test_a_gap_or_overlap_of_bands_is_reported(
    bands: list[tuple[float, float]], detail: str
) -> None:
    [gap] = scoring.gaps(a_definition([{}], bands=bands))
    assert gap == {"pointer": "/dimensions/0/bands", "detail": detail}


def test_a_dimension_without_questions_is_reported() -> None:
    definition = definitions.of_document({"title": "T", "dimensions": [{"key": "d", "title": "D"}]})
    assert scoring.gaps(definition)[0]["detail"] == "No question counts in this dimension."
