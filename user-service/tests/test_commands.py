"""What the operator can do from a shell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pyotp
import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from chassis.data.db import in_transaction
from user_service import demo, second_factor_enrolment
from user_service.app import create_app
from user_service.models import SecondFactor, User, db

Join = Callable[..., Any]


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=arguments)


def test_the_people_of_the_demo_are_loaded_once(app: Flask, client: FlaskClient) -> None:
    assert run(app, "demo").output == "11 people added\n"
    with app.app_context():
        before = db.session.execute(select(User.__table__).order_by(User.id)).all()
    assert run(app, "demo").output == "0 people added\n"
    with app.app_context():
        assert db.session.execute(select(User.__table__).order_by(User.id)).all() == before


def test_the_people_of_the_demo_can_sign_in(app: Flask, client: FlaskClient) -> None:
    run(app, "demo")
    roles = {}
    for username in ("ruth", "naomi", "esther", "admin", "tamar"):
        response = client.post(
            "/api/auth/login", json={"login": username, "password": "study-together-daily"}
        )
        assert response.json["user"]["id"] == str(uuid5(NAMESPACE_URL, f"lyceum:demo:{username}"))
        roles[username] = response.json["user"]["roles"][1:]
    assert roles == {
        "ruth": ["tutor"],
        "naomi": [],
        "esther": ["author"],
        "admin": ["admin"],
        "tamar": [],
    }


def test_one_person_of_the_demo_has_a_second_factor(app: Flask, client: FlaskClient) -> None:
    run(app, "demo")
    login = {"login": demo.PROTECTED, "password": "study-together-daily"}
    asked = client.post("/api/auth/login", json=login).json
    assert asked["code"] == "mfa_required"
    code = {"ticket": asked["ticket"], "code": pyotp.TOTP(demo.SECRET).now()}
    assert client.post("/api/auth/login/code", json=code).status_code == 200


def test_one_person_of_the_demo_has_chosen_what_they_are_told_of(
    app: Flask, client: FlaskClient
) -> None:
    run(app, "demo")
    login = {"login": demo.CHOOSER, "password": "study-together-daily"}
    token = client.post("/api/auth/login", json=login).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    wanted = client.get("/api/notifications/preferences", headers=headers).json
    assert wanted["quiet_hours"] == {"begins": "22:00:00", "ends": "06:30:00"}
    assert (wanted["email"]["invitation"], wanted["in_app"]["invitation"]) == (False, True)
    assert wanted["email"]["session_cancelled"]
    assert not wanted["in_app"]["person_left"]


def test_an_application_waits_for_the_admin_of_the_demo(app: Flask, client: FlaskClient) -> None:
    for _ in range(2):
        run(app, "demo")
    login = {"login": "admin", "password": "study-together-daily"}
    token = client.post("/api/auth/login", json=login).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    [waiting] = client.get("/api/admin/applications", headers=bearer).json["items"]
    assert waiting["user_id"] == str(demo.demo_id(demo.APPLICANT))
    assert (waiting["role"], waiting["status"]) == ("tutor", "pending")


def test_a_deleted_person_of_the_demo_does_not_come_back(app: Flask, client: FlaskClient) -> None:
    run(app, "demo")
    login = {"login": "yael", "password": "study-together-daily"}
    token = client.post("/api/auth/login", json=login).json["access_token"]
    confirmation = {"password": "study-together-daily"}
    client.delete("/api/users/me", json=confirmation, headers={"Authorization": f"Bearer {token}"})
    assert run(app, "demo").output == "0 people added\n"
    assert client.post("/api/auth/login", json=login).status_code == 401


def test_a_role_is_granted_by_username_or_email_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    assert run(app, "users", "grant", "ruth", "tutor").stdout == "ruth: learner, tutor\n"
    assert run(app, "users", "grant", "Ruth@example.org", "admin").exit_code == 0
    assert client.get("/api/users/me", headers=ruth.headers).json["roles"] == [
        "learner",
        "tutor",
        "admin",
    ]


def test_an_unknown_account_or_role_is_refused(app: Flask, client: FlaskClient, join: Join) -> None:
    join("ruth")
    assert "there is no account" in run(app, "users", "grant", "boaz", "tutor").output
    assert run(app, "users", "grant", "ruth", "owner").exit_code == 2


def test_secrets_are_sealed_by_the_first_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new, unknown = (Fernet.generate_key() for _ in range(3))
    keys = tmp_path / "sealing.keys"
    keys.write_bytes(old)
    settings = {"PASSWORD_COST": "4", "SEALING_KEYS": str(keys)}
    monkeypatch.setattr(second_factor_enrolment, "BATCH", 1)
    with testing.database("user_service") as database:
        before = testing.application("user_service", database, **settings)
        run(before, "demo")
        with before.app_context():
            [shimon] = db.session.scalars(select(SecondFactor.user_id))
            ruth = db.session.scalars(select(User.id).where(User.username == "ruth")).one()
            lost = SecondFactor(user_id=ruth, sealed_secret=Fernet(unknown).encrypt(b"lost"))
            in_transaction(db.session, lambda: db.session.add(lost))
        testing.close(before)
        keys.write_bytes(new + b"\n" + old)
        after = testing.application("user_service", database, **settings)
        said = run(after, "second-factors", "reseal").output
        with after.app_context():
            sealed = db.session.get_one(SecondFactor, shimon).sealed_secret
        testing.close(after)
    assert said == "1 secrets sealed by the first key, 1 that no key opens\n"
    assert Fernet(new).decrypt(sealed) == demo.SECRET.encode()


def test_a_signing_key_is_made_and_used(tmp_path: Path) -> None:
    for source in (testing.key_files().directory / "signing").iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    with testing.service("user_service", PASSWORD_COST="4", SIGNING_KEYS=str(tmp_path)) as app:
        kid = run(app, "keys", "new").output.strip()
        assert (tmp_path / f"{kid}.pem").is_file()
        refused = run(app, "keys", "use", kid)
        assert refused.exit_code == 1
        assert "others may not know it" in refused.output
        assert run(app, "keys", "use", kid, "--at-once").exit_code == 0
        assert (tmp_path / "current").read_text() == kid


@pytest.mark.parametrize("cost", ["3", "17", "twelve"])
def test_an_invalid_password_cost_prevents_the_start(cost: str) -> None:
    environment = {
        **testing.environment("user-service", "postgresql://nowhere/x"),
        "PASSWORD_COST": cost,
    }
    with pytest.raises(SystemExit, match="PASSWORD_COST"):
        create_app(environment)
