"""What an assessment may consist of."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_service import definitions, drafts
from assessment_service.api.definitions import AssessmentDefinition
from assessment_service.api.definitions import read as read_parts
from chassis.errors import Invalid


def read(document: Any) -> definitions.Definition:
    """The definition in a document; `Invalid` if a part is wrong, or the parts contradict one another."""
    definition = definitions.of_document(read_parts(AssessmentDefinition, document))
    definitions.check(definition)
    return definition


def errors_of(document: Any) -> list[dict[str, str]]:
    with pytest.raises(Invalid) as refused:
        read(document)
    return [dict(error) for error in refused.value.errors]


def test_every_mistake_is_named_by_its_pointer(everything: dict[str, Any]) -> None:
    everything["title"] = " "
    everything["pages"][0]["questions"][0]["xp"] = -1
    everything["pages"][0]["questions"][2]["options"] = [
        {"key": "a", "text": "A"},
        {"key": "b", "text": "B", "points": "many"},
    ]
    everything["pages"][1]["questions"][1]["colour"] = "red"
    assert [error["pointer"] for error in errors_of(everything)] == [
        "/title",
        "/pages/0/questions/0/xp",
        "/pages/0/questions/2/options/1/points",
        "/pages/1/questions/1/colour",
    ]


def test_mistakes_are_listed_in_the_order_of_the_document() -> None:
    pages = [{"key": f"p{number}"} for number in range(12)]
    pointers = [error["pointer"] for error in errors_of({"title": "T", "pages": pages})]
    assert pointers == [f"/pages/{number}/title" for number in range(12)]


def test_keys_are_unique_in_the_whole_assessment(everything: dict[str, Any]) -> None:
    everything["pages"][1]["questions"][0]["key"] = "likert"
    everything["dimensions"][1]["key"] = "points"
    details = [error["detail"] for error in errors_of(everything)]
    assert "More than once: likert." in details
    assert "More than once: points." in details


def test_a_question_scores_only_in_defined_dimensions(everything: dict[str, Any]) -> None:
    everything["pages"][1]["questions"][2]["scores"] = [
        {"dimension": "unknown"},
        {"dimension": "mood", "weight": 0},
    ]
    assert [error["pointer"] for error in errors_of(everything)] == [
        "/pages/1/questions/2/scores/0/dimension",
        "/pages/1/questions/2/scores/1/weight",
    ]


def test_a_question_without_a_right_answer_cannot_be_scored(everything: dict[str, Any]) -> None:
    everything["pages"][1]["questions"][3]["scores"] = [{"dimension": "points"}]
    assert errors_of(everything)[0]["pointer"] == "/pages/1/questions/3/scores"


@pytest.mark.parametrize(
    "document", [None, 5, [], "x", {}, {"title": 5, "pages": {}}, {"title": "x" * 201}]
)
def test_a_document_that_is_no_definition_is_refused(document: Any) -> None:
    assert errors_of(document)


def test_null_means_the_same_as_a_missing_field(everything: dict[str, Any]) -> None:
    without = read(everything)
    everything["description"] = everything["time_limit_minutes"] = everything["shuffle"] = None
    everything["pages"][1]["questions"][2]["xp"] = None
    assert read(everything) == without
    # Also in documents that were stored as they were sent.
    assert definitions.of_document(everything) == without


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.data())
def test_any_value_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    document = deepcopy(
        {
            "title": "T",
            "dimensions": [
                {"key": "d", "title": "D", "bands": [{"from": 0, "to": 3, "label": "L"}]}
            ],
            "pages": [
                {
                    "key": "p",
                    "title": "P",
                    "questions": [
                        {
                            "key": "q",
                            "type": "multiple_choice",
                            "text": "?",
                            "options": [
                                {"key": "a", "text": "A", "points": 1},
                                {"key": "b", "text": "B"},
                            ],
                            "scores": [{"dimension": "d"}],
                        }
                    ],
                }
            ],
        }
    )
    at: Any = document
    while True:
        step = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[step], dict | list) or not at[step] or data.draw(st.booleans()):
            at[step] = data.draw(
                json_values | st.sampled_from(["likert", "ordering", "text", "number"])
            )
            break
        at = at[step]
    with suppress(Invalid):  # any other exception is a mistake of the service
        drafts.check_complete(read(document))


def test_a_title_is_a_line_that_can_be_seen(everything: dict[str, Any]) -> None:
    for title in ("\u202eevil", "Two\nlines", "Tal\u200bmud", "\u3164"):
        assert errors_of({**everything, "title": title})[0]["pointer"] == "/title"
        pages = [{**everything["pages"][0], "title": title}]
        assert errors_of({**everything, "pages": pages})[0]["pointer"] == "/pages/0/title"
    pointed = {**everything, "title": "בְּרֵאשִׁ֖ית", "description": "Two\nlines of \u2067משנה\u2069"}
    assert read(pointed).title == "בְּרֵאשִׁ֖ית"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"pages": [], "dimensions": []}, "/definition/pages"),
        ({"max_attempts": 3}, "/definition/audience"),
        ({"hours_between_attempts": 3}, "/definition/audience"),
    ],
)
def test_a_definition_that_would_not_work_is_not_published(
    everything: dict[str, Any], changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        drafts.check_complete(read({**everything, **changes}))
    assert [error["pointer"] for error in refused.value.errors] == [pointer]
