"""Finding people by their username."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.data.db import in_transaction
from user_service.models import db

Join = Callable[..., Any]
PATH = "/api/users/search"
NAMES = ["ruth.b", "ruth", "rut", "ruthless", "ruth-a", "boaz", "ruti"]


@pytest.fixture
def ruth(join: Join) -> Any:
    return [join(name) for name in NAMES][1]


def found(client: FlaskClient, caller: Any, query: str) -> list[str]:
    return [
        person["username"]
        for person in client.get(f"{PATH}?{query}", headers=caller.headers).json["items"]
    ]


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("ruth", ["ruth", "ruth-a", "ruth.b", "ruthless"]),
        ("RUTH", ["ruth", "ruth-a", "ruth.b", "ruthless"]),
        ("boaz", ["boaz"]),
        ("uth", []),
        ("%", []),
        ("ru_", []),
        ("רות", []),
        ("ruth\\", []),
    ],
)
def test_people_are_found_by_the_beginning_of_their_username(
    client: FlaskClient, ruth: Any, beginning: str, expected: list[str]
) -> None:
    assert found(client, ruth, f"q={quote(beginning)}") == expected


def test_a_search_returns_public_profiles(client: FlaskClient, ruth: Any) -> None:
    profile = client.get(f"{PATH}?q=boaz", headers=ruth.headers).json["items"][0]
    assert profile.keys() == {"id", "username", "display_name", "avatar_url", "bio", "created_at"}


def test_each_page_continues_where_the_previous_page_ended(client: FlaskClient, ruth: Any) -> None:
    names: list[str] = []
    cursor = ""
    while cursor is not None:
        page = client.get(
            f"{PATH}?q=ru&limit=2{cursor and '&cursor=' + cursor}", headers=ruth.headers
        ).json
        names += [person["username"] for person in page["items"]]
        cursor = page["next"]
    assert names == ["rut", "ruth", "ruth-a", "ruth.b", "ruthless", "ruti"]


def test_a_deleted_account_is_not_found_by_its_name(
    client: FlaskClient, ruth: Any, join: Join
) -> None:
    leaver = join("leaver")
    client.delete("/api/users/me", json={"password": leaver.password}, headers=leaver.headers)
    assert found(client, ruth, "q=leaver") == found(client, ruth, "q=deleted") == []


def test_searching_people_needs_a_sign_in(client: FlaskClient) -> None:
    assert client.get(f"{PATH}?q=ruth").status_code == 401


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%20", "q=" + "a" * 51, "q=a&limit=0", "q=a&cursor=x", "q=a&role=admin"]
)
def test_a_bad_query_is_refused(client: FlaskClient, ruth: Any, query: str) -> None:
    assert client.get(f"{PATH}?{query}", headers=ruth.headers).status_code == 422


def test_a_search_uses_the_index_of_username_prefixes(in_app: Flask) -> None:
    filled = """
        INSERT INTO users (email, username, display_name, password_hash)
        SELECT n || '@example.org', 'user' || n, 'U', '' FROM generate_series(1, 5000) n
    """
    asked = """
        EXPLAIN SELECT * FROM users WHERE username COLLATE "C" BETWEEN 'user12' AND 'user12\uffff'
        AND deleted_at IS NULL ORDER BY username COLLATE "C" LIMIT 51
    """
    in_transaction(db.session, lambda: db.session.execute(text(filled)))
    db.session.execute(text("ANALYZE users"))
    assert "idx_users_username_prefix" in "\n".join(db.session.scalars(text(asked)))
