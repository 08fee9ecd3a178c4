"""What no honest client sends breaks nothing."""

from typing import Any

import pytest
from flask.testing import FlaskClient

HOSTILE: list[Any] = [
    None, True, 1e308, -1, 2**63 - 1, 10**18, "", "x" * 5000, [], [[]], {}, {"key": {"key": []}}, [None],
    ["a", 1], "\u202e", "'; DROP TABLE pages; --", "%s%n", 0.1, -0.0, [True], "a", ["a"] * 500,
]  # fmt: skip


def test_a_hostile_answer_leaves_the_session_readable(begin: Any) -> None:
    taker = begin()
    for key in taker.version.question_ids:
        for value in HOSTILE:
            body = {
                "session_id": taker.session_id,
                "question_id": taker.version.question_ids[key],
                "value": value,
            }
            assert taker.call("POST", "answers/submit", json=body).status_code in {200, 422}
            assert taker.look().status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"session_id": "x", "question_id": 1, "value": NaN}',
        b'{"session_id": "x", "question_id": 1e-3, "value": 1}',
        b'{"session_id": "x", "question_id": 2147483648, "value": 1}',
        b'{"session_id": "x", "question_id": true, "value": 1}',
        b'{"session_id": "x", "question_id": 1, "value": 1, "client_seq": -1}',
        b'{"session_id": "x", "question_id": 1, "value": 1, "client_seq": 9007199254740992}',
        b'{"session_id": "x", "question_id": 1, "value": "\\u0000"}',
        b'{"session_id": "x", "question_id": 1, "value": "\\ud800"}',
        b'{"session_id": "", "question_id": 1, "value": 1}',
        b'{"session_id": "x", "question_id": 1}',
        b'{"session_id": "x", "question_id": 1, "value": 1, "xp": 1000}',
        b"[]",
        b"{",
        b"null",
    ],
)
def test_a_malformed_body_is_refused(client: FlaskClient, body: bytes) -> None:
    refused = client.post("/api/v2/answers/submit", data=body, content_type="application/json")
    assert refused.status_code in {400, 422}
    assert refused.content_type == "application/problem+json"


@pytest.mark.parametrize("session_id", ["%00", "x" * 5000, "%F0%9F%98%80", "a%27b", "..", "%2e%2e"])
def test_a_malformed_session_id_is_not_found(client: FlaskClient, session_id: str) -> None:
    assert client.get(f"/api/v2/session/{session_id}").status_code in {400, 404}
    assert client.get(f"/api/v2/session/{session_id}/validate").status_code in {200, 400, 404}
