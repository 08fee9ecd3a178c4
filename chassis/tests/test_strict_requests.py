"""Malformed requests are refused with a problem document, and never stored."""

import json
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import testing
from chassis.pages import encode
from chassis.web.strict_requests import more_values_than

RUTH = testing.a_user("ruth")
SURROGATE = encode(["\ud800", UUID(int=7)])

BODIES = {
    "truncated": (b'{"title": "a', 400),
    "empty text": (b" ", 400),
    "byte order mark": (b'\xef\xbb\xbf{"title": "a"}', 400),
    "not UTF-8": (b'{"title": "\xff"}', 400),
    "UTF-16": ('{"title": "a"}'.encode("utf-16"), 400),
    "NaN": (b'{"title": "a", "weight": NaN}', 400),
    "Infinity": (b'{"title": "a", "weight": Infinity}', 400),
    "5,000 digits": (b'{"title": "a", "stars": ' + b"9" * 5000 + b"}", 422),
    "duplicate names": (b'{"title": "a", "title": "b"}', 400),
    "5,000 deep": (b'{"title": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    "40 deep": (b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
    "NUL": (b'{"title": "a\\u0000b"}', 422),
    "lone surrogate": (b'{"title": "\\ud800"}', 422),
    "NUL in a name": (b'{"title": "a", "b\\u0000": 1}', 422),
    "1e400": (b'{"title": "a", "weight": 1e400}', 422),
    "2^63": (b'{"title": "a", "stars": 9223372036854775808}', 422),
    "2^31": (b'{"title": "a", "stars": 2147483648}', 422),
    "float for integer": (b'{"title": "a", "stars": 3.5}', 422),
    "infinite float for integer": (b'{"title": "a", "stars": 1e400}', 422),
    "boolean for integer": (b'{"title": "a", "stars": true}', 422),
    "text for integer": (b'{"title": "a", "stars": "3"}', 422),
    "full-width digits": ('{"title": "a", "stars": "\uff13"}'.encode(), 422),
    "number for boolean": (b'{"title": "a", "pinned": 1}', 422),
    "text for float": (b'{"title": "a", "weight": "1"}', 422),
    "number for text": (b'{"title": 5}', 422),
    "null for text": (b'{"title": null}', 422),
    "blank text": (b'{"title": "   "}', 422),
    "line break in one-line text": (b'{"title": "a\\nb"}', 422),
    "too long": (b'{"title": "' + b"a" * 101 + b'"}', 422),
    "naive time": (b'{"title": "a", "at": "2026-01-01T10:00:00"}', 422),
    "year 1": (b'{"title": "a", "at": "0001-01-01T00:00:00+14:00"}', 422),
    "date for time": (b'{"title": "a", "at": "2026-01-01"}', 422),
    "13th month": (b'{"title": "a", "at": "2026-13-01T10:00:00Z"}', 422),
    "braced UUID": (b'{"title": "a", "ref": "{6f0f2a4c-0000-4000-8000-000000000000}"}', 422),
    "unknown field": (b'{"title": "a", "owner_id": "x"}', 422),
    "array": (b"[]", 422),
    "string": (b'"x"', 422),
    "number": (b"5", 422),
    "null": (b"null", 422),
    "no body": (b"", 422),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_and_not_stored(client: FlaskClient, name: str) -> None:
    body, status = BODIES[name]
    response = client.post("/api/notes", data=body, content_type="application/json", user=RUTH)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert client.get("/api/notes").json["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": 5}, "/title"),
        ({}, "/title"),
        ({"title": "a", "more": 1}, "/more"),
        ({"title": "a", "more/~": 1}, "/more~1~0"),
        ({"title": "\x00"}, "/title"),
    ],
)
def test_the_problem_names_the_field(
    client: FlaskClient, body: dict[str, object], pointer: str
) -> None:
    response = client.post("/api/notes", json=body, user=RUTH)
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/xml",
        "application/json; charset=utf-7",
        "multipart/form-data",
    ],
)
def test_only_json_in_utf8_is_read(client: FlaskClient, content_type: str | None) -> None:
    response = client.post(
        "/api/notes", data=b'{"title": "a"}', content_type=content_type, user=RUTH
    )
    assert response.status_code == 415


QUERIES = [
    "stars=3.0",
    "stars=+3",
    "stars=6",
    "stars=",
    "stars=1_0",
    "weight=nan",
    "weight=1e",
    "weight=1e400",
    "pinned=yes",
    "x=1",
]


