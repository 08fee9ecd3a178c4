"""Signing in and out on the wire."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from sqlalchemy import select

from chassis import testing
from chassis.data.db import in_transaction
from user_service import sign_ins
from user_service.models import RefreshToken, User, db, messages
from user_service.passwords import Hasher

Join = Callable[..., Any]


def log_in(client: FlaskClient, login: str, password: str, **headers: str) -> Any:
    return client.post(
        "/api/auth/login", json={"login": login, "password": password}, headers=headers
    )


def checks() -> float:
    return REGISTRY.get_sample_value("password_checks_total") or 0.0


@pytest.mark.parametrize(
    "login", ["ruth", "RUTH", " ruth ", "ruth@example.org", "Ruth@Example.Org"]
)
def test_a_username_or_an_email_address_signs_in(
    client: FlaskClient, join: Join, login: str
) -> None:
    ruth = join("ruth")
    response = log_in(client, login, ruth.password)
    assert response.status_code == 200
    assert response.json["user"]["id"] == str(ruth.id)
    assert response.json["refresh_token"] != ruth.refresh_token


@pytest.fixture
def international(client: FlaskClient) -> str:
    """The password of an account whose e-mail address has an international domain."""
    account = {"username": "ruth", "display_name": "Ruth", "password": "seventeen olive trees"}
    address = "ruth@xn--bcher-kva.example"
    registered = client.post("/api/auth/register", json={**account, "email": address})
    assert registered.json["user"]["email"] == "ruth@b\u00fccher.example"
    return account["password"]


@pytest.mark.parametrize(
    "login",
    [
        "ruth@xn--bcher-kva.example",
        "Ruth@XN--BCHER-KVA.example",
        "ruth@b\u00fccher.example",
        "ruth@bu\u0308cher.example",
        "RUTH@B\u00dcCHER.EXAMPLE",
    ],
    ids=ascii,
)
def test_an_international_domain_signs_in_however_it_is_spelled(
    client: FlaskClient, international: str, login: str
) -> None:
    assert log_in(client, login, international).status_code == 200
    forgotten = client.post("/api/auth/forgot-password", json={"email": login})
    assert forgotten.status_code == 202


def test_all_spellings_of_a_domain_share_one_number_of_guesses(
    client: FlaskClient, international: str
) -> None:
    spellings = ["ruth@xn--bcher-kva.example", "ruth@b\u00fccher.example"]
    answers = [log_in(client, spelling, "wrong").status_code for spelling in spellings * 3]
    assert answers == [401] * 5 + [429]


def test_an_unknown_name_answers_like_a_wrong_password(client: FlaskClient, join: Join) -> None:
    join("ruth")
    answers = [
        log_in(client, "ruth", "wrong"),
        log_in(client, "unknown", "wrong"),
        log_in(client, "no@example.org", "x"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [{**answer.json, "request_id": None} for answer in answers]
    assert bodies[0]["code"] == "wrong_credentials"
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize("login", ["ruth", "unknown"])
def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    client: FlaskClient, join: Join, login: str
) -> None:
    join("ruth")
    before = checks()
    log_in(client, login, "wrong")
    assert checks() == before + 1


def test_a_hash_of_an_older_cost_is_renewed_at_the_next_sign_in(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    with app.app_context():
        db.session.get_one(User, ruth.id).password_hash = Hasher(5).hash(ruth.password)
        db.session.commit()
    assert log_in(client, "ruth", ruth.password).status_code == 200
    with app.app_context():
        assert db.session.get_one(User, ruth.id).password_hash.startswith("$2b$04$")
    assert log_in(client, "ruth", ruth.password).status_code == 200


@pytest.mark.usefixtures("race_round")
def test_concurrent_sign_ins_succeed_with_a_hash_of_an_older_cost(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    with app.app_context():
        db.session.get_one(User, ruth.id).password_hash = Hasher(5).hash(ruth.password)
        db.session.commit()
    answers = testing.race([lambda: log_in(app.test_client(), "ruth", ruth.password)] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE users SET version = version + 1, password_hash = '$2b$04$' || repeat('.', 53)",
        "UPDATE users SET version = version + 1, deleted_at = now()",
    ],
    ids=["password changed", "account deleted"],
)
def test_an_account_changed_meanwhile_is_not_signed_in(
    app: Flask, join: Join, meanwhile: str
) -> None:
    ruth = join("ruth")
    late = testing.overtaken(
        app, meanwhile, lambda: log_in(app.test_client(), "ruth", ruth.password)
    )
    assert (late.status_code, late.json["code"]) == (401, "wrong_credentials")


def test_the_right_password_is_refused_after_five_wrong_guesses(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    statuses = [log_in(client, "ruth", f"guess {n}").status_code for n in range(5)]
    assert statuses == [401] * 5
    response = log_in(client, "ruth", ruth.password)
    assert (response.status_code, response.json["code"]) == (429, "too_many_attempts")
    assert int(response.headers["Retry-After"]) > 0


def test_counts_tell_neither_of_accounts_nor_whose_an_address_is(
    client: FlaskClient, join: Join
) -> None:
    join("ruth")
    for login in ("ruth", "nobody"):
        spellings = (login, login.upper(), f" {login} ", login.title(), f"{login} ")
        statuses = [log_in(client, spelling, "wrong").status_code for spelling in spellings]
        assert statuses == [401] * 5, login
        assert log_in(client, login, "wrong").status_code == 429
    # The counts of the username are not those of the address: they would tell that the two are one's.
    for address in ("ruth@example.org", "nobody@example.org"):
        spellings = (address, address.upper(), f" {address}", address, address)
        statuses = [log_in(client, spelling, "wrong").status_code for spelling in spellings]
        assert statuses == [401] * 5, address
        assert log_in(client, address, "wrong").status_code == 429


@pytest.mark.parametrize("end", ["", "@example.org"])
@pytest.mark.parametrize("spelling", ["dav\u0130d", "dav\u0131d", "\uff4bnaomi"])
def test_a_letter_that_only_looks_like_another_names_no_account(
    client: FlaskClient, join: Join, spelling: str, end: str
) -> None:
    for name in ("david", "knaomi"):
        join(name)
    assert log_in(client, spelling + end, "seventeen olive trees").status_code == 401


def test_the_sign_of_kelvin_is_a_k(client: FlaskClient, join: Join) -> None:
    join("kate")
    spellings = ["kate", "\u212aate"]
    answers = [log_in(client, each, "wrong").status_code for each in spellings * 3]
    assert answers == [401] * 5 + [429]


def test_only_the_client_address_added_by_the_gateway_counts(
    client: FlaskClient, join: Join
) -> None:
    join("ruth")
    for n in range(5):
        assert (
            log_in(
                client, "ruth", "wrong", **{"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.1"}
            ).status_code
            == 401
        )
    assert (
        log_in(
            client, "ruth", "wrong", **{"X-Forwarded-For": "203.0.113.99, 192.0.2.1"}
        ).status_code
        == 429
    )
    assert log_in(client, "ruth", "wrong", **{"X-Forwarded-For": "192.0.2.2"}).status_code == 401


def test_a_hundred_addresses_get_ten_guesses_in_all(client: FlaskClient, join: Join) -> None:
    join("ruth")
    statuses = [
        log_in(client, "ruth", "wrong", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(100)
    ]
    assert statuses.count(401) == 10
    assert statuses.count(429) == 90


@pytest.mark.parametrize(
    "forwarded", ["", "nonsense", "192.0.2.1, ", "1.2.3.4:80", "\xe9", "::1%eth0"]
)
def test_an_odd_forwarded_address_is_no_error(
    client: FlaskClient, join: Join, forwarded: str
) -> None:
    ruth = join("ruth")
    assert (
        log_in(client, "ruth", ruth.password, **{"X-Forwarded-For": forwarded}).status_code == 200
    )


def test_frequent_sign_ins_do_not_count_as_guesses(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert {log_in(client, "ruth", ruth.password).status_code for _ in range(12)} == {200}


def test_signing_in_works_without_redis() -> None:
    with testing.service(
        "user_service", PASSWORD_COST="4", EVENTS_URL="redis://127.0.0.1:1/0"
    ) as app:
        client = app.test_client()
        body = {
            "email": "r@example.org",
            "username": "ruth",
            "display_name": "R",
            "password": "seventeen olive trees",
        }
        assert client.post("/api/auth/register", json=body).status_code == 201
        assert log_in(client, "ruth", body["password"]).status_code == 200
        statuses = [log_in(client, "ruth", "wrong").status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
        refused = log_in(client, "RUTH", "wrong").json
        assert refused["code"] == "too_many_attempts"


def test_a_refresh_token_is_exchanged_for_a_new_pair(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    response = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token})
    assert response.status_code == 200
    assert response.json.keys() == {
        "user",
        "access_token",
        "refresh_token",
        "token_type",
        "expires_in",
    }
    verify = app.extensions["verifier"].verify
    assert verify(response.json["access_token"]).session_id == verify(ruth.access_token).session_id


def test_only_the_hash_of_a_refresh_token_is_kept(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    with app.app_context():
        kept = db.session.scalars(select(RefreshToken)).one()
    assert len(kept.token_hash) == 32
    assert ruth.refresh_token.encode() not in kept.token_hash


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "מפתח", "' OR 1=1 --"])
def test_an_unknown_refresh_token_is_refused(client: FlaskClient, token: str) -> None:
    response = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert (response.status_code, response.json["code"]) == (401, "invalid_refresh_token")


def test_access_and_refresh_tokens_are_not_interchangeable(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    as_refresh = client.post("/api/auth/refresh", json={"refresh_token": ruth.access_token})
    # It is longer than any refresh token.
    assert as_refresh.status_code == 422
    as_access = client.get(
        "/api/users/me", headers={"Authorization": f"Bearer {ruth.refresh_token}"}
    )
    assert (as_access.status_code, as_access.json["code"]) == (401, "invalid_token")


@pytest.mark.usefixtures("race_round")
def test_one_of_twenty_concurrent_refreshes_gets_a_pair(app: Flask, join: Join) -> None:
    ruth = join("ruth")

    def refresh() -> Any:
        return app.test_client().post(
            "/api/auth/refresh", json={"refresh_token": ruth.refresh_token}
        )

    answers = testing.race([refresh] * 20)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {
        "already_rotated"
    }
    (winner,) = [answer.json["refresh_token"] for answer in answers if answer.status_code == 200]
    next_answer = app.test_client().post("/api/auth/refresh", json={"refresh_token": winner})
    assert next_answer.status_code == 200


def test_signing_out_ends_the_sign_in_and_can_be_repeated(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert client.post("/api/auth/logout", headers=ruth.headers).status_code == 204
    assert client.post("/api/auth/logout", headers=ruth.headers).status_code == 204
    response = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token})
    assert (response.status_code, response.json["code"]) == (401, "invalid_refresh_token")


def test_signing_out_works_with_the_refresh_token_alone(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    body = {"refresh_token": ruth.refresh_token}
    assert client.post("/api/auth/logout", json=body).status_code == 204
    assert client.post("/api/auth/logout", json=body).status_code == 204
    assert client.post("/api/auth/refresh", json=body).status_code == 401
    assert client.post("/api/auth/logout", json={"refresh_token": "unknown"}).status_code == 204


def test_signing_out_needs_one_of_the_tokens(client: FlaskClient) -> None:
    assert client.post("/api/auth/logout").status_code == 401


def ended(app: Flask) -> list[tuple[str, str]]:
    """The sign-ins whose end other programs are told, each with its person."""
    with app.app_context():
        bodies = db.session.scalars(
            select(messages.outbox.c.body).order_by(messages.outbox.c.position)
        )
        events = [body for body in bodies if body["type"] == "sign_in.ended"]
    return [(event["aggregate_id"], event["data"]["user_id"]) for event in events]


def test_signing_out_ends_the_access_tokens_of_the_sign_in_once(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    log_in(client, "ruth", ruth.password)
    for _ in range(2):
        client.post("/api/auth/logout", headers=ruth.headers)
    session_id = app.extensions["verifier"].verify(ruth.access_token).session_id
    assert ended(app) == [(session_id, str(ruth.id))]


def test_signing_out_everywhere_ends_every_sign_in(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    other = log_in(client, "ruth", ruth.password).json
    assert client.post("/api/auth/logout-all", headers=ruth.headers).status_code == 204
    for token in (ruth.refresh_token, other["refresh_token"]):
        assert client.post("/api/auth/refresh", json={"refresh_token": token}).status_code == 401


def test_devices_are_listed_with_names_newest_first(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    log_in(client, "ruth", ruth.password, **{"User-Agent": firefox})
    page = client.get("/api/auth/sessions", headers=ruth.headers).json
    assert [(item["device"], item["current"]) for item in page["items"]] == [
        ("Firefox on Linux", False),
        ("Werkzeug", True),
    ]
    assert page["items"][0].keys() == {"id", "device", "created_at", "last_used_at", "current"}


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 "
            "Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/140 Safari/604",
            "Chrome on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605",
            "Safari on macOS",
        ),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("x" * 8000, "x" * 40),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_named_after_its_user_agent(
    client: FlaskClient, join: Join, user_agent: str, device: str
) -> None:
    ruth = join("ruth")
    log_in(client, "ruth", ruth.password, **{"User-Agent": user_agent})
    assert (
        client.get("/api/auth/sessions", headers=ruth.headers).json["items"][0]["device"] == device
    )


def test_pages_hold_each_device_once_and_take_one_statement(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    for _ in range(6):
        log_in(client, "ruth", ruth.password)
    with testing.count_queries(app) as statements:
        first = client.get("/api/auth/sessions?limit=4", headers=ruth.headers)
    assert len([s for s in statements if s.startswith("SELECT")]) == 1
    assert 'rel="next"' in first.headers["Link"]
    second = client.get(
        f"/api/auth/sessions?limit=4&cursor={first.json['next']}", headers=ruth.headers
    )
    seen = [item["id"] for item in first.json["items"] + second.json["items"]]
    assert (len(first.json["items"]), len(second.json["items"]), second.json["next"]) == (
        4,
        3,
        None,
    )
    assert len(set(seen)) == 7


def test_a_single_device_is_signed_out(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    other = log_in(client, "ruth", ruth.password).json
    other_id = client.get("/api/auth/sessions", headers=ruth.headers).json["items"][0]["id"]
    assert client.delete(f"/api/auth/sessions/{other_id}", headers=ruth.headers).status_code == 204
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": other["refresh_token"]}).status_code
        == 401
    )
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).status_code
        == 200
    )
    assert client.delete(f"/api/auth/sessions/{other_id}", headers=ruth.headers).status_code == 404


def test_devices_of_others_are_not_found(client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    sign_in_id = client.get("/api/auth/sessions", headers=ruth.headers).json["items"][0]["id"]
    assert (
        client.delete(f"/api/auth/sessions/{sign_in_id}", headers=boaz.headers).status_code == 404
    )
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).status_code
        == 200
    )


@pytest.mark.usefixtures("race_round")
def test_a_sign_in_beyond_the_most_ends_the_oldest(
    app: Flask, client: FlaskClient, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MOST_DEVICES", 3)
    ruth = join("ruth")
    with app.app_context():
        user = db.session.get_one(User, ruth.id)

    def begin() -> None:
        with app.app_context():
            in_transaction(db.session, lambda: sign_ins.begin(user, "A phone"))

    testing.race([begin] * 5)
    newest = log_in(client, "ruth", ruth.password)
    headers = {"Authorization": f"Bearer {newest.json['access_token']}"}
    devices = client.get("/api/auth/sessions", headers=headers).json["items"]
    assert len(devices) == 3
    assert devices[0]["current"]
    again = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token})
    assert (again.status_code, again.json["code"]) == (401, "invalid_refresh_token")
