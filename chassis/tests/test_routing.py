"""Which addresses are served, with which methods, and what an operation takes."""

import pytest
from flask.testing import FlaskClient

from chassis import testing
from chassis.auth.authorization import public
from chassis.web.app import Application
from chassis.web.rest import Blueprint

RUTH = testing.a_user("ruth")


@pytest.fixture
def bakery() -> Application:
    app = Application("bakery", __name__, "INFO")
    app.add_url_rule("/loaves/<int:loaf_id>", "read", lambda loaf_id: "", methods=["GET"])
    app.add_url_rule("/loaves/<int(max=9):loaf_id>", "eat", lambda loaf_id: "", methods=["DELETE"])
    return app


@pytest.mark.parametrize(
    ("method", "path", "status"), [("DELETE", "/loaves/9", 200), ("POST", "/loaves/9", 405)]
)
def test_a_path_is_served_with_its_methods_only(
    bakery: Application, method: str, path: str, status: int
) -> None:
    assert bakery.test_client().open(path, method=method).status_code == status


def test_an_id_out_of_the_range_of_a_method_is_not_found(bakery: Application) -> None:
    assert bakery.test_client().delete("/loaves/10").status_code == 404
    assert bakery.test_client().get("/loaves/10").status_code == 200


@pytest.mark.parametrize("spelling", ["09", "+9", "-9", "9.0", "\u0669", "\uff19", "9" * 5000])
def test_an_id_has_one_spelling(bakery: Application, spelling: str) -> None:
    assert bakery.test_client().get(f"/loaves/{spelling}").status_code == 404


def test_the_path_of_a_problem_is_a_reference(bakery: Application) -> None:
    refused = bakery.test_client().get("/loaves/לחם %41?fresh=1")
    assert refused.json["instance"] == "/loaves/%D7%9C%D7%97%D7%9D%20A"


def test_a_query_that_the_operation_does_not_read_is_refused(client: FlaskClient) -> None:
    refused = client.post("/api/notes/drafts?colour=red&size=1")
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert [error["pointer"] for error in refused.json["errors"]] == ["?colour", "?size"]
    made = client.post("/api/notes?colour=red", json={"title": "a"}, user=RUTH)
    assert (made.status_code, made.json["errors"][0]["pointer"]) == (422, "?colour")
    read = client.get("/api/notes?colour=red")
    assert (read.status_code, read.json["errors"][0]["pointer"]) == (422, "?colour")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"colour": "red"}'),
        ("application/json", b"[]"),
        ("text/plain", b"colour=red"),
        ("application/octet-stream", b"\0"),
    ],
)
def test_a_body_that_the_operation_does_not_read_is_refused(
    client: FlaskClient, content_type: str, body: bytes
) -> None:
    refused = client.post("/api/notes/drafts", data=body, content_type=content_type)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/")
    assert client.get("/api/notes", data=body, content_type=content_type).status_code == 422


def test_an_empty_object_counts_as_no_body(client: FlaskClient) -> None:
    assert client.post("/api/notes/drafts", json={}).status_code == 201
    broken = client.post("/api/notes/drafts", data=b"{", content_type="application/json")
    assert broken.status_code == 400


def test_access_is_checked_before_the_query(client: FlaskClient) -> None:
    assert client.delete("/api/notes?colour=red").status_code == 401


def test_an_operation_must_state_its_id() -> None:
    with pytest.raises(TypeError, match="does not state its operation id"):
        Blueprint("x").get("/x")(public(lambda: None))
