"""The answers that each kind of question accepts, and what they are worth."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_service import definitions
from assessment_service.api.definitions import AssessmentDefinition, read
from assessment_service.kinds import Kind, NotAnAnswer
from chassis.errors import Invalid

OPTIONS = [
    {"key": "a", "text": "A", "points": 2},
    {"key": "b", "text": "B", "points": 1},
    {"key": "c", "text": "C", "points": -1},
]


def kind(type_: str, **settings: Any) -> Kind:
    question = {"key": "q", "type": type_, "text": "?", **settings}
    document = {"title": "T", "pages": [{"key": "p", "title": "P", "questions": [question]}]}
    definition = definitions.of_document(read(AssessmentDefinition, document))
    definitions.check(definition)
    return definition.questions[0].kind


LIKERT = kind("likert", scale={"least": 1, "most": 5})
SLIDER = kind("slider", scale={"least": -10, "most": 30, "step": 5})
SINGLE = kind("single_choice", options=OPTIONS)
MULTIPLE = kind("multiple_choice", options=OPTIONS, least_choices=1, most_choices=2)
ORDERING = kind("ordering", options=OPTIONS, correct=["a", "b", "c"])
TRUTH = kind("true_false", correct=False)
NUMBER = kind("number", least=0, most=10, correct=7, tolerance=0.1)
MEASURE = kind("number", least=-1, most=1)
WORDS = kind("text", most_characters=12, accepted=["Saturn", "the  planet"])
SIGNED = kind("text", most_characters=12, accepted=["-5"])
ODD_VALUES: list[Any] = [
    None,
    {},
    {"a": 1},
    [],
    [1],
    "",
    "x",
    "1",
    1.5,
    99,
    -99,
    True,
    float("nan"),
    float("inf"),
    10**400,
]


@pytest.mark.parametrize(
    ("kind", "value", "points"),
    [
        (LIKERT, 1, 1),
        (LIKERT, 5, 5),
        (SLIDER, -10, -10),
        (SLIDER, 25, 25),
        (SINGLE, "a", 2),
        (SINGLE, "c", -1),
        (MULTIPLE, ["a"], 2),
        (MULTIPLE, ["c", "a"], 1),
        (ORDERING, ["a", "b", "c"], 3),
        (ORDERING, ["a", "c", "b"], 1),
        (ORDERING, ["c", "a", "b"], 0),
        (TRUTH, False, 1),
        (TRUTH, True, 0),
        (NUMBER, 7, 1),
        (NUMBER, 7.1, 1),
        (NUMBER, 7.11, 0),
        (MEASURE, 0.1, Fraction(1, 10)),
        (WORDS, " saTURN ", 1),
        (WORDS, "The\nPLANET", 1),
        (WORDS, "Jupiter", 0),
        (WORDS, "S\u00e1t\u200burn", 1),
        (SIGNED, "\u22125", 1),
        (SIGNED, "5", 0),
    ],
)
def test_an_answer_is_worth_its_points(kind: Kind, value: Any, points: int) -> None:
    assert kind.points(kind.accept(value)) == points


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (LIKERT, [0, 6, 1.0, "3", *ODD_VALUES]),
        (SLIDER, [-15, 35, 7, 25.0, *ODD_VALUES]),
        (SINGLE, [["a"], "A", "d", *ODD_VALUES]),
        (MULTIPLE, ["a", ["a", "a"], ["d"], ["a", "b", "c"], *ODD_VALUES]),
        (
            ORDERING,
            [["a", "b"], ["a", "b", "b"], ["a", "b", "d"], ["a", "b", "c", "a"], *ODD_VALUES],
        ),
        (TRUTH, [0, 1, "true", *(value for value in ODD_VALUES if value is not True)]),
        (NUMBER, [-0.1, 10.01, "7", *(value for value in ODD_VALUES if value != 1.5)]),
        (WORDS, ["   ", "x" * 13, *(value for value in ODD_VALUES if value not in ("x", "1"))]),
        (WORDS, ["\u200b", "a\u202eb", "a\x07b", "a" + "\u0301" * 40]),
    ],
    ids=["likert", "slider", "single", "multiple", "ordering", "truth", "number", "words", "unfit"],
)
def test_an_unsuitable_value_is_not_an_answer(kind: Kind, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(NotAnAnswer):
            kind.accept(value)


def test_chosen_options_are_kept_in_the_order_of_the_definition() -> None:
    assert MULTIPLE.accept(["b", "a"]) == MULTIPLE.accept(["a", "b"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        (LIKERT, 1, 5),
        (SLIDER, -10, 30),
        (SINGLE, -1, 2),
        (MULTIPLE, -1, 3),
        (ORDERING, 0, 3),
        (NUMBER, 0, 1),
    ],
)
def test_the_reach_is_the_fewest_and_the_most_points(kind: Kind, lowest: int, highest: int) -> None:
    assert kind.reach == (lowest, highest)


@given(st.sets(st.sampled_from("abc"), min_size=1, max_size=2))
def test_no_choice_is_worth_points_outside_the_reach(chosen: set[str]) -> None:
    lowest, highest = MULTIPLE.reach or (0, 0)
    assert lowest <= MULTIPLE.points(MULTIPLE.accept(list(chosen))) <= highest


@given(st.floats(0, 10))
def test_a_number_is_counted_in_one_of_ten_ranges(value: float) -> None:
    [choice] = NUMBER.choices(NUMBER.accept(value))
    assert choice in NUMBER.labels()
    low, high = (float(edge) for edge in NUMBER.labels()[choice].split(" to "))
    assert low <= value <= high


def test_every_counted_choice_has_a_label() -> None:
    for kind, value in (
        (LIKERT, 3),
        (SLIDER, SLIDER.least),
        (SINGLE, "a"),
        (MULTIPLE, ["a", "b"]),
        (ORDERING, ["c", "b", "a"]),
        (TRUTH, True),
    ):
        assert set(kind.choices(value)) <= kind.labels().keys()
    assert WORDS.choices("Titan") == []


def test_a_shown_question_says_nothing_about_points() -> None:
    for kind in (LIKERT, SLIDER, SINGLE, MULTIPLE, ORDERING, TRUTH, NUMBER, WORDS):
        shown = str(kind.shown(lambda keys: keys))
        assert not any(
            word in shown for word in ("points", "correct", "accepted", "tolerance", "Saturn", "7")
        )


@pytest.mark.parametrize(
    ("type_", "settings", "pointer"),
    [
        ("likert", {}, "scale/least"),
        ("likert", {"scale": {"least": 1, "most": 1}}, "scale/most"),
        ("likert", {"scale": {"least": 1, "most": 12}}, "scale/most"),
        ("slider", {"scale": {"least": 0, "most": 10, "step": 3}}, "scale/step"),
        ("slider", {"scale": 5}, "scale"),
        ("single_choice", {"options": [{"key": "a", "text": "A"}]}, "options"),
        (
            "single_choice",
            {"options": [{"key": "a", "text": "A"}, {"key": "a", "text": "B"}]},
            "options",
        ),
        (
            "single_choice",
            {"options": [{"key": "A b", "text": "A"}, {"key": "a", "text": "B"}]},
            "options/0/key",
        ),
        ("single_choice", {"options": OPTIONS, "correct": "a"}, "correct"),
        (
            "multiple_choice",
            {"options": OPTIONS, "least_choices": 3, "most_choices": 2},
            "most_choices",
        ),
        ("multiple_choice", {"options": OPTIONS, "most_choices": 4}, "most_choices"),
        ("ordering", {"options": OPTIONS, "correct": ["a", "b"]}, "correct"),
        ("true_false", {"correct": "yes"}, "correct"),
        ("number", {"least": 3, "most": 3}, "most"),
        ("number", {"least": float("nan"), "most": 3}, "least"),
        ("number", {"least": 0, "most": float("inf")}, "most"),
        ("number", {"least": 0, "most": 10**400}, "most"),
        ("text", {"accepted": [5]}, "accepted"),
        ("text", {"most_characters": 0}, "most_characters"),
        ("essay", {}, "type"),
    ],
)
def test_a_wrong_question_is_refused_and_its_field_is_named(
    type_: str, settings: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        kind(type_, **settings)
    assert f"/pages/0/questions/0/{pointer}" in {error["pointer"] for error in refused.value.errors}
