"""A second factor: turned on with an app, asked for at sign-in and before what is dangerous."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis import testing
from chassis.config import InvalidSettings
from chassis.data.db import in_transaction
from user_service.models import Base, Role, User, db
from user_service.sealing import Sealer

from .support.emails import reset_token, subjects, take_emails

Join = Callable[..., Any]
PATH = "/api/users/me/second-factor"
NOON = datetime(2030, 3, 1, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def verify(app: Flask, person: Any) -> None:
    def set_verified() -> None:
        changed = update(User).where(User.id == person.id).values(email_verified_at=NOON)
        db.session.execute(changed.execution_options(synchronize_session=False))

    with app.app_context():
        in_transaction(db.session, set_verified)


class Protected:
    """A person with a second factor, and the app on their phone."""

    def __init__(self, app: Flask, client: FlaskClient, person: Any) -> None:
        self.app, self.client, self.person = app, client, person
        verify(app, person)
        made = client.post(PATH, json={"password": person.password}, headers=person.headers)
        self.enrolment = made.json
        self.totp = pyotp.TOTP(self.enrolment["secret"])
        first = {"code": self.totp.now()}
        enabled = client.post(f"{PATH}/enable", json=first, headers=person.headers)
        self.recovery_codes = enabled.json["recovery_codes"]

    def begin(self, **more: Any) -> Any:
        body = {"login": self.person.username, "password": self.person.password, **more}
        return self.client.post("/api/auth/login", json=body)

    def show(self, ticket: str, code: str, **more: Any) -> Any:
        body = {"ticket": ticket, "code": code, **more}
        return self.client.post("/api/auth/login/code", json=body)

    def sign_in(self) -> Any:
        return self.show(self.begin().json["ticket"], self.totp.now())

    def delete(self, path: str, **body: Any) -> Any:
        return self.client.delete(path, json=body, headers=self.person.headers)


@pytest.fixture
def ruth(app: Flask, client: FlaskClient, join: Join, clock: Any) -> Protected:
    protected = Protected(app, client, join("ruth"))
    clock.shift(timedelta(seconds=90))
    return protected


def test_an_app_is_given_a_secret_an_address_and_a_picture(ruth: Protected) -> None:
    enrolment = ruth.enrolment
    assert len(enrolment["secret"]) == 32
    parsed = pyotp.parse_uri(enrolment["otpauth_url"])
    assert (parsed.secret, parsed.name, parsed.issuer) == (enrolment["secret"], "ruth", "Lyceum")
    assert enrolment["qr_code"].startswith("<svg")


def test_it_counts_only_after_a_first_code(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = join("boaz")
    verify(app, boaz)
    secret = client.post(PATH, json={"password": boaz.password}, headers=boaz.headers).json[
        "secret"
    ]
    login = {"login": "boaz", "password": boaz.password}
    assert client.post("/api/auth/login", json=login).status_code == 200
    assert client.get(PATH, headers=boaz.headers).json["enabled"] is False
    wrong = client.post(f"{PATH}/enable", json={"code": "000000"}, headers=boaz.headers)
    assert (wrong.status_code, wrong.json["code"]) == (403, "wrong_mfa_code")
    code = {"code": pyotp.TOTP(secret).now()}
    assert client.post(f"{PATH}/enable", json=code, headers=boaz.headers).status_code == 200
    assert client.post("/api/auth/login", json=login).json["code"] == "mfa_required"
    again = client.post(PATH, json={"password": boaz.password}, headers=boaz.headers)
    assert (again.status_code, again.json["code"]) == (409, "second_factor_on")


def test_it_needs_the_password_and_a_verified_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    boaz = join("boaz")
    unverified = client.post(PATH, json={"password": boaz.password}, headers=boaz.headers)
    assert (unverified.status_code, unverified.json["code"]) == (403, "email_not_verified")
    verify(app, boaz)
    wrong = client.post(PATH, json={"password": "a guess"}, headers=boaz.headers)
    assert (wrong.status_code, wrong.json["code"]) == (403, "wrong_password")


def test_turning_it_on_ends_the_other_sign_ins_and_tells_the_owner(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = join("boaz")
    login = {"login": "boaz", "password": boaz.password}
    other = client.post("/api/auth/login", json=login).json["refresh_token"]
    take_emails(app)
    Protected(app, client, boaz)
    refreshes = [
        client.post("/api/auth/refresh", json={"refresh_token": token}).status_code
        for token in (other, boaz.refresh_token)
    ]
    assert refreshes == [401, 200]
    assert subjects(app) == ["A second factor is on"]


def test_a_right_password_gets_a_ticket_and_never_a_token(ruth: Protected) -> None:
    answer = ruth.begin()
    assert (answer.status_code, answer.json["code"]) == (401, "mfa_required")
    assert answer.json["expires_in"] == 300
    assert "access_token" not in answer.text
    for path in ("/api/users/me", "/api/notifications"):
        bearer = {"Authorization": f"Bearer {answer.json['ticket']}"}
        assert ruth.client.get(path, headers=bearer).status_code == 401
    refresh = {"refresh_token": answer.json["ticket"]}
    assert ruth.client.post("/api/auth/refresh", json=refresh).status_code == 401


def test_a_wrong_password_is_answered_as_without_a_second_factor(ruth: Protected) -> None:
    body = {"login": "ruth", "password": "a guess"}
    assert ruth.client.post("/api/auth/login", json=body).json["code"] == "wrong_credentials"


def test_a_ticket_and_a_code_sign_in(ruth: Protected) -> None:
    signed_in = ruth.sign_in()
    assert signed_in.status_code == 200
    bearer = {"Authorization": f"Bearer {signed_in.json['access_token']}"}
    assert ruth.client.get("/api/users/me", headers=bearer).json["username"] == "ruth"


def test_a_ticket_works_once(ruth: Protected, clock: Any) -> None:
    ticket = ruth.begin().json["ticket"]
    assert ruth.show(ticket, ruth.totp.now()).status_code == 200
    clock.shift(timedelta(seconds=30))
    again = ruth.show(ticket, ruth.totp.now())
    assert (again.status_code, again.json["code"]) == (401, "invalid_sign_in_ticket")


@pytest.mark.usefixtures("race_round")
def test_of_many_who_show_one_code_one_signs_in(ruth: Protected) -> None:
    tickets = [ruth.begin().json["ticket"] for _ in range(4)]
    code = ruth.totp.now()

    def show(ticket: str) -> int:
        body = {"ticket": ticket, "code": code}
        return ruth.app.test_client().post("/api/auth/login/code", json=body).status_code

    statuses = testing.race([lambda ticket=ticket: show(ticket) for ticket in tickets])
    assert sorted(statuses) == [200, 403, 403, 403]


def test_a_code_works_once_in_all_places(ruth: Protected) -> None:
    code = ruth.totp.now()
    assert ruth.show(ruth.begin().json["ticket"], code).status_code == 200
    assert ruth.show(ruth.begin().json["ticket"], code).json["code"] == "wrong_mfa_code"
    refused = ruth.delete(PATH, password=ruth.person.password, code=code)
    assert refused.json["code"] == "wrong_mfa_code"


@pytest.mark.parametrize(("seconds", "works"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_code_of_the_half_minute_before_or_after_is_taken(
    ruth: Protected, seconds: int, works: bool
) -> None:
    code = ruth.totp.at(datetime.now(UTC) + timedelta(seconds=seconds))
    assert (ruth.show(ruth.begin().json["ticket"], code).status_code == 200) is works


def test_an_older_code_does_not_work_after_a_newer_one(ruth: Protected) -> None:
    earlier = ruth.totp.at(datetime.now(UTC) - timedelta(seconds=30))
    assert ruth.sign_in().status_code == 200
    assert ruth.show(ruth.begin().json["ticket"], earlier).status_code == 403


@pytest.mark.parametrize("code", ["000000", "١٢٣٤٥٦", "123 456", "-00001", "a" * 40, "0000000"])
def test_what_is_no_code_is_refused(ruth: Protected, code: str) -> None:
    assert ruth.show(ruth.begin().json["ticket"], code).json["code"] == "wrong_mfa_code"


def test_a_ticket_ends_after_five_minutes(ruth: Protected, clock: Any) -> None:
    ticket = ruth.begin().json["ticket"]
    clock.shift(timedelta(minutes=5))
    assert ruth.show(ticket, ruth.totp.now()).json["code"] == "invalid_sign_in_ticket"


def test_five_wrong_codes_end_a_ticket_and_the_owner_is_told(ruth: Protected) -> None:
    ticket = ruth.begin().json["ticket"]
    take_emails(ruth.app)
    codes = [ruth.show(ticket, "000000").json["code"] for _ in range(6)]
    assert codes == ["wrong_mfa_code"] * 5 + ["invalid_sign_in_ticket"]
    assert subjects(ruth.app) == ["Your password is known to somebody"]


def test_more_tickets_give_no_more_tries(ruth: Protected) -> None:
    statuses = [ruth.show(ruth.begin().json["ticket"], "000000").status_code for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    assert ruth.sign_in().status_code == 429


def test_names_that_are_typed_use_up_no_codes(ruth: Protected) -> None:
    for n in range(12):
        for name in (f"codes:{ruth.person.id}", f"code:{ruth.person.id}", str(ruth.person.id)):
            login = {"login": name, "password": "a guess"}
            ip = {"X-Forwarded-For": f"198.51.100.{n}"}
            ruth.client.post("/api/auth/login", json=login, headers=ip)
    assert ruth.sign_in().status_code == 200


def test_wrong_first_codes_are_counted(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = join("boaz")
    verify(app, boaz)
    client.post(PATH, json={"password": boaz.password}, headers=boaz.headers)
    statuses = [
        client.post(f"{PATH}/enable", json={"code": "000000"}, headers=boaz.headers).status_code
        for _ in range(6)
    ]
    assert statuses == [403] * 5 + [429]


def test_recovery_codes_work_when_the_sealing_key_is_lost(ruth: Protected) -> None:
    sealed = Fernet(Fernet.generate_key()).encrypt(b"by another key")
    factors = Base.metadata.tables["second_factors"]
    with ruth.app.app_context():
        lost = factors.update().values(sealed_secret=sealed)
        in_transaction(db.session, lambda: db.session.execute(lost))
    ticket = ruth.begin().json["ticket"]
    assert ruth.show(ticket, ruth.totp.now()).json["code"] == "wrong_mfa_code"
    assert ruth.show(ticket, ruth.recovery_codes[0]).status_code == 200


def test_a_second_sealing_key_opens_what_the_first_has_sealed(tmp_path: Path) -> None:
    keys, old, new = tmp_path / "keys", Fernet.generate_key(), Fernet.generate_key()
    keys.write_bytes(old)
    sealed = Sealer(keys).seal("a secret")
    keys.write_bytes(new + b"\n" + old + b"\n")
    both = Sealer(keys)
    assert both.open(sealed) == "a secret"
    assert Fernet(new).decrypt(both.seal("another")) == b"another"
    for unusable in ("no key", ""):
        keys.write_text(unusable)
        with pytest.raises(InvalidSettings, match=r"^cannot start: SEALING_KEYS: .*Fernet"):
            Sealer(keys)


def test_the_security_log_has_what_happens_to_a_second_factor(
    ruth: Protected, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    ticket = ruth.begin().json["ticket"]
    ruth.show(ticket, "000000")
    ruth.show(ticket, ruth.totp.now())
    ruth.show("no ticket", "000000")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    trail = [
        (line["action"], line["outcome"], line.get("reason"))
        for line in lines
        if line.get("stream") == "security"
    ]
    assert trail == [
        ("sign_in.waits_for_code", "success", None),
        ("second_factor.checked", "failure", "wrong_mfa_code"),
        ("sign_in.begun", "success", None),
        ("sign_in.begun", "failure", "invalid_sign_in_ticket"),
    ]
    assert not any(word in str(lines) for word in (ticket, ruth.person.password, ruth.totp.secret))


def test_a_new_password_ends_a_ticket(ruth: Protected) -> None:
    ticket = ruth.begin().json["ticket"]
    ruth.client.post("/api/auth/forgot-password", json={"email": ruth.person.email})
    body = {"token": reset_token(ruth.app), "password": "eighteen fig trees"}
    assert ruth.client.post("/api/auth/reset-password", json=body).status_code == 204
    assert ruth.show(ticket, ruth.totp.now()).json["code"] == "invalid_sign_in_ticket"
    login = {"login": "ruth", "password": "eighteen fig trees"}
    after = ruth.client.post("/api/auth/login", json=login)
    assert after.json["code"] == "mfa_required", "a reset does not turn it off"


def test_each_recovery_code_works_once_however_it_is_written(ruth: Protected) -> None:
    assert len(set(ruth.recovery_codes)) == 10
    take_emails(ruth.app)
    first, second = ruth.recovery_codes[:2]
    written = f" {first.upper().replace('-', ' ')} "
    assert ruth.show(ruth.begin().json["ticket"], written).status_code == 200
    assert "A recovery code was used" in subjects(ruth.app)
    assert ruth.show(ruth.begin().json["ticket"], first).json["code"] == "wrong_mfa_code"
    assert ruth.show(ruth.begin().json["ticket"], second).status_code == 200
    state = ruth.client.get(PATH, headers=ruth.person.headers).json
    assert (state["enabled"], state["recovery_codes_left"]) == (True, 8)


def test_new_recovery_codes_replace_those_of_before(ruth: Protected, clock: Any) -> None:
    body = {"password": ruth.person.password, "code": ruth.totp.now()}
    made = ruth.client.post(f"{PATH}/recovery-codes", json=body, headers=ruth.person.headers)
    assert made.status_code == 201
    assert not set(made.json["recovery_codes"]) & set(ruth.recovery_codes)
    old, new = ruth.recovery_codes[0], made.json["recovery_codes"][0]
    assert ruth.show(ruth.begin().json["ticket"], old).status_code == 403
    assert ruth.show(ruth.begin().json["ticket"], new).status_code == 200


def test_another_persons_recovery_code_does_not_work(
    ruth: Protected, join: Join, clock: Any
) -> None:
    boaz = Protected(ruth.app, ruth.client, join("boaz"))
    assert ruth.show(ruth.begin().json["ticket"], boaz.recovery_codes[0]).status_code == 403
    assert boaz.show(boaz.begin().json["ticket"], boaz.recovery_codes[0]).status_code == 200


def test_what_is_dangerous_needs_a_code(ruth: Protected, clock: Any) -> None:
    change = {"current_password": ruth.person.password, "new_password": "eighteen fig trees"}

    def change_password(**more: Any) -> Any:
        body = {**change, **more}
        return ruth.client.put("/api/users/me/password", json=body, headers=ruth.person.headers)

    assert change_password().json["code"] == "mfa_code_required"
    assert change_password(code="000000").json["code"] == "wrong_mfa_code"
    assert change_password(code=ruth.totp.now()).status_code == 204
    clock.shift(timedelta(seconds=30))
    password = "eighteen fig trees"  # of a person who exists in this test
    assert ruth.delete("/api/users/me", password=password).json["code"] == "mfa_code_required"
    done = ruth.delete("/api/users/me", password=password, code=ruth.totp.now())
    assert done.status_code == 202


def test_wrong_codes_within_a_sign_in_are_counted(ruth: Protected) -> None:
    body = {"code": "000000"}
    statuses = [
        ruth.client.post("/api/auth/confirm", json=body, headers=ruth.person.headers).status_code
        for _ in range(6)
    ]
    assert statuses == [403] * 5 + [429]


def test_it_is_turned_off_with_the_password_and_a_code(ruth: Protected) -> None:
    take_emails(ruth.app)
    wrong = ruth.delete(PATH, password="a guess", code=ruth.totp.now())
    assert wrong.json["code"] == "wrong_password"
    done = ruth.delete(PATH, password=ruth.person.password, code=ruth.totp.now())
    assert done.status_code == 204
    assert subjects(ruth.app) == ["The second factor is off"]
    assert ruth.begin().status_code == 200
    assert ruth.client.get(PATH, headers=ruth.person.headers).json["recovery_codes_left"] == 0
    off = ruth.delete(PATH, password=ruth.person.password, code=ruth.totp.now())
    assert off.status_code == 404


def test_no_secret_is_kept_in_the_clear_or_exported(ruth: Protected) -> None:
    with ruth.app.app_context():
        kept = "".join(
            str(row)
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table)).all()
        )
    headers = {"Subject-Token": ruth.person.access_token}
    exported = ruth.client.get("/internal/export", headers=headers, peer="gateway").text
    code = ruth.recovery_codes[0].replace("-", "")
    secrets = (ruth.enrolment["secret"], ruth.recovery_codes[0], code)
    assert not any(secret in kept or secret in exported for secret in secrets)
    assert hashlib.sha256(code.encode()).hexdigest() not in exported
    assert "second_factors" in exported


def test_an_admin_confirms_before_what_only_admins_do(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    ada, boaz = Protected(app, client, join("ada", Role.ADMIN)), join("boaz")
    body = {"roles": ["learner", "tutor"]}

    def give_roles() -> Any:
        path = f"/api/users/{boaz.id}/roles"
        return client.put(path, json=body, headers=ada.person.headers)

    assert give_roles().status_code == 200, "a code was shown a moment ago"
    # Not beyond the access token, which is good for as long.
    clock.shift(timedelta(minutes=14, seconds=50))
    with app.app_context():
        in_transaction(db.session, lambda: _age(ada))
    assert give_roles().json["code"] == "confirmation_required"
    code = {"code": ada.totp.now()}
    confirmed = client.post("/api/auth/confirm", json=code, headers=ada.person.headers)
    assert confirmed.status_code == 204
    assert give_roles().status_code == 200


def _age(person: Protected) -> None:
    """As if the code had been shown somewhat earlier."""
    sign_ins = Base.metadata.tables["sign_ins"]
    of_person = sign_ins.c.user_id == person.person.id
    earlier = sign_ins.c.confirmed_at - timedelta(seconds=20)
    db.session.execute(sign_ins.update().where(of_person).values(confirmed_at=earlier))


def test_admins_can_be_required_to_have_one() -> None:
    strict = testing.service("user_service", PASSWORD_COST="4", ADMINS_NEED_SECOND_FACTOR="1")
    with strict as app:
        client = app.test_client()
        account = {"email": "ada@example.org", "display_name": "Ada", "username": "ada"}
        account["password"] = "seventeen olive trees"  # of an account of this test
        ada = client.post("/api/auth/register", json=account).json
        assert app.test_cli_runner().invoke(args=["users", "grant", "ada", "admin"]).exit_code == 0
        refreshed = client.post("/api/auth/refresh", json={"refresh_token": ada["refresh_token"]})
        headers = {"Authorization": f"Bearer {refreshed.json['access_token']}"}
        path = f"/api/users/{ada['user']['id']}/roles"
        refused = client.put(path, json={"roles": ["learner", "admin"]}, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
