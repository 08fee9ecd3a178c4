"""Giving roles and taking them away."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from user_service.models import Role, User, db, messages

Join = Callable[..., Any]


def assign(client: FlaskClient, by: Any, user_id: object, *roles: str) -> Any:
    return client.put(
        f"/api/users/{user_id}/roles", json={"roles": list(roles)}, headers=by.headers
    )


def test_an_admin_gives_roles_and_the_next_token_has_them(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    admin, ruth = join("ada", Role.ADMIN), join("ruth")
    response = assign(client, admin, ruth.id, "tutor", "learner", "tutor")
    assert response.status_code == 200
    assert response.json == {"id": str(ruth.id), "username": "ruth", "roles": ["learner", "tutor"]}
    renewed = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).json
    assert app.extensions["verifier"].verify(renewed["access_token"]).roles == {"learner", "tutor"}


def test_only_an_admin_gives_roles(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth", Role.TUTOR)
    response = assign(client, ruth, ruth.id, "admin")
    assert (response.status_code, response.json["code"]) == (403, "forbidden")


def test_a_demoted_admin_cannot_give_roles_with_an_older_token(
    client: FlaskClient, join: Join
) -> None:
    ada, eve = join("ada", Role.ADMIN), join("eve", Role.ADMIN)
    assert assign(client, ada, eve.id, "learner").status_code == 200
    response = assign(client, eve, eve.id, "admin")
    assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert response.json["required"] == "admin"


def test_the_last_admin_can_be_neither_demoted_nor_deleted(client: FlaskClient, join: Join) -> None:
    ada = join("ada", Role.ADMIN)
    response = assign(client, ada, ada.id, "learner")
    assert (response.status_code, response.json["code"]) == (409, "last_admin")
    deletion = client.delete("/api/users/me", json={"password": ada.password}, headers=ada.headers)
    assert (deletion.status_code, deletion.json["code"]) == (409, "last_admin")
    assert assign(client, ada, ada.id, "learner", "admin").status_code == 200


def test_an_account_that_becomes_the_last_admin_meanwhile_is_not_deleted(
    app: Flask, join: Join
) -> None:
    join("ada", Role.ADMIN)
    ruth = join("ruth")
    handover = """
        UPDATE users SET version = version + 1,
            roles = ARRAY[CASE username WHEN 'ruth' THEN 'admin' ELSE 'learner' END]
    """

    def delete_account() -> Any:
        return app.test_client().delete(
            "/api/users/me", json={"password": ruth.password}, headers=ruth.headers
        )

    answer = testing.overtaken(app, handover, delete_account)
    assert (answer.status_code, answer.json["code"]) == (409, "last_admin")


@pytest.mark.usefixtures("race_round")
def test_two_admins_who_demote_each_other_leave_one_admin(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    for number in range(5):
        one, other = join(f"one{number}", Role.ADMIN), join(f"other{number}", Role.ADMIN)
        answers = testing.race(
            [
                lambda one=one, other=other: (
                    assign(app.test_client(), one, other.id, "learner").status_code
                ),
                lambda one=one, other=other: (
                    assign(app.test_client(), other, one.id, "learner").status_code
                ),
            ]
        )
        assert sorted(answers) == [200, 403]
        testing.empty(app)


def test_new_roles_are_told_so_that_old_tokens_end(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, ruth = join("ada", Role.ADMIN), join("ruth")
    for _ in range(2):  # the second time nothing changes
        assign(client, ada, ruth.id, "learner", "tutor")
    with app.app_context():
        bodies = db.session.scalars(select(messages.outbox.c.body)).all()
    [event] = [body for body in bodies if body["aggregate_id"] == str(ruth.id)]
    assert (event["type"], event["data"]) == ("user.roles_changed", {"roles": ["learner", "tutor"]})
    assert event["actor"] == str(ada.id)


@pytest.mark.parametrize(
    "roles", [[], ["owner"], ["admin", None], "admin", ["learner"] * 6, None, [["admin"]]]
)
def test_only_known_roles_are_accepted(client: FlaskClient, join: Join, roles: object) -> None:
    ada = join("ada", Role.ADMIN)
    response = client.put(f"/api/users/{ada.id}/roles", json={"roles": roles}, headers=ada.headers)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"].startswith("/roles")


def test_roles_of_an_unknown_account_are_not_found(client: FlaskClient, join: Join) -> None:
    ada = join("ada", Role.ADMIN)
    assert assign(client, ada, uuid4(), "tutor").status_code == 404


def test_the_database_refuses_an_unknown_role_too(a_user: Callable[..., User]) -> None:
    a_user().roles = ["owner"]
    with pytest.raises(Exception, match="users_roles_check"):
        db.session.flush()
