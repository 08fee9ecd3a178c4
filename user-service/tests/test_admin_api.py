"""What admins do with accounts: list them, suspend them, and lift that."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from chassis import testing
from chassis.data.db import in_transaction
from chassis.testing import count_queries
from user_service.models import Role, Suspension, User, db, messages

from .support.emails import take_emails

Join = Callable[..., Any]
PATH = "/api/admin/users"
SPAM = {"reason": "Spam in many sessions."}


def act(client: FlaskClient, admin: Any, person: Any, verb: str, **body: str) -> Any:
    path = f"{PATH}/{getattr(person, 'id', person)}/{verb}"
    return client.post(path, json=body or SPAM, headers=admin.headers)


def log_in(client: FlaskClient, person: Any) -> Any:
    body = {"login": person.username, "password": person.password}
    return client.post("/api/auth/login", json=body)


def listed(client: FlaskClient, admin: Any, query: str = "") -> list[str]:
    page = client.get(f"{PATH}{query}", headers=admin.headers)
    assert page.status_code == 200, page.json
    return [item["username"] for item in page.json["items"]]


def test_a_suspended_account_is_signed_out_and_cannot_sign_in(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    answer = act(client, ada, ruth, "suspend")
    assert answer.status_code == 200
    assert answer.json["reason"] == SPAM["reason"]
    assert answer.json["suspended_by"] == str(ada.id)
    refresh = {"refresh_token": ruth.refresh_token}
    assert client.post("/api/auth/refresh", json=refresh).json["code"] == "invalid_refresh_token"
    refused = log_in(client, ruth)
    assert (refused.status_code, refused.json["code"]) == (403, "account_suspended")
    assert refused.json["reason"] == SPAM["reason"]
    with app.app_context():
        types = set(db.session.scalars(select(messages.outbox.c.body["type"].astext)))
    assert {"sign_in.ended", "user.access_ended"} <= types


def test_only_those_who_prove_the_password_learn_of_it(client: FlaskClient, join: Join) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    act(client, ada, ruth, "suspend")
    guess = client.post("/api/auth/login", json={"login": "ruth", "password": "a guess"})
    assert guess.json["code"] == "wrong_credentials"
    assert client.get(f"/api/users/{ruth.id}").json["username"] == "ruth"


def test_a_lifted_suspension_lets_the_person_in_again(client: FlaskClient, join: Join) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    act(client, ada, ruth, "suspend")
    lifted = act(client, ada, ruth, "lift-suspension", reason="It was a mistake.")
    assert (lifted.status_code, lifted.json["lift_reason"]) == (200, "It was a mistake.")
    assert log_in(client, ruth).status_code == 200
    assert act(client, ada, ruth, "suspend").status_code == 200, "it can be suspended again"


def test_the_person_is_told_of_both_with_the_reason(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    take_emails(app)
    act(client, ada, ruth, "suspend")
    [suspended] = take_emails(app)
    act(client, ada, ruth, "lift-suspension", reason="It was a <mistake>.")
    [lifted] = take_emails(app)
    assert suspended["Subject"] == "Your account is suspended · Lyceum"
    assert SPAM["reason"] in suspended.get_body(("plain",)).get_content()
    assert lifted["Subject"] == "Your account is open again · Lyceum"
    assert "It was a <mistake>." in lifted.get_body(("plain",)).get_content()
    assert "It was a &lt;mistake&gt;." in lifted.get_body(("html",)).get_content()
    assert "forgot-password" not in suspended.as_string()


@pytest.mark.parametrize(
    ("verb", "status", "code"),
    [("suspend", 409, "already_suspended"), ("lift-suspension", 409, "not_suspended")],
)
def test_what_is_done_already_is_a_conflict(
    client: FlaskClient, join: Join, verb: str, status: int, code: str
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    if verb == "suspend":
        act(client, ada, ruth, verb)
    again = act(client, ada, ruth, verb)
    assert (again.status_code, again.json["code"]) == (status, code)


@pytest.mark.usefixtures("race_round")
def test_of_many_who_suspend_one_does(app: Flask, client: FlaskClient, join: Join) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    statuses = testing.race([lambda: act(app.test_client(), ada, ruth, "suspend").status_code] * 4)
    assert sorted(statuses) == [200, 409, 409, 409]


@pytest.mark.usefixtures("race_round")
def test_a_sign_in_at_the_moment_of_a_suspension_does_not_last(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    answers = testing.race(
        [
            lambda: act(app.test_client(), ada, ruth, "suspend"),
            lambda: log_in(app.test_client(), ruth),
        ]
    )
    assert answers[0].status_code == 200
    if answers[1].status_code == 200:
        refresh = {"refresh_token": answers[1].json["refresh_token"]}
        assert client.post("/api/auth/refresh", json=refresh).status_code == 401


def test_an_admin_is_not_suspended_and_an_unknown_account_not_found(
    client: FlaskClient, join: Join
) -> None:
    ada, eve = join("ada", Role.ADMIN), join("eve", Role.ADMIN)
    for admin in (ada, eve):
        refused = act(client, ada, admin, "suspend")
        assert (refused.status_code, refused.json["code"]) == (409, "account_is_admin")
    for verb in ("suspend", "lift-suspension"):
        assert act(client, ada, uuid4(), verb).status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, None, 7])
def test_a_reason_is_needed(client: FlaskClient, join: Join, reason: object) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    for verb in ("suspend", "lift-suspension"):
        path = f"{PATH}/{ruth.id}/{verb}"
        answer = client.post(path, json={"reason": reason}, headers=ada.headers)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/reason"


def test_a_demoted_admin_can_do_nothing_with_an_older_token(
    client: FlaskClient, join: Join
) -> None:
    ada, eve, ruth = join("ada", Role.ADMIN), join("eve", Role.ADMIN), join("ruth")
    roles = {"roles": ["learner"]}
    client.put(f"/api/users/{eve.id}/roles", json=roles, headers=ada.headers)
    assert act(client, eve, ruth, "suspend").status_code == 403
    assert client.get(PATH, headers=eve.headers).status_code == 403


def test_accounts_are_listed_by_username_in_pages(client: FlaskClient, join: Join) -> None:
    ada = join("ada", Role.ADMIN)
    for name in ("ruth", "boaz", "rachel", "rami"):
        join(name)
    assert listed(client, ada) == ["ada", "boaz", "rachel", "rami", "ruth"]
    first = client.get(f"{PATH}?limit=2", headers=ada.headers).json
    rest = client.get(f"{PATH}?limit=9&cursor={first['next']}", headers=ada.headers).json
    names = [item["username"] for item in first["items"] + rest["items"]]
    assert names == ["ada", "boaz", "rachel", "rami", "ruth"]


def test_accounts_are_found_by_name_address_state_and_role(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    join("rachel", Role.TUTOR)
    gone = join("rgone")
    client.delete("/api/users/me", json={"password": gone.password}, headers=gone.headers)
    act(client, ada, ruth, "suspend")
    assert listed(client, ada, "?q=r") == ["rachel", "ruth"]
    assert listed(client, ada, "?q=RUTH@example.org") == ["ruth"]
    assert listed(client, ada, "?q=th@example.org") == []
    assert listed(client, ada, "?state=suspended") == ["ruth"]
    assert listed(client, ada, "?state=active") == ["ada", "rachel"]
    assert listed(client, ada, "?role=tutor") == ["rachel"]
    with app.app_context():
        verified = update(User).where(User.id == ruth.id).values(email_verified_at=func.now())
        in_transaction(db.session, lambda: db.session.execute(verified))
    assert listed(client, ada, "?state=unverified") == ["ada", "rachel"]


def test_an_admin_sees_what_decides_and_no_secret(client: FlaskClient, join: Join) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    act(client, ada, ruth, "suspend")
    [seen] = client.get(f"{PATH}?q=ruth", headers=ada.headers).json["items"]
    assert seen["email"] == "ruth@example.org"
    assert seen["suspension"]["reason"] == SPAM["reason"]
    assert seen["has_second_factor"] is False
    assert seen["last_signed_in_at"]
    assert "hash" not in json.dumps(seen)


def test_a_page_takes_a_constant_number_of_statements(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada = join("ada", Role.ADMIN)
    counts = []
    for name in ("ruth", "boaz", "rami"):
        act(client, ada, join(name), "suspend")
        with count_queries(app) as statements:
            listed(client, ada)
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_suspensions_are_exported_and_erased_with_the_person(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    act(client, ada, ruth, "suspend")
    headers = {"Subject-Token": ruth.access_token}
    exported = client.get("/internal/export", headers=headers, peer="gateway").json
    assert [row["reason"] for row in exported["suspensions"]] == [SPAM["reason"]]
    act(client, ada, ruth, "lift-suspension", reason="It was a mistake.")
    token = log_in(client, ruth).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    client.delete("/api/users/me", json={"password": ruth.password}, headers=bearer)
    with app.app_context():
        assert db.session.scalars(select(Suspension)).all() == []


def test_what_admins_do_is_in_the_security_log(
    client: FlaskClient, join: Join, capfd: pytest.CaptureFixture[str]
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    capfd.readouterr()
    address = {"X-Forwarded-For": "192.0.2.7"}
    path = f"{PATH}/{ruth.id}/suspend"
    client.post(path, json=SPAM, headers={**ada.headers, **address})
    client.get(f"{PATH}?q=ruth@example.org", headers={**ada.headers, **address})
    log_in(client, ruth)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    trail = [line for line in lines if line.get("stream") == "security"]
    told = [(line["action"], line["outcome"], line["actor"], line["target"]) for line in trail]
    assert ("account.suspended", "success", str(ada.id), str(ruth.id)) in told
    assert ("accounts.listed", "success", str(ada.id), str(ada.id)) in told
    assert ("sign_in.begun", "failure", str(ruth.id), str(ruth.id)) in told
    assert {line["client_address"] for line in trail if line["actor"] == str(ada.id)} == {
        "192.0.2.7"
    }
    assert "ruth@example.org" not in json.dumps(trail)
    assert SPAM["reason"] not in json.dumps(trail)
