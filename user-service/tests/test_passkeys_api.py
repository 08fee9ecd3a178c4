"""Passkeys: made with a password, and a way in that needs none."""

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import cbor2
import pyotp
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from chassis import testing
from chassis.config import InvalidSettings
from chassis.data.db import in_transaction
from user_service import passkey_challenges
from user_service.models import Base, Passkey, Role, User, db
from user_service.relying_party import relying_party

from .support.authenticator import (
    COPIED,
    EXTENDED,
    MAY_BE_COPIED,
    PRESENT,
    VERIFIED,
    Authenticator,
    Edwards,
    Rsa,
    written,
)
from .support.emails import reset_token, subjects, take_emails, token_in

Join = Callable[..., Any]
PATH = "/api/users/me/passkeys"
NOON = datetime(2030, 3, 1, 12, 0, 10, tzinfo=UTC)
NEW_PASSWORD = "eighteen fig trees"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


class Holder:
    """A person with a verified address, and an authenticator with a passkey of theirs if they make one."""

    def __init__(self, app: Flask, client: FlaskClient, person: Any, **of_key: Any) -> None:
        self.app, self.client, self.person = app, client, person
        self.key = Authenticator(**of_key)
        with app.app_context():
            in_transaction(db.session, self._verify)

    def _verify(self) -> None:
        changed = update(User).where(User.id == self.person.id).values(email_verified_at=NOON)
        db.session.execute(changed.execution_options(synchronize_session=False))

    def options(self, **more: Any) -> Any:
        body = {"password": self.person.password, **more}
        return self.client.post(f"{PATH}/options", json=body, headers=self.person.headers)

    def add(self, credential: Any, name: str = "Phone") -> Any:
        body = {"name": name, "credential": credential}
        return self.client.post(PATH, json=body, headers=self.person.headers)

    def make(self, key: Authenticator | None = None, **spoiled: Any) -> Any:
        """A passkey on the authenticator, or on another."""
        return self.add((key or self.key).create(self.options().json, **spoiled))

    def sign_in(self, **spoiled: Any) -> Any:
        return show(self.client, self.key.get(challenge(self.client), **spoiled))

    def listed(self) -> Any:
        return self.client.get(PATH, headers=self.person.headers).json["items"]

    def remove(self, passkey_id: str, **body: Any) -> Any:
        proof = {"password": self.person.password, **body}
        return self.client.delete(f"{PATH}/{passkey_id}", json=proof, headers=self.person.headers)


def challenge(client: FlaskClient) -> Any:
    return client.post("/api/auth/passkeys/options").json


def show(client: FlaskClient, credential: Any, **more: Any) -> Any:
    body = {"credential": credential, **more}
    return client.post("/api/auth/passkeys/login", json=body)


@pytest.fixture
def ruth(app: Flask, client: FlaskClient, join: Join) -> Holder:
    holder = Holder(app, client, join("ruth"))
    assert holder.make().status_code == 201
    return holder


def trail(capfd: pytest.CaptureFixture[str]) -> list[tuple[Any, ...]]:
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    return [
        (line["action"], line["outcome"], line.get("reason"))
        for line in lines
        if line.get("stream") == "security"
    ]


def test_the_options_are_those_of_the_browser(
    app: Flask, client: FlaskClient, join: Join, ruth: Holder
) -> None:
    options = ruth.options().json
    assert len(options.pop("challenge")) == 43
    assert options == {
        "rp": {"id": "lyceum.test", "name": "Lyceum"},
        "user": {
            "id": written(ruth.person.id.bytes),
            "name": "ruth",
            "displayName": "Ruth",
        },
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -257)],
        "timeout": 300_000,
        "excludeCredentials": [{"type": "public-key", "id": written(ruth.key.credential_id)}],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }
    asked = challenge(client)
    assert len(asked.pop("challenge")) == 43
    site = {"rpId": "lyceum.test", "userVerification": "required", "timeout": 300_000}
    assert asked == site, "no account is named"


