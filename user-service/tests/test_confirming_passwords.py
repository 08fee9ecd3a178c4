"""Operations that ask for the password: when it is looked at, and what holds at that time."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from chassis.clock import now
from chassis.data.db import in_transaction
from user_service.models import SecondFactor, User, db

Join = Callable[..., Any]
OWN = "/api/users/me"
OTHER_PASSWORD = (
    "UPDATE users SET version = version + 1, password_hash = '$2b$04$' || repeat('.', 53)"
)
OPERATIONS = {
    "change password": ("PUT", f"{OWN}/password", {"new_password": "another good sentence"}),
    "change e-mail": ("POST", f"{OWN}/email", {"email": "new@example.org"}),
    "change username": ("PUT", f"{OWN}/username", {"username": "ruth_the_second"}),
    "end second factor": ("DELETE", f"{OWN}/second-factor", {"code": "000000"}),
    "new codes": ("POST", f"{OWN}/second-factor/recovery-codes", {"code": "000000"}),
    "begin second factor": ("POST", f"{OWN}/second-factor", {}),
    "delete account": ("DELETE", OWN, {}),
}
each = pytest.mark.parametrize(
    ("method", "path", "body"), OPERATIONS.values(), ids=OPERATIONS.keys()
)


@pytest.fixture
def ruth(app: Flask, join: Join) -> Any:
    """A person whose second factor is on."""
    member = join("ruth")
    factor = SecondFactor(user_id=member.id, sealed_secret=b"sealed", confirmed_at=now())
    with app.app_context():
        in_transaction(db.session, lambda: db.session.add(factor))
    return member


def act(
    client: FlaskClient, member: Any, method: str, path: str, body: dict[str, str], password: str
) -> Any:
    name = "current_password" if path.endswith("/password") else "password"
    return client.open(path, method=method, json={**body, name: password}, headers=member.headers)


@each
def test_a_password_is_looked_at_without_a_lock(
    app: Flask, client: FlaskClient, ruth: Any, method: str, path: str, body: dict[str, str]
) -> None:
    with app.app_context(), db.engine.connect() as other:
        other.execute(select(User.id).where(User.id == ruth.id).with_for_update())
        refused = act(client, ruth, method, path, body, "a guess")
    assert (refused.status_code, refused.json["code"]) == (403, "wrong_password")


@each
def test_a_password_that_was_changed_meanwhile_is_refused(
    app: Flask, ruth: Any, method: str, path: str, body: dict[str, str]
) -> None:
    late = testing.overtaken(
        app,
        OTHER_PASSWORD,
        lambda: act(app.test_client(), ruth, method, path, body, ruth.password),
    )
    assert (late.status_code, late.json["code"]) == (403, "wrong_password")