@pytest.mark.parametrize("query", [*QUERIES, "stars=1&stars=2", f"stars={10**20}"])
def test_a_wrong_query_parameter_is_named(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/notes/search?{query}")
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == "?" + query.split("=")[0]


def test_a_valid_query_is_read(client: FlaskClient) -> None:
    assert client.get("/api/notes/search?stars=3&weight=-1.5&pinned=true").json == {
        "stars": 3,
        "weight": -1.5,
        "pinned": True,
    }


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=%0d%0a", "%C3%28=1"])
def test_an_address_that_is_not_plain_text_is_malformed(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/notes/search?{query}").status_code == 400


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzFd", "bnVsbA", "WyJhIiwieCJd", "A" * 400, "é", SURROGATE]
)
def test_an_invalid_cursor_is_refused(client: FlaskClient, cursor: str) -> None:
    assert (
        client.get("/api/notes", query_string={"cursor": cursor}).json["errors"][0]["pointer"]
        == "?cursor"
    )


def test_a_chunked_body_is_refused_instead_of_being_truncated(client: FlaskClient) -> None:
    response = client.post(
        "/api/notes", data=b"{}", headers={"Transfer-Encoding": "chunked"}, user=RUTH
    )
    assert (response.status_code, response.json["code"]) == (411, "length_required")


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 422), (16 * 1024 + 1, 413)])
def test_a_body_over_the_limit_is_too_large(client: FlaskClient, size: int, status: int) -> None:
    body = json.dumps({"title": "a" * (size - 13)})
    assert len(body) == size
    refused = client.post("/api/notes", data=body, content_type="application/json", user=RUTH)
    assert refused.status_code == status


def test_a_body_is_refused_for_its_length_before_the_caller_is_known(client: FlaskClient) -> None:
    assert client.post("/api/notes", data=b" " * 20_000).json["code"] == "body_too_large"


VALUES = st.recursive(
    st.none() | st.integers() | st.text(',[{"\\:ab'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(',[{"\\'), inner),
)


@settings(deadline=None)
@given(VALUES, st.sampled_from([None, 2]))
def test_values_are_counted_without_being_made(value: object, indent: int | None) -> None:
    count = number_of_values(value)
    raw = json.dumps(value, indent=indent).encode()
    assert not more_values_than(count).match(raw)
    assert count == 0 or more_values_than(count - 1).match(raw)


def number_of_values(value: object) -> int:
    """How many values it holds, at any depth; an empty list or object in it counts twice."""
    if not isinstance(value, list | dict):
        return 0
    held = list(value.values()) if isinstance(value, dict) else value
    return max(1, sum(1 + number_of_values(each) for each in held))


def test_a_body_with_too_many_values_is_too_large(client: FlaskClient) -> None:
    body = b'{"title": [' + b"[]," * 5000 + b"[]]}"
    refused = client.post("/api/notes", data=body, content_type="application/json", user=RUTH)
    assert (refused.status_code, refused.json["detail"]) == (413, "at most 10000 values")


def test_a_problem_names_fifty_fields_at_most(client: FlaskClient) -> None:
    unknown = {f"x{n}": "\x00" for n in range(60)}
    assert len(client.post("/api/notes", json=unknown, user=RUTH).json["errors"]) == 50


def test_unknown_fields_are_not_named_when_they_are_very_many(client: FlaskClient) -> None:
    refused = client.post("/api/notes", json={f"x{n}": 1 for n in range(1000)}, user=RUTH)
    assert refused.json["errors"] == [{"pointer": "/", "detail": "Far too many fields."}]


def test_a_pointer_is_cut_short(client: FlaskClient) -> None:
    refused = client.post("/api/notes", json={"title": "a", "x" * 1000: 1}, user=RUTH)
    assert refused.json["errors"][0]["pointer"] == f"/{'x' * 126}…"


@pytest.mark.parametrize(
    "query", ["&".join(f"x{n}=1" for n in range(101)), "stars=" + "1" * 8000], ids=["many", "long"]
)
def test_an_address_is_bounded(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/notes/search?{query}").status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DELETE"])
def test_the_refusal_of_a_method_lists_the_allowed_ones(client: FlaskClient, method: str) -> None:
    response = client.open("/api/notes/search", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_internal_paths_answer_on_the_internal_listener_only(client: FlaskClient) -> None:
    assert client.get("/internal/notes/count").status_code == 404
    assert client.get("/internal/notes/count", peer="gateway").status_code == 200
    assert client.get("/api/notes", peer="gateway").status_code == 404


def test_an_unexpected_error_reveals_nothing(client: FlaskClient) -> None:
    response = client.post("/api/notes", json={"title": "bug"}, user=RUTH)
    assert (response.status_code, response.json["code"]) == (500, "internal_error")
    assert "secret reason" not in response.text
    assert response.json["request_id"] == response.headers["X-Request-ID"]
