"""What the documentation says about problem documents."""

from flask.testing import FlaskClient


def test_problem_documents_may_have_members_of_their_own(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").json["components"]["schemas"]
    assert schemas["ProblemDocument"]["additionalProperties"] is True
    assert schemas["NewNote"]["additionalProperties"] is False