def test_a_passkey_signs_in_without_password_and_code(ruth: Holder) -> None:
    signed_in = ruth.sign_in()
    assert signed_in.status_code == 200
    bearer = {"Authorization": f"Bearer {signed_in.json['access_token']}"}
    assert ruth.client.get("/api/users/me", headers=bearer).json["username"] == "ruth"
    assert signed_in.json["device_token"]
    refresh = {"refresh_token": signed_in.json["refresh_token"]}
    assert ruth.client.post("/api/auth/refresh", json=refresh).status_code == 200


@pytest.mark.parametrize("kind", [Authenticator, Edwards, Rsa])
def test_keys_of_all_algorithms_sign_in(
    app: Flask, client: FlaskClient, join: Join, kind: type[Authenticator]
) -> None:
    boaz = Holder(app, client, join("boaz"))
    boaz.key = kind()
    assert boaz.make().status_code == 201
    assert boaz.sign_in().status_code == 200
    assert boaz.sign_in(signer=kind().key).json["code"] == "wrong_passkey"


def test_what_extensions_say_and_a_key_that_signs_for_itself_are_taken(ruth: Holder) -> None:
    protected = {
        "flags": PRESENT | VERIFIED | EXTENDED,
        "extensions": cbor2.dumps({"credProtect": 2}),
    }
    assert ruth.make(Authenticator(), **protected).status_code == 201
    assert ruth.make(Authenticator(), signs_itself=True).status_code == 201
    bomb = {**protected, "extensions": doubled(30)}
    assert ruth.make(Authenticator(), **bomb).json["code"] == "invalid_passkey"


def test_a_passkey_has_a_name_and_its_times(ruth: Holder) -> None:
    [made] = ruth.listed()
    assert (made["name"], made["last_used_at"], made["backed_up"]) == ("Phone", None, False)
    assert ruth.sign_in().status_code == 200
    path = f"{PATH}/{made['id']}"
    body = {"name": "Old phone"}
    renamed = ruth.client.patch(path, json=body, headers=ruth.person.headers)
    assert (renamed.status_code, renamed.json["name"]) == (200, "Old phone")
    [used] = ruth.listed()
    assert used == renamed.json
    assert used["last_used_at"] >= used["created_at"]


