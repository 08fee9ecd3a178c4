"""The service under test, and people with accounts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.data.db import in_transaction
from user_service import registration, roles
from user_service.models import Role, User, db

PASSWORD = "seventeen olive trees"


@dataclass(frozen=True)
class Member:
    """A person who has registered, with what the answer held."""

    id: UUID
    username: str
    email: str
    access_token: str
    refresh_token: str
    password: str = PASSWORD

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("user_service", PASSWORD_COST="4") as app:
        yield app


@pytest.fixture
def join(app: Flask, client: FlaskClient) -> Callable[..., Member]:
    """Register a person, with these roles if any are given, and sign them in over the wire."""

    def join(username: str = "ruth", *granted: Role) -> Member:
        body = {
            "email": f"{username}@example.org",
            "username": username,
            "display_name": username.title(),
        }
        if granted:
            with app.app_context():
                in_transaction(db.session, lambda: make_user(username, *granted))
            login = {"login": username, "password": PASSWORD}
            response = client.post("/api/auth/login", json=login)
        else:
            response = client.post("/api/auth/register", json={**body, "password": PASSWORD})
        tokens = response.json
        pair = tokens["access_token"], tokens["refresh_token"]
        return Member(UUID(tokens["user"]["id"]), username, body["email"], *pair)

    return join


@pytest.fixture
def a_user(in_app: Flask) -> Callable[..., User]:
    """Register a person in the test's own transaction."""
    return make_user


def make_user(username: str = "ruth", *granted: Role) -> User:
    email, name = f"{username}@example.org", username.title()
    user = registration.register(email, username, name, PASSWORD, "a test").tokens.user
    for role in granted:
        roles.grant(user, role)
    return user
