"""Reports: the words come from the service that has them, and the report goes to the user-service."""

import json
from typing import Any
from uuid import uuid4

import jwt
import pytest

from chassis.testing import a_user
from gateway.routes import HAVRUTA, STUDY_SESSION, USER

from .support.gateway_process import Doubles, Gateway, Reply
from .support.upstream_doubles import answer, as_json

PATH = "/api/reports"
RUTH, AUTHOR = a_user(), str(uuid4())
WORDS = {"author_id": AUTHOR, "words": {"content": "Go away!"}}
OWNERS = {
    "person": USER,
    "study_session": STUDY_SESSION,
    "message": STUDY_SESSION,
    "havruta": HAVRUTA,
}


def report(about: str = "message", **changes: Any) -> dict[str, Any]:
    return {"about": about, "about_id": str(uuid4()), "kind": "spam", "text": None, **changes}


def send(gateway: Gateway, body: Any) -> Reply:
    headers = {"Content-Type": "application/json"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway.post(PATH, body=data, headers=headers, user=RUTH)


def subject(header: str | None) -> str:
    token = (header or "").removeprefix("Bearer ")
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


def taking(internal: Doubles, owner: str, found: bytes, filed: bytes) -> None:
    """Have the owner answer with what it finds, and the user-service with what it makes of the report."""

    def reply(asked: Any, *_: Any) -> bytes:
        return filed if asked.method == "POST" else found

    internal[owner].reply = reply
    internal[USER].reply = reply


@pytest.mark.parametrize(("about", "owner"), OWNERS.items())
def test_a_report_is_kept_with_the_words_of_their_service(
    gateway: Gateway, internal: Doubles, about: str, owner: str
) -> None:
    body = report(about)
    kept = {**body, "id": str(uuid4()), "created_at": "2030-03-01T09:00:00Z"}
    taking(internal, owner, as_json(WORDS), as_json(kept, 201))
    made = send(gateway, body)
    assert (made.status, made.json) == (201, kept)
    asked = internal[owner].asked[0]
    assert asked.target == f"/internal/reported/{about}/{body['about_id']}"
    assert subject(asked.header("Subject-Token")) == str(RUTH.id)
    filed = internal[USER].asked[-1]
    assert (filed.method, filed.target) == ("POST", "/internal/reports")
    assert json.loads(filed.body) == {**body, **WORDS}
    assert subject(filed.header("Authorization")) == "gateway"
    assert subject(filed.header("Subject-Token")) == str(RUTH.id)


@pytest.mark.parametrize(
    ("found", "status", "code"),
    [
        (answer(404), 404, "not_found"),
        (answer(500), 503, "unavailable"),
        (as_json({"author_id": AUTHOR}), 503, "unavailable"),
    ],
)
def test_without_words_there_is_no_report(
    gateway: Gateway, internal: Doubles, found: bytes, status: int, code: str
) -> None:
    taking(internal, STUDY_SESSION, found, as_json({}, 201))
    refused = send(gateway, report())
    assert (refused.status, refused.json["code"]) == (status, code)
    assert internal[USER].asked == []


def test_what_the_user_service_refuses_is_refused_in_its_words(
    gateway: Gateway, internal: Doubles
) -> None:
    problem = {"status": 409, "code": "already_reported", "title": "You have reported this."}
    told = {**problem, "instance": "/internal/reports"}
    taking(internal, STUDY_SESSION, as_json(WORDS), as_json(told, 409))
    refused = send(gateway, report())
    # Of the inside a client learns nothing.
    assert (refused.status, refused.json) == (409, {**problem, "instance": "/api/reports"})
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("filed", [answer(500), answer(422), answer(201, b"{"), as_json({}, 201)])
def test_a_report_that_cannot_be_kept_is_not_confirmed(
    gateway: Gateway, internal: Doubles, filed: bytes
) -> None:
    taking(internal, STUDY_SESSION, as_json(WORDS), filed)
    refused = send(gateway, report())
    assert (refused.status, refused.json["code"]) == (502, "bad_gateway")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"about": "course"}, "about"),
        ({"about_id": "../export"}, "about_id"),
        ({"about_id": 7}, "about_id"),
        ({"kind": None}, "kind"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "\u0000"}, "text"),
        ({"words": {}}, "words"),
    ],
)
def test_a_report_of_another_form_goes_nowhere(
    gateway: Gateway, internal: Doubles, changes: dict[str, Any], field: str
) -> None:
    refused = send(gateway, report(**changes))
    assert (refused.status, refused.json["code"]) == (422, "invalid")
    assert refused.json["errors"][0]["pointer"] == f"/{field}"
    assert not any(double.asked for double in internal.values())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 10_000, b'{"a": NaN}', b"\xff"])
def test_a_body_that_is_no_report_is_refused(gateway: Gateway, body: bytes) -> None:
    refused = send(gateway, body)
    assert refused.status in {400, 422}
