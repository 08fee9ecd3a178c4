"""Public profiles on the wire."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

Join = Callable[..., Any]
UNKNOWN = "5e1b0baf-accd-4833-b01e-950a4fa6def9"
PUBLIC = {"id", "username", "display_name", "avatar_url", "bio", "created_at"}


def test_anyone_sees_the_public_part_of_an_account(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    profile = client.get(f"/api/users/{ruth.id}").json
    assert profile.keys() == PUBLIC
    assert (profile["id"], profile["username"], profile["display_name"]) == (
        str(ruth.id),
        "ruth",
        "Ruth",
    )


def test_an_unknown_profile_is_not_found(client: FlaskClient) -> None:
    response = client.get(f"/api/users/{uuid4()}")
    assert (response.status_code, response.json["code"]) == (404, "not_found")


def test_profiles_come_in_the_order_of_the_ids_each_once(client: FlaskClient, join: Join) -> None:
    ruth, boaz, unknown = join("ruth"), join("boaz"), uuid4()
    page = client.get(f"/api/users?ids={boaz.id},{unknown},{ruth.id},{boaz.id}").json
    assert [item["display_name"] for item in page["items"]] == ["Boaz", "Deleted user", "Ruth"]
    assert page["items"][0].keys() == PUBLIC
    assert page["items"][1] == {"id": str(unknown), "display_name": "Deleted user"}
    assert page["next"] is None


def test_a_hundred_profiles_take_one_statement(app: Flask, client: FlaskClient, join: Join) -> None:
    ids = [str(join(f"user{n}").id) for n in range(3)] + [str(uuid4()) for _ in range(97)]
    with testing.count_queries(app) as statements:
        page = client.get(f"/api/users?ids={','.join(ids)}").json
    assert [item["id"] for item in page["items"]] == ids
    assert len(statements) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ids=",
        "ids=,",
        "ids=1",
        f"ids={UNKNOWN},",
        f"ids={UNKNOWN};{UNKNOWN}",
        "ids=" + ",".join([UNKNOWN] * 101),
        f"ids={UNKNOWN}&ids={UNKNOWN}",
        f"ids={UNKNOWN}&email=ruth@example.org",
    ],
)
def test_a_bad_query_parameter_is_named(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/users?{query}")
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] in {"?ids", "?email"}
