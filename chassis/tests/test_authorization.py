"""Every operation declares who may call it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis import testing
from chassis.web.rest import Blueprint
from chassis.web.rooms import MOST_ROOMS

RUTH, ADMIN = testing.a_user("ruth"), testing.a_user("admin", "admin")


def test_an_operation_without_declared_access_cannot_be_routed() -> None:
    with pytest.raises(TypeError, match="does not declare its access"):
        Blueprint("x").get("/x", "get_x")(lambda: None)


def test_an_operation_for_signed_in_callers_needs_a_token(client: FlaskClient) -> None:
    response = client.post("/api/notes", json={"title": "a"})
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_an_optional_token_must_be_valid(client: FlaskClient) -> None:
    assert client.get("/api/notes").status_code == 200
    response = client.get("/api/notes", headers={"Authorization": "Bearer x.y.z"})
    assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_an_operation_for_a_role_is_refused_without_it(client: FlaskClient) -> None:
    refused = client.delete("/api/notes", user=RUTH).json
    assert (refused["code"], refused["required"]) == ("forbidden", "admin")
    response = client.delete("/api/notes", user=ADMIN)
    assert (response.status_code, response.data) == (204, b"")


def test_internal_operations_take_service_tokens_only(client: FlaskClient) -> None:
    base = f"http://localhost:{testing.INTERNAL_PORT}"
    bearer = {"Authorization": f"Bearer {testing.token_for(ADMIN)}"}
    assert client.get("/internal/notes/count", base_url=base).status_code == 401
    assert client.get("/internal/notes/count", base_url=base, headers=bearer).status_code == 401


def test_the_service_says_whether_a_person_may_watch_a_room(client: FlaskClient) -> None:
    answer = client.get("/internal/rooms/hall/open", peer="gateway", user=RUTH)
    assert answer.json == {"room": "hall:open", "seq": 7, "blocked": []}
    assert client.get("/internal/rooms/hall/closed", peer="gateway", user=RUTH).status_code == 404
    assert client.get("/internal/rooms/cellar/open", peer="gateway", user=RUTH).status_code == 404


def test_the_service_is_asked_about_several_rooms_at_once(client: FlaskClient) -> None:
    def ask(rooms: str) -> Any:
        return client.get(f"/internal/rooms?rooms={rooms}", peer="gateway", user=RUTH)

    told = [{"room": f"hall:open{number}", "seq": 7} for number in range(MOST_ROOMS)]
    many = ",".join(room["room"] for room in told)
    assert ask(many).json == {"rooms": told, "blocked": []}
    assert ask(f"{many},hall:open").status_code == 400
    for refused in ("hall:closed", "cellar:open", "cellar"):
        answer = ask(f"hall:open,{refused}")
        assert (answer.status_code, answer.json["room"]) == (404, refused)


def test_the_service_lists_one_room_more_than_a_stream_carries(client: FlaskClient) -> None:
    answer = client.get("/internal/rooms/mine", peer="gateway", user=RUTH)
    assert len(answer.json["rooms"]) == MOST_ROOMS + 1
    assert answer.json["rooms"][3] == {"room": "hall:open3", "seq": 3}


@pytest.mark.parametrize("path", ["hall/open", "mine"])
@pytest.mark.parametrize("subject", [None, "", "x.y.z"])
def test_a_call_for_a_person_needs_their_token(
    client: FlaskClient, path: str, subject: str | None
) -> None:
    headers = {} if subject is None else {"Subject-Token": subject}
    answer = client.get(f"/internal/rooms/{path}", peer="gateway", headers=headers)
    assert answer.status_code == 401


def test_the_document_states_the_id_access_and_problems_of_an_operation(
    client: FlaskClient,
) -> None:
    paths = client.get("/openapi.json").json["paths"]
    assert "/internal/notes/count" not in paths
    operation = paths["/api/notes"]["post"]
    assert operation["operationId"] == "create_note"
    assert operation["security"] == [{"bearer": []}]
    assert "title_taken" in operation["responses"]["409"]["description"]
