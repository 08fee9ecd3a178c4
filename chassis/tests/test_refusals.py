"""A problem that an operation answers and does not document is noticed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

RUTH = testing.a_user("ruth")
NOTE = {"title": "Berakhot"}


def test_a_documented_problem_passes(client: FlaskClient) -> None:
    statuses = [client.post("/api/notes", json=NOTE, user=RUTH).status_code for _ in range(2)]
    assert statuses == [201, 409]


def test_an_undocumented_problem_is_noticed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = app.extensions["openapi"].document
    monkeypatch.delitem(document["paths"]["/api/notes"]["post"]["responses"], "409")
    client.post("/api/notes", json=NOTE, user=RUTH)
    with pytest.raises(AssertionError, match="create_note answered 409 title_taken"):
        client.post("/api/notes", json=NOTE, user=RUTH)


def test_an_unknown_address_is_passed_over(client: FlaskClient) -> None:
    assert client.get("/api/nothing", user=RUTH).status_code == 404
