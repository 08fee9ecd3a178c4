"""Public profiles on the wire."""

from uuid import uuid4

from flask.testing import FlaskClient


def test_an_unknown_profile_is_not_found(client: FlaskClient) -> None:
    response = client.get(f"/api/users/{uuid4()}")
    assert response.status_code == 404
    assert response.json["code"] == "not_found"
