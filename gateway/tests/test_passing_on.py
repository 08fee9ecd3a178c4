"""Requests on their way to a service, and answers on their way back."""

import re
import socket

import pytest

from chassis.testing import a_user

from .support.gateway_process import PATIENT, Doubles, Gateway
from .support.upstream_doubles import Asked, answer, as_json

STUDY = "study-session-service"
TUTORING = "tutoring-service"
TEXTS = "havruta-service"

SPOOFED = {
    "X-User-Id": "1",
    "X-User": "admin",
    "X-Authenticated-User": "admin",
    "X-Roles": "admin",
    "X_User_Id": "1",
    "Subject-Token": "x",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/x",
    "X-Real-IP": "10.0.0.1",
    "Forwarded": "for=10.0.0.1",
    "Proxy-Authorization": "Basic eDp5",
    "X-HTTP-Method-Override": "DELETE",
    "X-Original-URL": "/internal/status",
    "X-Rewrite-URL": "/internal/status",
    "Cookie": "session=1",
    "Accept-Encoding": "gzip",
    "Upgrade": "websocket",
    "Te": "trailers",
    "SCRIPT_NAME": "/api",
    "PATH_INFO": "/internal/status",
    "REMOTE_USER": "admin",
}
SENT = {
    "host",
    "x-request-timeout",
    "accept-encoding",
    "x-request-id",
    "traceparent",
    "x-forwarded-for",
}


def test_a_request_reaches_the_service_of_its_prefix_as_it_was_sent(
    gateway: Gateway, services: Doubles
) -> None:
    reply = gateway.post(
        "/api/courses/7?q=a%20b&x=", body=b'{"a": 1}', headers={"Content-Type": "application/json"}
    )
    assert reply.json["method"] == "POST"
    assert reply.json["target"] == "/api/courses/7?q=a%20b&x="
    assert reply.json["body"] == '{"a": 1}'
    assert [double.asked != [] for name, double in services.items() if name != TUTORING] == [
        False
    ] * 4


def test_headers_that_claim_an_identity_are_dropped(gateway: Gateway, services: Doubles) -> None:
    reply = gateway.get("/api/courses", headers=SPOOFED)
    assert {name.lower() for name, _ in reply.json["headers"]} == SENT
    assert services[TUTORING].asked[0].header("Accept-Encoding") == "identity"


def test_the_service_receives_how_long_its_answer_is_waited_for(
    gateway: Gateway, services: Doubles
) -> None:
    own = {"X-Request-Timeout": "999999"}
    gateway.get("/api/courses", headers=own)
    gateway.post("/api/courses", body=b"{}", headers=own)
    reading, writing = (int(a.header("X-Request-Timeout")) for a in services[TUTORING].asked)
    patience = float(PATIENT)
    assert 0 < reading <= 1100 * patience < writing <= 5000 * patience


def test_headers_that_a_client_may_send_are_passed_on(gateway: Gateway, services: Doubles) -> None:
    sent = {
        "Accept": "application/geo+json",
        "Accept-Language": "he",
        "Content-Type": "application/json",
        "Idempotency-Key": "k-1",
        "If-Match": '"3"',
        "If-None-Match": '"4"',
        "User-Agent": "a browser",
    }
    gateway.post("/api/courses", body=b"{}", headers=sent)
    asked = services[TUTORING].asked[0]
    assert {name: asked.header(name) for name in sent} == sent


def test_a_header_named_in_connection_still_reaches_the_service(
    gateway: Gateway, services: Doubles
) -> None:
    connection_headers = {
        "Connection": "close, Authorization, X-Forwarded-For",
        "X-Forwarded-For": "10.0.0.1",
    }
    gateway.get("/api/courses", user=a_user(), headers=connection_headers)
    asked = services[TUTORING].asked[0]
    assert asked.header("Authorization")
    assert asked.header("X-Forwarded-For") == "127.0.0.1"


