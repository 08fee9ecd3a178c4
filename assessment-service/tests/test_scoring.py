"""From answers to results: examples computed by hand, and what holds for all answers."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
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
    assert float(lowest) - 0.01 <= found["score"] <= float(highest) + 0.01


@given(parts, methods)
def test_both_ends_of_the_reachable_range_can_be_reached(
    questions: list[Part], method: str
) -> None:
    definition = a_definition(questions, method=method)
    certain = [i for i, part in enumerate(questions) if part["required"]]
    optional = [i for i, part in enumerate(questions) if not part["required"]]
    choices = chain.from_iterable(combinations(optional, size) for size in range(len(optional) + 1))
    sets = list(filter(None, ({*certain, *extra} for extra in choices)))
    ends: list[Fraction] = []
    for chosen in sets:
        weights = [Fraction(str(questions[i]["weight"])) for i in chosen]
        most = [Fraction(questions[i]["most"]) for i in chosen]
        least = [Fraction(1)] * len(weights)
        for values in (least, most):
            ends.append(scoring.combine(method, list(zip(values, weights, strict=True))))
    assert scoring.reachable(definition, definition.dimensions[0]) == (min(ends), max(ends))


@given(answered(), st.lists(st.integers(1, 200), max_size=4))
def test_bands_without_gaps_hold_every_score(
    case: tuple[Definition, dict[str, int]], cuts: list[int]
) -> None:
    definition, answers = case
    reach = scoring.reachable(definition, definition.dimensions[0])
    assert reach is not None
    edges = sorted(
        {reach[0], reach[1], *(cut for cut in map(Fraction, cuts) if reach[0] < cut < reach[1])}
    )
    bands = [definitions.Band(low, high, "", "") for low, high in pairwise(edges)]
    bands = bands or [definitions.Band(reach[0], reach[1], "", "")]
    assert scoring.gaps_between(bands, reach) == []
    items = [
        (
            scoring.reverse(Fraction(answers[q.key]), q.kind.reach)
            if part.reverse
            else Fraction(answers[q.key]),
            part.weight,
        )
        for q, part in definitions.scored_questions(definition, definition.dimensions[0])
        if q.key in answers and q.kind.reach
    ]
    assert (
        scoring.band_of(bands, scoring.combine(definition.dimensions[0].method, items)) is not None
    )


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


def test_an_optional_question_widens_the_reachable_range_of_a_sum() -> None:
    definition = a_definition([{}, {"required": False}])
    assert scoring.reachable(definition, definition.dimensions[0]) == (1, 10)


def test_a_time_limit_lets_every_answer_be_missing() -> None:
    definition = a_definition([{}, {}], time_limit_minutes=5)
    assert scoring.reachable(definition, definition.dimensions[0]) == (1, 10)


def test_a_dimension_without_questions_is_reported() -> None:
    definition = definitions.of_document({"title": "T", "dimensions": [{"key": "d", "title": "D"}]})
    assert scoring.gaps(definition)[0]["detail"] == "No question counts in this dimension."
