"""Calls from pages of other origins, in a browser."""

from collections.abc import Iterator

import pytest

from chassis.testing import a_user

from .support.gateway_process import Doubles, Gateway, running, settings

PAGE = "https://app.example"


@pytest.fixture(scope="module")
def open_gateway(_doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    allowed = {"ALLOWED_ORIGINS": f"{PAGE}, http://localhost:3000"}
    with running({**settings(_doubles, _internal), **allowed}) as gateway:
        yield gateway


def preflight(gateway: Gateway, origin: str) -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    reply = gateway.call("OPTIONS", "/api/courses/7", headers=headers)
    assert (reply.status, reply.body) == (204, b"")
    return dict(reply.headers)


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
def test_a_page_of_an_allowed_origin_may_call_the_api(open_gateway: Gateway, origin: str) -> None:
    allowed = preflight(open_gateway, origin)
    assert allowed["Access-Control-Allow-Origin"] == origin
    assert "PATCH" in allowed["Access-Control-Allow-Methods"]
    assert "If-Match" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", f"{PAGE}.evil.example", "https://APP.example"]
)
def test_a_page_of_another_origin_may_not_call_the_api(open_gateway: Gateway, origin: str) -> None:
    assert not any(name.startswith("Access-Control") for name in preflight(open_gateway, origin))


@pytest.mark.usefixtures("services")
def test_an_allowed_page_may_read_the_answer(open_gateway: Gateway) -> None:
    reply = open_gateway.get("/api/courses", headers={"Origin": PAGE}, user=a_user())
    headers = dict(reply.headers)
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    assert "Origin" in headers["Vary"]


def test_no_origin_is_allowed_by_default(gateway: Gateway) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(gateway, PAGE)
