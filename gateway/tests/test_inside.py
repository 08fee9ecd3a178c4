"""Figures and the state of the services are for private networks."""

from collections.abc import Iterator

import pytest

from gateway.inside import is_inside

from .support.gateway_process import Doubles, Gateway, running, settings


@pytest.fixture(scope="module")
def behind_a_proxy(_doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    environ = {**settings(_doubles, _internal), "TRUSTED_PROXIES": "127.0.0.0/8"}
    with running(environ) as gateway:
        yield gateway


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_a_client_from_elsewhere_is_answered_as_if_there_were_nothing(
    behind_a_proxy: Gateway, path: str
) -> None:
    for client in ("203.0.113.9", "2001:db8::1", "::ffff:8.8.8.8"):
        refused = behind_a_proxy.get(path, headers={"X-Forwarded-For": client})
        nothing = behind_a_proxy.get("/nothing", headers={"X-Forwarded-For": client})
        assert (refused.status, refused.json["code"]) == (404, nothing.json["code"])


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_a_client_inside_is_answered(behind_a_proxy: Gateway, path: str) -> None:
    for client in ("10.1.2.3", "192.168.0.7", "fd00::1"):
        answer = behind_a_proxy.get(path, headers={"X-Forwarded-For": client})
        assert answer.status != 404
    assert behind_a_proxy.get(path).status != 404


def test_everybody_may_ask_whether_the_gateway_answers(behind_a_proxy: Gateway) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert behind_a_proxy.get("/healthz", headers=headers).status == 200


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_inside(address: str, inside: bool) -> None:
    assert is_inside(address) is inside
