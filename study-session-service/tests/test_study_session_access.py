"""Who may do what: every operation, for everybody it could be about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now
from chassis.fields import instant_text
from chassis.testing import User, a_user, token_for

BASE = "/api/study-sessions"
ONE = f"{BASE}/<uuid:session_id>"
WHO = ("host", "participant", "left", "removed", "stranger", "anonymous")
Open = Callable[..., Any]
Case = tuple[str, str, dict[str, Any], tuple[int, ...], tuple[int, ...]]

# Method, path, request, and the answers to WHO for a public and for a private session.
# A private one is a secret to those who were removed and to strangers; those who left may know it.
MATRIX: list[Case] = [
    ("GET", ONE, {}, (200, 200, 200, 200, 200, 200), (200, 200, 200, 404, 404, 404)),
    (
        "PATCH",
        ONE,
        {"json": {"title": "x"}, "headers": {"If-Match": '"1"'}},
        (200, 403, 403, 403, 403, 401),
        (200, 403, 403, 404, 404, 401),
    ),
    ("POST", f"{ONE}/start", {}, (200, 403, 403, 403, 403, 401), (200, 403, 403, 404, 404, 401)),
    ("POST", f"{ONE}/finish", {}, (409, 403, 403, 403, 403, 401), (409, 403, 403, 404, 404, 401)),
    ("POST", f"{ONE}/cancel", {}, (200, 403, 403, 403, 403, 401), (200, 403, 403, 404, 404, 401)),
    (
        "POST",
        f"{ONE}/host",
        {"json": {"user_id": "participant"}},
        (200, 403, 403, 403, 403, 401),
        (200, 403, 403, 404, 404, 401),
    ),
    ("POST", f"{ONE}/join", {}, (200, 200, 201, 403, 201, 401), (200, 200, 201, 403, 404, 401)),
    ("POST", f"{ONE}/leave", {}, (409, 204, 204, 204, 204, 401), (409, 204, 204, 404, 404, 401)),
    ("GET", f"{ONE}/participants", {}, (200, 200, 403, 403, 403, 401), (200, 200, 403, 404, 404, 401)),
    (
        "DELETE",
        f"{ONE}/participants/<uuid:user_id>",
        {},
        (204, 403, 403, 403, 403, 401),
        (204, 403, 403, 404, 404, 401),
    ),
    ("GET", f"{ONE}/messages", {}, (200, 200, 403, 403, 403, 401), (200, 200, 403, 404, 404, 401)),
    (
        "POST",
        f"{ONE}/messages",
        {"json": {"content": "!"}},
        (201, 201, 403, 403, 403, 401),
        (201, 201, 403, 404, 404, 401),
    ),
    (
        "PATCH",
        f"{ONE}/messages/<uuid:message_id>",
        {"json": {"content": "!"}},
        (403, 200, 403, 403, 403, 401),
        (403, 200, 403, 404, 404, 401),
    ),
    (
        "DELETE",
        f"{ONE}/messages/<uuid:message_id>",
        {},
        (204, 204, 403, 403, 403, 401),
        (204, 204, 403, 404, 404, 401),
    ),
]
ELSEWHERE = [
    ("GET", BASE, 200),
    ("GET", f"{BASE}/clusters?bbox=0,0,1,1&zoom=3", 200),
    ("GET", f"{BASE}/mine", 401),
    ("POST", BASE, 401),
]
CELLS = [
    (method, path, request, visibility, who, answers[WHO.index(who)])
    for method, path, request, public, private in MATRIX
    for visibility, answers in (("public", public), ("private", private))
    for who in WHO
]


@pytest.mark.parametrize(
    ("method", "path", "request_", "visibility", "who", "status"),
    CELLS,
    ids=[f"{m} {p.removeprefix(ONE) or '/'} {v} {w}" for m, p, _, v, w, _ in CELLS],
)
def test_everybody_gets_the_answer_that_is_theirs(
    client: FlaskClient,
    open_session: Open,
    method: str,
    path: str,
    request_: dict[str, Any],
    visibility: str,
    who: str,
    status: int,
) -> None:
    people = {name: a_user(name) for name in WHO}
    session = open_session(
        people["host"],
        people["participant"],
        people["left"],
        people["removed"],
        visibility=visibility,
        start_time=instant_text(now() + timedelta(minutes=10)),
    )
    one = f"{BASE}/{session['id']}"
    message = client.post(f"{one}/messages", json={"content": "Shalom"}, user=people["participant"]).json
    client.post(f"{one}/leave", user=people["left"])
    client.delete(f"{one}/participants/{people['removed'].id}", user=people["host"])

    ids = {"session_id": session["id"], "message_id": message["id"], "user_id": str(people["participant"].id)}
    for name, value in ids.items():
        path = path.replace(f"<uuid:{name}>", value)
    body = request_.get("json")
    if body and "user_id" in body:
        request_ = {"json": {"user_id": ids["user_id"]}}
    caller = None if who == "anonymous" else people[who]
    answer = client.open(path, method=method, user=caller, **request_)
    assert answer.status_code == status, answer.json


@pytest.mark.parametrize(("method", "path", "status"), ELSEWHERE)
def test_what_is_about_nobody_is_open_or_asks_who_you_are(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    assert client.open(path, method=method).status_code == status


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    asserted = {(method, path) for method, path, *_ in MATRIX}
    asserted |= {(method, path.split("?")[0]) for method, path, _ in ELSEWHERE}
    api = {(method, path) for method, path, _ in testing.operations(app) if path.startswith("/api/")}
    assert asserted == api


@pytest.mark.parametrize(
    ("method", "path"), [(m, p) for m, p, *_ in MATRIX] + [(m, p.split("?")[0]) for m, p, _ in ELSEWHERE]
)
def test_a_forged_token_opens_nothing(client: FlaskClient, method: str, path: str) -> None:
    for name in ("session_id", "message_id", "user_id"):
        path = path.replace(f"<uuid:{name}>", str(uuid4()))
    forged = token_for(a_user())[:-4] + "AAAA"
    answer = client.open(path, method=method, headers={"Authorization": f"Bearer {forged}"})
    public = path == f"{BASE}/clusters"
    assert answer.status_code == (422 if public else 401)


def test_only_participants_may_watch_a_session(client: FlaskClient, open_session: Open) -> None:
    host, stranger = a_user("host"), a_user("stranger")
    session = open_session(host)
    assert watch(client, session["id"], host).json == {"room": f"study-session:{session['id']}", "seq": 1}
    assert watch(client, session["id"], stranger).status_code == 403
    assert watch(client, str(uuid4()), host).status_code == 404
    assert watch(client, "no-id", host).status_code == 404


def watch(client: FlaskClient, session_id: str, user: User) -> Any:
    headers = {"Subject-Token": token_for(user)}
    return client.get(f"/internal/rooms/study-session/{session_id}", peer="gateway", headers=headers)
