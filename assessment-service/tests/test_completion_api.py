"""Completing a session, and its result."""

from typing import Any

from chassis import testing

RUTH = testing.a_user("ruth")


def test_missing_required_answers_are_named(begin: Any) -> None:
    taker = begin()
    taker.answer("truth")
    refused = taker.do("complete")
    assert (refused.status_code, refused.json["code"]) == (422, "answers_missing")
    required = {"likert", "slider", "single", "multiple", "ordering", "number"}
    assert set(refused.json["missing"]) == {taker.version.question_ids[key] for key in required}
    assert taker.look("/validate").json["valid"]


def test_an_optional_question_need_not_be_answered(begin: Any) -> None:
    taker = begin()
    for key in list(taker.version.question_ids)[:-1]:
        progress = taker.answer(key).json["progress"]
    assert progress["percentage"] == 87.5
    completed = taker.do("complete").json
    assert (completed["status"], completed["progress"]["percentage"]) == ("completed", 100.0)
    assert completed["progress"]["questions_answered"] == 7
    assert taker.look("/validate").json["progress"] == completed["progress"]
    assert taker.look().json["progress"] == completed["progress"]


def test_the_result_is_computed_from_the_answers(begin: Any) -> None:
    taker = begin()
    taker.answer_all()
    assert taker.look("/result").json["code"] == "not_completed"
    taker.do("complete")
    result = taker.look("/result").json
    found = {dimension["key"]: dimension for dimension in result["dimensions"]}
    # single 2, multiple 2 + 1, ordering with none right 0, truth wrong 0, number 7.5 within 0.5 of 7 is 1
    assert (found["points"]["score"], found["points"]["lowest"], found["points"]["highest"]) == (
        6,
        -2,
        10,
    )
    assert found["points"]["band"] == {"label": "fine", "text": ""}
    # 4 reversed on 1..5
    assert (found["mood"]["score"], found["mood"]["reached_percent"], found["mood"]["band"]) == (
        2,
        25,
        None,
    )
    assert [dimension["key"] for dimension in result["dimensions"]] == ["points", "mood"]


def test_percentage_and_band_agree_when_an_optional_question_is_left_out(
    begin: Any, publish: Any
) -> None:
    scale = {"type": "likert", "text": "Agree?", "scale": {"least": 1, "most": 5}}
    mood = {**scale, "scores": [{"dimension": "mood"}]}
    bands = [{"from": 2, "to": 6, "label": "low"}, {"from": 6, "to": 10, "label": "high"}]
    questions = [{**mood, "key": "first"}, {**mood, "key": "second", "required": False}]
    version = publish(
        dimensions=[{"key": "mood", "title": "Mood", "bands": bands}],
        pages=[{"key": "all", "title": "All", "questions": questions}],
    )
    taker = begin(version=version)
    assert taker.answer("first", 5).json["progress"]["percentage"] == 50.0
    assert taker.do("complete").json["progress"]["percentage"] == 100.0
    [found] = taker.look("/result").json["dimensions"]
    assert (found["score"], found["lowest"], found["highest"]) == (10, 2, 10)
    assert (found["reached_percent"], found["band"]["label"]) == (100.0, "high")
    assert found["questions_counted"] == 1


def test_completing_again_changes_nothing(begin: Any) -> None:
    taker = begin(RUTH)
    taker.answer_all()
    first, again = taker.do("complete"), taker.do("complete")
    assert (first.status_code, again.json) == (200, first.json)
    refused = taker.answer("truth").json
    assert (refused["code"], refused["session_status"]) == ("session_ended", "completed")
    assert taker.do("abandon").json["code"] == "session_ended"
    assert taker.turn_to(taker.version.page_ids["first"]).status_code == 409
    assert taker.look("/validate").json["reason"] == "completed"
