"""Which addresses are accepted, and how a service receives them."""

import pytest
from hypothesis import given, settings
from hypothesis.strategies import text

from gateway import addresses
from gateway.routes import ROUTES, route_of

from .support.gateway_process import Doubles, Gateway

TRICKS = [
    "/api/users/../../internal/status",
    "/api/users/..",
    "/api/users/./me",
    "/api/users/%2e%2e/%2e%2e/internal/status",
    "/api/users/%2E./internal",
    "/api/users/..%2f..%2finternal/status",
    "/api/users/..%5c..%5cinternal",
    "/api/users/..\\internal",
    "/api/users/%252e%252e/internal",
    "/api/users/%25%32%65",
    "/api/users//internal/status",
    "//internal/status",
    "//127.0.0.1/internal/status",
    "/api/users/..;/internal",
    "/api/users;a=b/internal",
    "/api/users/%3b/internal",
    "/api/users/7%3fadmin=1",
    "/api/users/7%23admin",
    "/api/users/7#admin",
    "/api/users/%00",
    "/api/users/a%0d%0aX-User-Id:%201",
    "/api/users/%7f",
    "/api/users/%zz",
    "/api/users/%2",
    "/api/users/%ff",
    "/api/users/%c0%ae%c0%ae/internal",
    "/api/users/7?q=%zz",
    "/api/users/7?q=%00",
    "/api/users/7?q=%0a",
    "/api/users/7?q=%ff",
    "/api/users/a|b",
    '/api/users/a"b',
    "/api/users/<a>",
    "http://127.0.0.1/api/users/../internal",
    "http://127.0.0.1//internal/status",
    "http://ruth@127.0.0.1/api/users/7",
    "http://127.0.0.1\\@b/api/users/7",
    "http:///api/users/7",
    "http:/api/users/7",
    "ftp://127.0.0.1/api/users/7",
    "127.0.0.1/api/users/7",
    "*",
]


@pytest.mark.parametrize("target", TRICKS)
def test_a_tricky_address_is_refused_and_reaches_no_service(
    gateway: Gateway, services: Doubles, internal: Doubles, target: str
) -> None:
    answered = gateway.raw(
        f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    )
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert not any(double.asked for double in [*services.values(), *internal.values()])


@pytest.mark.parametrize(
    "target",
    [
        "/internal/status",
        "/Internal/status",
        "/%69nternal/status",
        "/INTERNAL/status",
        "/api/internal/status",
        "/api",
        "/problems/",
        "/API/users",
        "/api/Users",
        "/api/usersx",
        "/api/users/",
        "/api/unknown/7",
        "/.well-known/openid-configuration",
        "/openapi.json/x",
    ],
)
def test_an_unknown_address_is_not_found_and_reaches_no_service(
    gateway: Gateway, services: Doubles, internal: Doubles, target: str
) -> None:
    reply = gateway.get(target)
    assert reply.status == 404
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["code"] == "not_found"
    assert not any(double.asked for double in [*services.values(), *internal.values()])


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/api/users/7", "/api/users/7"),
        ("/%61pi/%75sers/7", "/api/users/7"),
        ("/api/users/a%20b", "/api/users/a%20b"),
        ("/api/users/%d7%90", "/api/users/%D7%90"),
        ("/api/users/a+b", "/api/users/a+b"),
        ("/api/users/~a(b)!$&'*,=:@-_.x", "/api/users/~a(b)!$&'*,=:@-_.x"),
        ("/api/users/..x", "/api/users/..x"),
        ("/api/users?", "/api/users?"),
        ("/api/users?a=b&a=c", "/api/users?a=b&a=c"),
        ("/api/users?q=%2e%2e%2f%3f%23%25", "/api/users?q=%2E%2E%2F%3F%23%25"),
        ("/api/users?q=../..?x;y", "/api/users?q=../..?x;y"),
        ("/api/users?bbox=-1,2,3,4&q=a+b", "/api/users?bbox=-1,2,3,4&q=a+b"),
        ("/api/users?q=http://a/", "/api/users?q=http://a/"),
    ],
)
def test_a_service_receives_the_address_in_normal_form(
    gateway: Gateway, services: Doubles, target: str, sent: str
) -> None:
    assert gateway.get(target).json["target"] == sent


@settings(deadline=None)
@given(text(alphabet="/.~!$&'()*+,=:@-_aZ9?%;#\\ ", max_size=12))
def test_a_plain_address_is_read_like_any_other(tail: str) -> None:
    raw = f"/api/{tail}".encode()
    if addresses.PLAIN.fullmatch(raw):
        assert addresses.read(raw) == addresses._read(raw)


def test_the_longest_prefix_decides_the_route() -> None:
    prefixes = {
        path: route.prefix
        for path in ("/api/users/me", "/api/users/mentor")
        if (route := route_of(path))
    }
    assert prefixes == {"/api/users/me": "/api/users/me", "/api/users/mentor": "/api/users"}


def test_every_prefix_is_unique_and_in_normal_form() -> None:
    prefixes = [route.prefix for route in ROUTES]
    assert len(set(prefixes)) == len(prefixes)
    assert all(addresses.read(prefix.encode()).path == prefix for prefix in prefixes)


@pytest.mark.parametrize(
    ("target", "path", "written"),
    [
        ("http://a.example/api/users/7", "/api/users/7", b"/api/users/7"),
        ("HTTP://A.example:8080/api/users/7?q=a%20b", "/api/users/7", b"/api/users/7?q=a%20b"),
        ("https://[::1]:8443/api/users/%D7%A9", "/api/users/ש", b"/api/users/%D7%A9"),
        ("http://a.example", "/", b"/"),
        ("http://a.example?q=1", "/", b"/?q=1"),
    ],
)
def test_an_address_may_be_written_as_for_a_proxy(target: str, path: str, written: bytes) -> None:
    address = addresses.read(target.encode())
    assert (address.path, address.target) == (path, written)


def test_an_address_that_is_written_as_for_a_proxy_is_answered(gateway: Gateway) -> None:
    answered = gateway.raw(
        b"GET http://a.example/healthz HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
    )
    assert answered.startswith(b"HTTP/1.1 200 ")


def test_the_inside_is_not_reached_by_an_address_as_for_a_proxy(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    answered = gateway.raw(
        b"GET http://a.example/internal/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    assert answered.startswith(b"HTTP/1.1 404 ")
    assert not any(double.asked for double in [*services.values(), *internal.values()])