def test_a_second_factor_is_not_asked_for_with_a_passkey(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = Holder(app, client, join("boaz"))
    factor = "/api/users/me/second-factor"
    password, headers = {"password": boaz.person.password}, boaz.person.headers
    app_of_boaz = pyotp.TOTP(client.post(factor, json=password, headers=headers).json["secret"])
    code = {"code": app_of_boaz.now()}
    assert client.post(f"{factor}/enable", json=code, headers=headers).status_code == 200
    assert boaz.options().json["code"] == "mfa_code_required"
    clock.shift(timedelta(seconds=30))
    options = boaz.options(code=app_of_boaz.now()).json
    made = boaz.add(boaz.key.create(options))
    assert made.status_code == 201
    assert boaz.sign_in().status_code == 200
    assert boaz.remove(made.json["id"]).json["code"] == "mfa_code_required"
    clock.shift(timedelta(seconds=30))
    assert boaz.remove(made.json["id"], code=app_of_boaz.now()).status_code == 204


def test_it_needs_the_password_and_a_verified_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    boaz = join("boaz")
    body = {"password": boaz.password}
    unverified = client.post(f"{PATH}/options", json=body, headers=boaz.headers)
    assert (unverified.status_code, unverified.json["code"]) == (403, "email_not_verified")
    holder = Holder(app, client, boaz)
    assert holder.options(password="a guess").json["code"] == "wrong_password"
    assert holder.options().status_code == 200


SPOILED = {
    "another origin": {"origin": "http://evil.test"},
    "a page within another": {"crossOrigin": True},
    "another site": {"site": "evil.test"},
    "another challenge": {"challenge": "A" * 43},
    "another ceremony": {"type": "payment.get"},
    "no one was there": {"flags": VERIFIED},
    "its owner was not made sure of": {"flags": PRESENT},
    "copied and not to be copied": {"flags": PRESENT | VERIFIED | COPIED},
}
SPOILED_PROOFS = SPOILED | {
    "another key": {"signer": ec.generate_private_key(ec.SECP256R1())},
    "another owner": {"handle": uuid4().bytes},
    "no owner": {"handle": b""},
    "may be copied suddenly": {"flags": PRESENT | VERIFIED | MAY_BE_COPIED},
}


@pytest.mark.parametrize("spoiled", SPOILED_PROOFS.values(), ids=SPOILED_PROOFS)
def test_every_wrong_proof_is_refused_alike(ruth: Holder, spoiled: Any) -> None:
    refused = ruth.sign_in(**spoiled)
    assert (refused.status_code, refused.json["code"]) == (401, "wrong_passkey")
    unknown = show(ruth.client, Authenticator().get(challenge(ruth.client)))
    kept = ("code", "detail", "status", "title", "type")
    assert [refused.json.get(name) for name in kept] == [unknown.json.get(name) for name in kept]
    assert ruth.sign_in().status_code == 200


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_a_passkey_that_does_not_hold_is_not_kept(ruth: Holder, spoiled: Any) -> None:
    refused = ruth.make(Authenticator(), **spoiled)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_passkey")
    assert refused.json["errors"][0]["pointer"] == "/credential"
    assert len(ruth.listed()) == 1


def test_a_challenge_works_once(ruth: Holder) -> None:
    asked = challenge(ruth.client)
    assert show(ruth.client, ruth.key.get(asked)).status_code == 200
    again = show(ruth.client, ruth.key.get(asked))
    assert (again.status_code, again.json["code"]) == (401, "wrong_passkey")
    options = ruth.options().json
    assert ruth.add(Authenticator().create(options)).status_code == 201
    assert ruth.add(Authenticator().create(options)).json["code"] == "invalid_passkey"


def test_a_wrong_proof_spends_its_challenge(ruth: Holder) -> None:
    asked = challenge(ruth.client)
    assert show(ruth.client, ruth.key.get(asked, site="evil.test")).status_code == 401
    assert show(ruth.client, ruth.key.get(asked)).status_code == 401
    options = ruth.options().json
    assert ruth.add(Authenticator().create(options, site="evil.test")).status_code == 422
    assert ruth.add(Authenticator().create(options)).status_code == 422


def test_a_challenge_lasts_five_minutes(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = Holder(app, client, join("boaz"))
    boaz.make()
    options, asked = boaz.options().json, challenge(client)
    clock.shift(timedelta(minutes=5))
    assert boaz.add(Authenticator().create(options)).json["code"] == "invalid_passkey"
    assert show(client, boaz.key.get(asked)).json["code"] == "wrong_passkey"
    with app.app_context():
        clock.shift(timedelta(seconds=1))
        assert in_transaction(db.session, passkey_challenges.forget_expired) == 2


def test_a_challenge_is_good_for_what_it_was_made_for(
    app: Flask, client: FlaskClient, join: Join, ruth: Holder
) -> None:
    for_new = ruth.options().json
    assert show(client, ruth.key.get(for_new)).json["code"] == "wrong_passkey"
    asked = {**ruth.options().json, "challenge": challenge(client)["challenge"]}
    assert ruth.add(Authenticator().create(asked)).json["code"] == "invalid_passkey"
    boaz = Holder(app, client, join("boaz"))
    assert boaz.add(boaz.key.create(ruth.options().json)).json["code"] == "invalid_passkey"


@pytest.mark.usefixtures("race_round")
def test_of_many_who_use_one_challenge_one_signs_in(ruth: Holder) -> None:
    credential = ruth.key.get(challenge(ruth.client))

    def use() -> int:
        return show(ruth.app.test_client(), credential).status_code

    statuses = testing.race([use] * 16)
    assert sorted(statuses) == [200] + [401] * 15


def test_a_passkey_belongs_to_one_person(
    app: Flask, client: FlaskClient, join: Join, ruth: Holder
) -> None:
    boaz = Holder(app, client, join("boaz"))
    taken = boaz.make(ruth.key)
    assert (taken.status_code, taken.json["code"]) == (409, "passkey_taken")
    assert ruth.make(ruth.key).json["code"] == "passkey_taken"


def test_another_persons_passkey_is_not_found(
    app: Flask, client: FlaskClient, join: Join, ruth: Holder
) -> None:
    boaz, [passkey] = Holder(app, client, join("boaz")), ruth.listed()
    path = f"{PATH}/{passkey['id']}"
    renamed = client.patch(path, json={"name": "Mine"}, headers=boaz.person.headers)
    assert renamed.status_code == 404
    assert boaz.remove(passkey["id"]).status_code == 404
    assert ruth.listed() == [passkey]


def test_a_person_has_so_many_passkeys_and_no_more(ruth: Holder) -> None:
    waiting = Authenticator().create(ruth.options().json)
    with ruth.app.app_context():
        in_transaction(db.session, lambda: db.session.add_all(map(_a_row(ruth), range(19))))
    refused = ruth.add(waiting)
    assert (refused.status_code, refused.json["code"]) == (409, "passkey_limit_reached")
    assert ruth.options().json["code"] == "passkey_limit_reached"
    assert len(ruth.listed()) == 20


def _a_row(holder: Holder) -> Callable[[int], Passkey]:
    return lambda number: Passkey(
        user_id=holder.person.id,
        credential_id=secrets.token_bytes(16),
        public_key=b"",
        sign_count=0,
        name=str(number),
        backup_eligible=False,
        backed_up=False,
    )


def test_the_owner_is_told_of_what_comes_and_goes(ruth: Holder) -> None:
    [passkey] = ruth.listed()
    assert "A passkey was added" in subjects(ruth.app)
    assert ruth.remove(passkey["id"], password="a guess").json["code"] == "wrong_password"
    assert ruth.remove(passkey["id"]).status_code == 204
    assert subjects(ruth.app) == ["A passkey was removed"]
    assert ruth.sign_in().json["code"] == "wrong_passkey"
    assert ruth.remove(passkey["id"]).status_code == 404


def test_removing_one_ends_the_other_sign_ins(ruth: Holder) -> None:
    elsewhere = ruth.sign_in().json["refresh_token"]
    [passkey] = ruth.listed()
    assert ruth.remove(passkey["id"]).status_code == 204
    refreshes = [
        ruth.client.post("/api/auth/refresh", json={"refresh_token": token}).status_code
        for token in (elsewhere, ruth.person.refresh_token)
    ]
    assert refreshes == [401, 200]


def test_a_counter_that_goes_back_is_refused_and_told(
    app: Flask, client: FlaskClient, join: Join, capfd: pytest.CaptureFixture[str]
) -> None:
    boaz = Holder(app, client, join("boaz"), count=7)
    boaz.make()
    assert boaz.sign_in().status_code == 200
    take_emails(app)
    capfd.readouterr()
    for count in (8, 3, 0):
        assert boaz.sign_in(count=count).json["code"] == "wrong_passkey"
    assert (
        trail(capfd)
        == [
            ("passkey.copied", "failure", None),
            ("passkey.checked", "failure", "wrong_passkey"),
        ]
        * 3
    )
    assert subjects(app) == ["A passkey may have been copied"] * 3
    assert boaz.sign_in(count=100).status_code == 200


def test_no_one_is_told_of_a_counter_that_was_not_signed(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    boaz = Holder(app, client, join("boaz"), count=7)
    boaz.make()
    take_emails(app)
    other = ec.generate_private_key(ec.SECP256R1())
    assert boaz.sign_in(count=3, signer=other).json["code"] == "wrong_passkey"
    assert subjects(app) == []


def test_a_passkey_that_is_copied_says_so(app: Flask, client: FlaskClient, join: Join) -> None:
    flags = PRESENT | VERIFIED | MAY_BE_COPIED
    boaz = Holder(app, client, join("boaz"), flags=flags)
    assert boaz.make().json["backed_up"] is False
    assert boaz.sign_in(flags=flags | COPIED).status_code == 200
    assert boaz.listed()[0]["backed_up"] is True


def test_a_suspended_account_is_told_so_once_the_passkey_holds(ruth: Holder, join: Join) -> None:
    ada = join("ada", Role.ADMIN)
    path = f"/api/admin/users/{ruth.person.id}/suspend"
    assert ruth.client.post(path, json={"reason": "Spam."}, headers=ada.headers).status_code == 200
    refused = ruth.sign_in()
    assert (refused.status_code, refused.json["code"]) == (403, "account_suspended")
    assert refused.json["reason"] == "Spam."
    assert ruth.sign_in(site="evil.test").json["code"] == "wrong_passkey"


def test_wrong_passkeys_are_counted_by_address_and_known_devices_apart(ruth: Holder) -> None:
    device = {"device_token": ruth.sign_in().json["device_token"]}
    unknown = Authenticator()

    def guess(**more: Any) -> int:
        return show(ruth.client, unknown.get(challenge(ruth.client)), **more).status_code

    assert [guess() for _ in range(21)] == [401] * 20 + [429]
    assert ruth.sign_in().status_code == 429
    assert show(ruth.client, ruth.key.get(challenge(ruth.client)), **device).status_code == 200
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    body = {"credential": ruth.key.get(challenge(ruth.client))}
    path = "/api/auth/passkeys/login"
    assert ruth.client.post(path, json=body, headers=elsewhere).status_code == 200


def test_right_passkeys_are_not_counted(ruth: Holder) -> None:
    assert {ruth.sign_in().status_code for _ in range(25)} == {200}


def change_password(holder: Holder) -> Any:
    body = {"current_password": holder.person.password, "new_password": NEW_PASSWORD}
    return holder.client.put("/api/users/me/password", json=body, headers=holder.person.headers)


def reset(holder: Holder) -> Any:
    holder.client.post("/api/auth/forgot-password", json={"email": holder.person.email})
    body = {"token": reset_token(holder.app), "password": NEW_PASSWORD}
    return holder.client.post("/api/auth/reset-password", json=body)


def log_out_everywhere(holder: Holder) -> Any:
    return holder.client.post("/api/auth/logout-all", headers=holder.person.headers)


@pytest.mark.parametrize(
    ("end", "status"),
    [(change_password, 401), (reset, 401), (log_out_everywhere, 200)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_new_password_removes_passkeys_and_signing_out_does_not(
    ruth: Holder, end: Any, status: int
) -> None:
    assert end(ruth).status_code == 204
    assert ruth.sign_in().status_code == status


@pytest.mark.parametrize("end", [change_password, log_out_everywhere])
def test_what_ends_all_ends_a_challenge_for_a_new_passkey(ruth: Holder, end: Any) -> None:
    waiting = Authenticator().create(ruth.options().json)
    assert end(ruth).status_code == 204
    assert ruth.add(waiting).json["code"] == "invalid_passkey"


def test_the_way_back_removes_passkeys_that_came_after_the_change(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    boaz = Holder(app, client, join("boaz"))
    boaz.make()
    clock.shift(timedelta(minutes=1))
    body = {"email": "thief@example.org", "password": boaz.person.password}
    client.post("/api/users/me/email", json=body, headers=boaz.person.headers)
    token = token_in(_about(app, "Confirm your new"))
    assert client.post("/api/auth/change-email", json={"token": token}).status_code == 204
    back = token_in(_about(app, "Your e-mail address was changed"))
    clock.shift(timedelta(minutes=1))
    of_thief = Authenticator()
    assert boaz.make(of_thief).status_code == 201
    assert client.post("/api/auth/revert-email", json={"token": back}).status_code == 204
    assert show(client, of_thief.get(challenge(client))).status_code == 401
    assert boaz.sign_in().status_code == 200


def _about(app: Flask, subject: str) -> Any:
    [found] = [email for email in take_emails(app) if email["Subject"].startswith(subject)]
    return found


def test_a_passkey_confirms_what_only_admins_do(
    app: Flask, client: FlaskClient, join: Join, clock: Any
) -> None:
    ada, boaz = Holder(app, client, join("ada", Role.ADMIN)), join("boaz")

    def give_roles(headers: Any = ada.person.headers) -> Any:
        path = f"/api/users/{boaz.id}/roles"
        return client.put(path, json={"roles": ["learner", "tutor"]}, headers=headers)

    assert give_roles().status_code == 200
    ada.make()
    assert give_roles().json["code"] == "confirmation_required"

    def confirm(credential: Any) -> Any:
        body = {"credential": credential}
        return client.post("/api/auth/confirm", json=body, headers=ada.person.headers)

    refused = confirm(ada.key.get(challenge(client), site="evil.test"))
    assert (refused.status_code, refused.json["code"]) == (403, "passkey_refused")
    assert give_roles().json["code"] == "confirmation_required"
    assert confirm(ada.key.get(challenge(client))).status_code == 204
    assert give_roles().status_code == 200
    token = ada.sign_in().json["access_token"]
    signed_in = give_roles({"Authorization": f"Bearer {token}"})
    assert signed_in.status_code == 200, "the passkey was shown a moment ago"
    listed = client.get("/api/admin/users?q=ada", headers=ada.person.headers).json["items"]
    assert listed[0]["has_second_factor"] is True


def test_another_persons_passkey_confirms_nothing(
    app: Flask, client: FlaskClient, join: Join, ruth: Holder
) -> None:
    ada = Holder(app, client, join("ada", Role.ADMIN))
    body = {"credential": ruth.key.get(challenge(client))}
    refused = client.post("/api/auth/confirm", json=body, headers=ada.person.headers)
    assert (refused.status_code, refused.json["code"]) == (403, "passkey_refused")


@pytest.mark.parametrize("body", [{}, {"code": "000000", "credential": None}])
def test_one_thing_confirms_a_sign_in(ruth: Holder, body: Any) -> None:
    if "credential" in body:
        body = {**body, "credential": ruth.key.get(challenge(ruth.client))}
    refused = ruth.client.post("/api/auth/confirm", json=body, headers=ruth.person.headers)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/code")


def test_admins_can_be_required_to_have_one() -> None:
    strict = testing.service("user_service", PASSWORD_COST="4", ADMINS_NEED_SECOND_FACTOR="1")
    with strict as app:
        client = app.test_client()
        account = {"email": "ada@example.org", "display_name": "Ada", "username": "ada"}
        account["password"] = "seventeen olive trees"  # of an account of this test
        opened = client.post("/api/auth/register", json=account).json
        assert app.test_cli_runner().invoke(args=["users", "grant", "ada", "admin"]).exit_code == 0
        body = {"refresh_token": opened["refresh_token"]}
        token = client.post("/api/auth/refresh", json=body).json["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        person = type("Ada", (), {"id": opened["user"]["id"], "headers": headers, **account})
        ada = Holder(app, client, person)
        path = "/api/admin/users"
        assert client.get(path, headers=headers).json["code"] == "second_factor_needed"
        assert ada.make().status_code == 201
        token = ada.sign_in().json["access_token"]
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_nothing_of_it_is_left_of_a_deleted_account(ruth: Holder) -> None:
    ruth.options()
    body = {"password": ruth.person.password}
    gone = ruth.client.delete("/api/users/me", json=body, headers=ruth.person.headers)
    assert gone.status_code == 202
    assert ruth.sign_in().json["code"] == "wrong_passkey"
    with ruth.app.app_context():
        for name in ("passkeys", "passkey_challenges"):
            table = Base.metadata.tables[name]
            of_person = (
                select(func.count()).select_from(table).where(table.c.user_id == ruth.person.id)
            )
            assert db.session.scalar(of_person) == 0


def test_the_export_says_that_there_is_one_without_its_key(ruth: Holder) -> None:
    ruth.options()
    headers = {"Subject-Token": ruth.person.access_token}
    document = ruth.client.get("/internal/export", headers=headers, peer="gateway").json
    [exported] = document["passkeys"]
    assert exported.keys() == {
        "id",
        "user_id",
        "name",
        "sign_count",
        "backup_eligible",
        "backed_up",
        "created_at",
        "last_used_at",
    }
    [waiting] = document["passkey_challenges"]
    assert waiting.keys() == {"user_id", "created_at", "expires_at"}


def test_the_security_log_has_what_happens_to_a_passkey(
    ruth: Holder, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    ruth.make(Authenticator(), site="evil.test")
    ruth.sign_in()
    ruth.sign_in(site="evil.test")
    ruth.remove(ruth.listed()[0]["id"])
    assert trail(capfd) == [
        ("passkey.added", "failure", "invalid_passkey"),
        ("sign_in.begun", "success", None),
        ("passkey.checked", "failure", "wrong_passkey"),
        ("sign_in.ended", "success", None),
        ("passkey.removed", "success", None),
    ]


def test_without_a_name_of_the_platform_there_are_no_passkeys() -> None:
    with testing.service("user_service", PUBLIC_URL="https://192.0.2.7") as app:
        client = app.test_client()
        for refused in (
            client.post("/api/auth/passkeys/options"),
            show(client, Authenticator().get({"challenge": "A" * 43})),
        ):
            assert (refused.status_code, refused.json["code"]) == (409, "passkeys_unavailable")


@pytest.mark.parametrize(
    ("public_url", "more", "site", "origins"),
    [
        ("https://lyceum.example/", "", "lyceum.example", ["https://lyceum.example"]),
        ("https://lyceum.example:443", "", "lyceum.example", ["https://lyceum.example"]),
        ("http://127.0.0.1:8080", "", "localhost", ["http://localhost:8080"]),
        (
            "https://Lyceum.example",
            "https://app.lyceum.example, https://lyceum.example:8443",
            "lyceum.example",
            [
                "https://lyceum.example",
                "https://app.lyceum.example",
                "https://lyceum.example:8443",
            ],
        ),
        (
            "http://localhost:8080",
            "http://localhost:5173",
            "localhost",
            ["http://localhost:8080", "http://localhost:5173"],
        ),
    ],
)
def test_the_site_is_that_of_the_public_address(
    public_url: str, more: str, site: str, origins: list[str]
) -> None:
    party = relying_party(public_url, more)
    assert party
    assert (party.id, list(party.origins)) == (site, origins)


@pytest.mark.parametrize(
    "public_url", ["https://192.0.2.7", "http://[2001:db8::7]:8080", "https://"]
)
def test_an_address_without_a_name_is_no_site(public_url: str) -> None:
    assert relying_party(public_url) is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://evillyceum.example",
        "http://lyceum.example",
        "https://lyceum.example/",
        "https://lyceum.example:443",
        "https://lyceum.example:x",
        "lyceum.example",
        "null",
    ],
)
def test_an_origin_that_no_browser_takes_for_the_site_stops_the_program(origin: str) -> None:
    with pytest.raises(InvalidSettings, match="PASSKEY_ORIGINS"):
        relying_party("https://lyceum.example", origin)


def test_origins_without_a_site_stop_the_program() -> None:
    with pytest.raises(InvalidSettings, match="PASSKEY_ORIGINS"):
        relying_party("https://192.0.2.7", "https://lyceum.example")


def _changed(**fields: Any) -> Callable[[Any], Any]:
    return lambda credential: {**credential, **fields}


def _said(**fields: Any) -> Callable[[Any], Any]:
    return lambda credential: {**credential, "response": {**credential["response"], **fields}}


MALFORMED = [
    _changed(id="A"),
    _changed(rawId="A" * 44),
    _changed(id="AB", rawId="AB"),
    _changed(type="password"),
    _changed(response=[]),
    _changed(clientExtensionResults={"x": "y" * 2000}),
    _changed(more=1),
    _said(clientDataJSON="+/=="),
    _said(clientDataJSON="A" * 4000),
    _said(clientDataJSON=None),
    _said(more=1),
]


@pytest.mark.parametrize("change", MALFORMED)
def test_a_malformed_answer_is_refused_by_its_field(ruth: Holder, change: Any) -> None:
    proof = show(ruth.client, change(ruth.key.get(challenge(ruth.client))))
    new = ruth.add(change(Authenticator().create(ruth.options().json)))
    for refused in (proof, new):
        assert refused.status_code == 422
        assert refused.json["code"] == "invalid"
        assert refused.json["errors"][0]["pointer"].startswith("/credential/")


@pytest.mark.parametrize(
    "text", ["", "bnVsbA", "W10", "e30", "_w", "eyJ0eXBlIjoxLCJjaGFsbGVuZ2UiOjF9"]
)
def test_what_cannot_be_read_is_refused(ruth: Holder, text: str) -> None:
    said = [{"clientDataJSON": text}, {"authenticatorData": text}, {"signature": text}]
    for change in said:
        assert show(ruth.client, _said(**change)(ruth.key.get(challenge(ruth.client)))).json[
            "code"
        ] in {"wrong_passkey", "too_many_attempts"}
    for change in ({"clientDataJSON": text}, {"attestationObject": text}):
        made = _said(**change)(Authenticator().create(ruth.options().json))
        assert ruth.add(made).json["code"] == "invalid_passkey"


def doubled(times: int) -> bytes:
    """A COSE_Key with a list that is twice the one before, which is twice the one before …: few bytes."""
    lists = [b"\xd8\x1c\x80"]
    for number in range(times):
        shared = b"\xd8\x1d" + cbor2.dumps(number)
        lists.append(b"\xd8\x1c\x82" + shared + shared)
    return b"\xa1\x01\x98" + bytes([len(lists)]) + b"".join(lists)


BAD_KEYS = {
    "values that are shared": doubled(30),
    "a number": b"\x01",
    "nothing": b"\x40",
    "an old form without a curve": b"\x04",
    "cut off": cbor2.dumps(Authenticator().cose_key())[:-1],
    "more behind it": cbor2.dumps(Authenticator().cose_key()) + b"\x00",
    "no kind": cbor2.dumps({3: -7}),
    "a point that is not on the curve": cbor2.dumps(
        {**Authenticator().cose_key(), -3: b"\x01" * 32}
    ),
    "another curve": cbor2.dumps({**Authenticator().cose_key(), -1: 2}),
    "another algorithm": cbor2.dumps({**Authenticator().cose_key(), 3: -35}),
    "an RSA key of few bits": cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 64, -2: b"\x01\x00\x01"}),
    "an RSA key with another exponent": cbor2.dumps(
        {1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\x03"}
    ),
    "an Edwards key of no length": cbor2.dumps({1: 1, 3: -8, -1: 6, -2: b""}),
    "deep": b"\x81" * 300 + b"\x01",
    "without an end": b"\xbf\x01\x02\xff",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_bad_key_is_refused(ruth: Holder, key: bytes) -> None:
    made = ruth.make(Authenticator(), public_key=key)
    assert (made.status_code, made.json["code"]) == (422, "invalid_passkey")


@pytest.mark.parametrize(
    "attestation",
    [
        {"fmt": "apple", "attStmt": {"x5c": [b"", b""]}},
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"", "x5c": [b""]}},
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"no signature"}},
        {"fmt": "none", "attStmt": {"sig": b""}},
        {"fmt": "none", "attStmt": []},
        {"fmt": 1},
        {"authData": b""},
        {"authData": "text"},
        {"authData": 7},
    ],
    ids=str,
)
def test_an_attestation_that_was_not_asked_for_is_refused(ruth: Holder, attestation: Any) -> None:
    made = ruth.make(Authenticator(), attestation=attestation)
    assert (made.status_code, made.json["code"]) == (422, "invalid_passkey")