def test_the_service_receives_only_the_address_of_the_peer(
    gateway: Gateway, services: Doubles
) -> None:
    gateway.get("/api/courses", headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"})
    assert services[TUTORING].asked[0].header("X-Forwarded-For") == "127.0.0.1"


def test_a_valid_request_id_and_a_trace_are_passed_on(gateway: Gateway, services: Doubles) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"X-Request-ID": "journey-0001", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    reply = gateway.get("/api/courses", headers=sent)
    asked = services[TUTORING].asked[0]
    assert reply.headers["X-Request-ID"] == asked.header("X-Request-ID") == "journey-0001"
    assert re.fullmatch(f"00-{trace}-[0-9a-f]{{16}}-01", asked.header("traceparent"))


@pytest.mark.parametrize("offered", ["<script>", "short", "a" * 65, "a b c d e f"])
def test_an_invalid_request_id_is_replaced(
    gateway: Gateway, services: Doubles, offered: str
) -> None:
    gateway.get("/api/courses", headers={"X-Request-ID": offered})
    assert re.fullmatch("[0-9a-f]{32}", services[TUTORING].asked[0].header("X-Request-ID"))


def test_an_answer_loses_the_headers_of_its_connection(gateway: Gateway, services: Doubles) -> None:
    services[TUTORING].reply = lambda *_: answer(
        201,
        b"{}",
        content_type="application/json",
        etag='"7"',
        location="/api/courses/7",
        connection="keep-alive, X-Hop",
        x_hop="1",
        keep_alive="timeout=5",
        proxy_authenticate="Basic",
        upgrade="h2c",
        set_cookie="session=1",
        server="a service",
    )
    reply = gateway.post("/api/courses", body=b"{}")
    assert (reply.status, reply.headers["ETag"], reply.headers["Location"]) == (
        201,
        '"7"',
        "/api/courses/7",
    )
    for name in ("X-Hop", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Set-Cookie", "Server"):
        assert name not in reply.headers


def test_cookies_are_not_kept_for_the_next_request(gateway: Gateway, services: Doubles) -> None:
    services[TUTORING].reply = lambda *_: answer(200, b"{}", set_cookie="session=ruth; Path=/")
    gateway.get("/api/courses")
    gateway.get("/api/courses")
    assert [asked.header("Cookie") for asked in services[TUTORING].asked] == [None, None]


def test_a_redirect_is_passed_on_and_not_followed(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    services[TUTORING].reply = lambda *_: answer(
        302, location=f"{internal[STUDY].url}/internal/status"
    )
    assert gateway.get("/api/courses").status == 302
    assert internal[STUDY].asked == []


def test_a_problem_of_a_service_is_passed_on_as_it_is(gateway: Gateway, services: Doubles) -> None:
    problem = b'{"code":"session_full","status":409}'
    services[STUDY].reply = lambda *_: answer(409, problem, content_type="application/problem+json")
    reply = gateway.post("/api/study-sessions/7/join")
    assert (reply.status, reply.body) == (409, problem)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_the_answer_to_head_has_the_length_and_no_body(gateway: Gateway, services: Doubles) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nContent-Type: application/json\r\n\r\n"
    services[TEXTS].reply = lambda *_: head
    reply = gateway.call("HEAD", "/api/texts")
    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, "1234", b"")


def test_the_answer_to_head_has_no_length_where_that_of_get_differs(
    gateway: Gateway, services: Doubles
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nContent-Type: application/json\r\n\r\n"
    services[TUTORING].reply = services[TEXTS].reply = lambda *_: head
    with_names = gateway.call("HEAD", "/api/courses")
    compressed = gateway.call("HEAD", "/api/texts", headers={"Accept-Encoding": "gzip"})
    assert [reply.headers["Content-Length"] for reply in (with_names, compressed)] == [None, None]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_is_passed_on(
    gateway: Gateway, services: Doubles, status: int
) -> None:
    services[TUTORING].reply = lambda *_: f'HTTP/1.1 {status} Fine\r\nETag: "1"\r\n\r\n'.encode()
    reply = gateway.get("/api/courses")
    assert (reply.status, reply.body, reply.headers["ETag"]) == (status, b"", '"1"')


def test_a_body_after_a_204_does_not_become_the_next_answer(
    gateway: Gateway, services: Doubles
) -> None:
    hidden = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden"
    services[TUTORING].reply = lambda *_: answer(204, hidden)
    replies = [gateway.call("DELETE", "/api/courses/7") for _ in range(3)]
    assert [(reply.status, reply.body) for reply in replies] == [(204, b"")] * 3


def test_a_chunked_answer_is_passed_on_with_its_length(gateway: Gateway, services: Doubles) -> None:
    services[TUTORING].reply = lambda *_: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    reply = gateway.get("/api/courses")
    assert (reply.body, reply.headers["Content-Length"]) == (b"abcde", "5")
    assert "Transfer-Encoding" not in reply.headers


def test_a_compressed_answer_is_not_decompressed(gateway: Gateway, services: Doubles) -> None:
    bomb = b"\x1f\x8b not really gzip"
    services[STUDY].reply = lambda *_: answer(
        200, bomb, content_type="application/json", content_encoding="gzip"
    )
    reply = gateway.get("/api/study-sessions")
    assert (reply.body, reply.headers["Content-Encoding"]) == (bomb, "gzip")


def test_a_large_answer_is_passed_on_whole(gateway: Gateway, services: Doubles) -> None:
    large = bytes(range(256)) * 16 * 1024  # 4 MiB
    services[TUTORING].reply = lambda *_: answer(200, large)
    assert gateway.get("/api/courses").body == large


def test_every_method_is_passed_on_to_the_service(gateway: Gateway, services: Doubles) -> None:
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    assert [gateway.call(method, "/api/courses/7").json["method"] for method in methods] == methods


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_the_refusal_of_a_method_lists_the_allowed_ones(
    gateway: Gateway, services: Doubles, method: str
) -> None:
    reply = gateway.call(method, "/api/courses/7")
    assert (reply.status, reply.json["code"]) == (405, "method_not_allowed")
    assert "PATCH" in reply.headers["Allow"]
    assert services[TUTORING].asked == []


def test_connections_to_a_service_are_reused(gateway: Gateway, services: Doubles) -> None:
    ports: set[int] = set()

    def note_port(_: Asked, connection: socket.socket) -> bytes:
        ports.add(connection.getpeername()[1])
        return as_json({})

    services["assessment-service"].reply = note_port
    for _ in range(5):
        gateway.get("/api/v2/tests")
    assert len(ports) == 1
