"""Answers on the wire."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis import testing

from .support.every_kind_of_question import VALUES

RUTH = testing.a_user("ruth")


def test_every_kind_of_answer_is_kept_as_given(begin: Any) -> None:
    taker = begin()
    taker.answer_all()
    assert taker.answers == VALUES


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("likert", 0),
        ("likert", 4.0),
        ("slider", 35),
        ("single", "d"),
        ("multiple", ["a", "a"]),
        ("ordering", ["a", "b"]),
        ("truth", "true"),
        ("number", 10.5),
        ("words", ""),
        ("words", "x" * 1001),
        ("words", {"text": "x"}),
    ],
)
def test_an_invalid_answer_is_refused_and_saves_nothing(begin: Any, key: str, value: Any) -> None:
    taker = begin()
    refused = taker.answer(key, value)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/value")
    assert taker.answers == {}


def test_a_question_of_another_assessment_is_not_found(
    begin: Any, publish: Any, client: FlaskClient
) -> None:
    taker, other = begin(), publish("other")
    body = {
        "session_id": taker.session_id,
        "question_id": other.question_ids["truth"],
        "value": True,
    }
    refused = client.post("/api/v2/answers/submit", json=body)
    assert (refused.status_code, refused.json["code"]) == (404, "question_not_found")


def test_answering_again_replaces_the_answer_and_earns_nothing(begin: Any) -> None:
    taker = begin()
    assert taker.answer("single", "a").json["xp_gained"] == 10
    again = taker.answer("single", "b").json
    assert (again["xp_gained"], again["total_xp"], again["progress"]["questions_answered"]) == (
        0,
        10,
        1,
    )
    assert taker.answers == {"single": "b"}


def test_a_question_may_set_its_own_xp(begin: Any) -> None:
    assert begin().answer("words").json["xp_gained"] == 25


def test_a_stale_answer_does_not_replace_a_later_one(begin: Any) -> None:
    taker = begin()
    assert taker.answer("single", "b", client_seq=5).status_code == 200
    stale = taker.answer("single", "a", client_seq=4)
    assert (stale.status_code, stale.json["code"]) == (409, "stale_answer")
    assert taker.answers == {"single": "b"}
    assert taker.answer("single", "b", client_seq=5).status_code == 200
    assert taker.answer("single", "c").status_code == 200
    assert taker.answer("single", "a", client_seq=4).status_code == 409
    assert taker.answer("single", "a", client_seq=6).status_code == 200


def test_total_xp_counts_a_question_once_over_all_sessions(
    begin: Any, publish: Any, client: FlaskClient
) -> None:
    taker = begin(RUTH)
    taker.answer("truth")
    taker.answer("words")
    fresh = begin(RUTH, start_fresh=True)
    assert fresh.answer("truth").json == {
        "xp_gained": 10,
        "total_xp": 10,
        "progress": {
            "questions_answered": 1,
            "questions_total": 8,
            "total_xp": 10,
            "percentage": 12.5,
        },
    }
    begin(RUTH, publish(), start_fresh=True).answer("truth")
    begin(RUTH, publish("other")).answer("truth")
    assert client.get("/api/v2/xp", user=RUTH).json == {
        "total_xp": 45,
        "questions_answered": 3,
        "assessments_completed": 0,
    }
    assert client.get(f"/api/v2/xp/{RUTH.id}").json == {"total_xp": 45, "assessments_completed": 0}


def batch(taker: Any, *answers: tuple[int, Any, int | None]) -> Any:
    rows = [
        {"question_id": q, "value": value, **({"client_seq": seq} if seq else {})}
        for q, value, seq in answers
    ]
    return taker.call(
        "POST", "answers/batch", json={"session_id": taker.session_id, "answers": rows}
    )


def test_a_batch_saves_what_it_can_and_reports_each_outcome(begin: Any) -> None:
    taker = begin()
    ids = taker.version.question_ids
    taker.answer("number", 3, client_seq=9)
    saved = batch(
        taker,
        (ids["truth"], True, None),
        (ids["likert"], 9, None),
        (2**31 - 1, 1, None),
        (ids["number"], 4, 8),
        (ids["single"], "b", 2),
        (ids["single"], "a", 1),
        (ids["slider"], 10, 1),
        (ids["slider"], 20, 2),
    )
    assert [result["status"] for result in saved.json["results"]] == [
        "saved",
        "invalid",
        "not_found",
        "stale",
        "saved",
        "stale",
        "stale",
        "saved",
    ]
    assert saved.json["results"][1]["detail"] == "Must be a whole number from 1 to 5."
    assert (saved.json["xp_gained"], saved.json["total_xp"]) == (30, 40)
    assert taker.answers == {"number": 3, "truth": True, "single": "b", "slider": 20}


def test_a_batch_of_stale_answers_changes_nothing(begin: Any) -> None:
    taker = begin()
    taker.answer("single", "b", client_seq=5)
    before = taker.look("/validate").json
    again = batch(taker, (taker.version.question_ids["single"], "a", 4))
    assert again.json["results"][0]["status"] == "stale"
    assert taker.look("/validate").json == before


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (100, 200), (101, 422)])
def test_a_batch_holds_1_to_100_answers(begin: Any, count: int, status: int) -> None:
    taker = begin()
    assert batch(taker, *[(1, 1, None)] * count).status_code == status


def test_progress_reaches_100_only_when_nothing_is_missing(begin: Any) -> None:
    taker = begin()
    keys = list(taker.version.question_ids)
    seen = [taker.answer(key).json["progress"]["percentage"] for key in keys]
    assert seen == [12.5, 25.0, 37.5, 50.0, 62.5, 75.0, 87.5, 100.0]


def test_progress_in_thirds_is_rounded_down(begin: Any, publish: Any) -> None:
    rows = [{"key": f"q{i}", "type": "true_false", "text": "?"} for i in range(3)]
    version = publish(
        "thirds", dimensions=[], pages=[{"key": "p", "title": "P", "questions": rows}]
    )
    taker = begin(version=version)
    assert [taker.answer(f"q{i}", True).json["progress"]["percentage"] for i in range(3)] == [
        33.3,
        66.6,
        100.0,
    ]


def test_an_assessment_without_questions_can_be_completed(begin: Any, publish: Any) -> None:
    version = publish("empty", dimensions=[], pages=[{"key": "p", "title": "P"}])
    taker = begin(version=version)
    assert taker.look("/validate").json["progress"]["percentage"] == 0.0
    assert taker.do("complete").json["status"] == "completed"
