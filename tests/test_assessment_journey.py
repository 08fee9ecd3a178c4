"""An assessment is begun without an account, continued with one on another device, and scored once."""

from typing import Any

import pytest

from .support.people import Person, Visitor, agreed, register

BASE = "/api/v2/session"


@pytest.fixture
def visitor(gateway: str) -> Visitor:
    return Visitor(gateway)


def start(taker: Visitor, **body: Any) -> str:
    return str(agreed(taker.post(f"{BASE}/start", body or None))["session_id"])


def submit(taker: Visitor, session: str, question: int, value: Any) -> dict[str, Any]:
    answer = {"session_id": session, "question_id": question, "value": value}
    taken: dict[str, Any] = agreed(taker.post("/api/v2/answers/submit", answer))
    return taken


def test_an_unknown_session_is_not_valid(visitor: Visitor) -> None:
    answer = visitor.read(f"{BASE}/test-123/validate")
    assert (answer["valid"], answer["reason"]) == (False, "not_found")


def test_experience_is_gained_once_for_each_question(visitor: Visitor) -> None:
    session = start(visitor, assessment="study-interests")
    question = visitor.read(f"{BASE}/{session}")["page"]["questions"][0]
    first, again = (submit(visitor, session, question["id"], value) for value in (2, 4))
    assert (first["xp_gained"], again["xp_gained"], again["total_xp"]) == (10, 0, 10)
    assert again["progress"]["questions_answered"] == 1


def test_a_session_begun_without_an_account_continues_with_one(
    gateway: str, visitor: Visitor
) -> None:
    session = start(visitor, assessment="study-interests")
    page = visitor.read(f"{BASE}/{session}")["page"]
    submit(visitor, session, page["questions"][0]["id"], 3)
    owner: Person = register(gateway, "bruriah")
    agreed(owner.post(f"{BASE}/{session}/claim"))
    resumed = owner.read(f"{BASE}/{session}")
    assert [question["id"] for question in resumed["page"]["questions"]] == [
        q["id"] for q in page["questions"]
    ]
    assert [answer["value"] for answer in resumed["answers"]] == [3]
    assert visitor.read(f"{BASE}/{session}/validate")["valid"] is False


def test_starting_fresh_abandons_the_session_in_progress(gateway: str) -> None:
    taker = register(gateway, "yalta")
    first = start(taker, assessment="study-interests")
    refused = taker.post(f"{BASE}/start", {"assessment": "study-interests"}).json()
    assert (refused["code"], refused["session_id"]) == ("session_in_progress", first)
    second = start(taker, assessment="study-interests", start_fresh=True)
    assert second != first
    assert taker.read(f"{BASE}/{first}/validate")["reason"] == "abandoned"
