"""Input that no honest client sends is refused with a problem document, and breaks nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis.testing import check_refused, hostile_bodies

Join = Callable[..., Any]
OPERATIONS = [
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/forgot-password"),
    ("PATCH", "/api/users/me"),
    ("PUT", "/api/notifications/preferences"),
    ("POST", "/api/users/me/applications"),
    ("POST", "/api/users/me/passkeys"),
    ("POST", "/api/auth/passkeys/login"),
]
BODIES = [
    *hostile_bodies("login"),
    b'{"display_name": "\\u0000"}',
    b'{"bio": "\\ud800"}',
    b'{"email": {"$ne": null}}',
    b'{"refresh_token": true}',
    b'{"reminder": 1}',
    b'{"name": "Phone", "credential": {"id": "\\u0000"}}',
    b'{"credential": "' + b"A" * 15_000 + b'"}',
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_hostile_body_is_a_client_error(
    client: FlaskClient, join: Join, method: str, path: str
) -> None:
    headers = join("ruth").headers
    check_refused(
        BODIES,
        lambda body: client.open(
            path, method=method, data=body, headers=headers, content_type="application/json"
        ),
    )


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json; charset=utf-7", None]
)
def test_a_body_that_is_not_json_is_not_read(client: FlaskClient, content_type: str | None) -> None:
    response = client.post(
        "/api/auth/login", data=b'{"login": "a", "password": "b"}', content_type=content_type
    )
    assert response.status_code == 415


@pytest.mark.parametrize(
    "name",
    [
        "' OR 1=1 --",
        "%",
        "ruth\\",
        "{{7*7}}",
        "$(id)",
        "😀" * 50,
        "<script>alert(1)</script>",
        "%00%n",
    ],
)
def test_names_are_taken_literally(client: FlaskClient, join: Join, name: str) -> None:
    ruth = join("ruth")
    changed = client.patch(
        "/api/users/me", json={"display_name": name, "bio": name}, headers=ruth.headers
    )
    assert changed.json["display_name"] == name
    assert client.get(f"/api/users/{ruth.id}").json["bio"] == name
    assert client.post("/api/auth/login", json={"login": name, "password": "x"}).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/users/1",
        "/api/users/%00",
        "/api/users/me/",
        "/api/users/00000000-0000-0000-0000-00000000000g",
        "/api//users",
    ],
)
def test_an_odd_path_is_not_found_or_refused(client: FlaskClient, join: Join, path: str) -> None:
    assert client.get(path, headers=join("ruth").headers).status_code in {400, 404}


def test_a_password_of_many_megabytes_is_not_hashed(client: FlaskClient) -> None:
    response = client.post("/api/auth/login", json={"login": "ruth", "password": "x" * 5_000_000})
    assert response.status_code == 413


def test_identity_headers_of_a_client_are_ignored(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    spoofed = {
        "X-User-Id": str(ruth.id),
        "X-User": "ruth",
        "X-Roles": "admin",
        "X-Forwarded-User": "ruth",
    }
    assert client.get("/api/users/me", headers=spoofed).status_code == 401
    response = client.put(
        f"/api/users/{ruth.id}/roles", json={"roles": ["admin"]}, headers=spoofed | ruth.headers
    )
    assert response.status_code == 403
