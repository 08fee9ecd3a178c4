"""Services that are down, hang, trickle, send nonsense or never stop: the answer is a problem
document within the deadline.
"""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.config import InvalidSettings
from chassis.testing import User, a_user, race, token_for
from gateway.app import create_app
from gateway.edge.breaker import PER_CALLER, THRESHOLD, WAITING
from gateway.routes import SERVICES

from .support.event_loop import wait_until
from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import Asked, Double, Reply, answer, as_json

TUTORING = "tutoring-service"
GENEROUS = 8  # seconds, longer than the deadlines of the calls here


@pytest.fixture
def tutoring(services: Doubles, gateway: Gateway, hasty_gateway: Gateway) -> Iterator[Double]:
    """A service that a test breaks, and that the gateways call again afterwards."""
    yield services[TUTORING]
    services[TUTORING].reset()
    wait_until(lambda: gateway.get("/api/courses").status == 200)
    wait_until(lambda: hasty_gateway.get("/api/courses").status == 200)


def people(count: int) -> list[User]:
    return [a_user() for _ in range(count)]


def hang(double: Double) -> Reply:
    """Take the request and send nothing."""

    def reply(_: Asked, __: socket.socket) -> None:
        double.stopping.wait(GENEROUS)

    return reply


def wait_for(event: threading.Event) -> Reply:
    """Answer when this has happened."""

    def reply(_: Asked, __: socket.socket) -> bytes:
        assert event.wait(GENEROUS)
        return as_json({})

    return reply


def trickle(beginning: bytes, drop: bytes = b"x") -> Reply:
    """Begin, and continue with one drop at a time without end."""

    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            time.sleep(0.05)
            connection.sendall(drop)

    return reply


def pour(beginning: bytes, portion: bytes) -> Reply:
    """Begin, and never stop."""

    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(portion)

    return reply


def say(content: bytes) -> Reply:
    """Send exactly this and close."""

    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(content)

    return reply


TOO_SLOW = {
    "a status line byte by byte": trickle(b"HTTP/1.1 200 O"),
    "headers without end": trickle(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "a body byte by byte": trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "chunks byte by byte": trickle(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    ),
}
UNUSABLE = {
    "not HTTP": say(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "no status": say(b"HTTP/1.1 abc OK\r\n\r\n"),
    "an interim answer alone": say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    "fewer bytes than announced": say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
    "an invalid chunk": say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "chunks without an end": say(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
    ),
    "too many headers": say(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n"),
    "too long a header": say(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n"),
    "a control character in a header": say(
        b"HTTP/1.1 200 OK\r\nX-A: \x01\r\nContent-Length: 0\r\n\r\n"
    ),
    "a body of unknown length": trickle(b"HTTP/1.1 200 OK\r\n\r\n"),
    "a body without end": pour(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
    "chunks without end": pour(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nxxxx\r\n" * 8192
    ),
    "50 MB": pour(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", b"x" * 65536),
    "no answer at all": say(b""),
}


@pytest.mark.parametrize("kind", TOO_SLOW)
def test_a_service_that_answers_too_slowly_is_a_gateway_timeout(
    hasty_gateway: Gateway, tutoring: Double, kind: str
) -> None:
    tutoring.reply = TOO_SLOW[kind]
    reply = hasty_gateway.get("/api/courses")
    assert (reply.status, reply.json["code"]) == (504, "gateway_timeout")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Retry-After"] == "1"


@pytest.mark.parametrize("patience", ["0", "-1", "0.05", "5.1", "inf", "nan"])
def test_a_gateway_without_measure_in_its_patience_does_not_start(
    services: Doubles, internal: Doubles, patience: str
) -> None:
    with pytest.raises(InvalidSettings, match=r"^cannot start: PATIENCE is not between 0\.1 and 5"):
        create_app(settings(services, internal, patience))


@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_answer_is_a_bad_gateway(gateway: Gateway, tutoring: Double, kind: str) -> None:
    tutoring.reply = UNUSABLE[kind]
    reply = gateway.post("/api/courses", body=b"{}")
    assert (reply.status, reply.json["code"]) == (502, "bad_gateway")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Retry-After"] == "1"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-host.invalid:80"])
def test_an_unreachable_service_is_a_bad_gateway(
    address: str, services: Doubles, internal: Doubles
) -> None:
    with running({**settings(services, internal), "TUTORING_SERVICE_URL": address}) as gateway:
        reply = gateway.get("/api/courses")
        assert (reply.status, reply.json["code"]) == (502, "bad_gateway")
        assert gateway.get("/api/havrutas").status == 200


def test_a_hung_service_is_not_called_again_until_a_pause_is_over(
    hasty_gateway: Gateway, tutoring: Double
) -> None:
    tutoring.reply = hang(tutoring)
    calls = [lambda: hasty_gateway.get("/api/courses", user=a_user()) for _ in range(THRESHOLD)]
    assert {reply.status for reply in race(calls)} == {504}
    asked = len(tutoring.asked)
    refused = hasty_gateway.get("/api/courses")
    assert (refused.status, refused.json["code"], refused.headers["Retry-After"]) == (
        503,
        "unavailable",
        "1",
    )
    assert len(tutoring.asked) == asked
    tutoring.reset()
    wait_until(lambda: hasty_gateway.get("/api/courses").status == 200)


def test_one_caller_cannot_have_a_service_left_alone(gateway: Gateway, tutoring: Double) -> None:
    ruth, boaz = token_for(a_user()), a_user()

    def hang_for_ruth(asked: Asked, _: socket.socket) -> bytes | None:
        if asked.header("Authorization") == f"Bearer {ruth}":
            tutoring.stopping.wait(GENEROUS)
            return None
        return as_json({})

    tutoring.reply = hang_for_ruth
    calls = [lambda: gateway.get("/api/courses", token=ruth)] * (2 * THRESHOLD)
    others = [gateway.get("/api/courses", user=user).status for user in (boaz, *people(20))]
    assert set(others) == {200}
    assert {reply.status for reply in race(calls)} <= {504, 429}
    assert gateway.get("/api/courses", user=boaz).status == 200


def test_a_caller_has_some_calls_at_a_service_and_the_others_wait(
    gateway: Gateway, tutoring: Double
) -> None:
    ruth, boaz = a_user(), a_user()
    let_go = threading.Event()
    tutoring.reply = wait_for(let_go)
    with ThreadPoolExecutor(40) as pool:
        first = [
            pool.submit(gateway.post, "/api/courses", body=b"{}", user=ruth) for _ in range(10)
        ]
        wait_until(lambda: len(tutoring.asked) == PER_CALLER)
        other = pool.submit(gateway.post, "/api/courses", body=b"{}", user=boaz)
        wait_until(lambda: len(tutoring.asked) == PER_CALLER + 1)
        let_go.set()
        assert [call.result().status for call in [*first, other]] == [200] * 11


def test_a_caller_whose_calls_wait_already_is_refused(gateway: Gateway, tutoring: Double) -> None:
    ruth = a_user()
    let_go = threading.Event()
    tutoring.reply = wait_for(let_go)
    count = PER_CALLER + WAITING + 5
    with ThreadPoolExecutor(count) as pool:
        calls = [
            pool.submit(gateway.post, "/api/courses", body=b"{}", user=ruth) for _ in range(count)
        ]
        wait_until(lambda: sum(call.done() for call in calls) == 5)
        refused = [call.result().json["code"] for call in calls if call.done()]
        let_go.set()
        assert refused == ["too_many_at_once"] * 5
        assert sorted(call.result().status for call in calls) == [200] * (count - 5) + [429] * 5


def test_other_services_answer_while_one_hangs(gateway: Gateway, tutoring: Double) -> None:
    let_go = threading.Event()
    tutoring.reply = wait_for(let_go)
    with ThreadPoolExecutor(40) as pool:
        hung = [
            pool.submit(gateway.post, "/api/courses", body=b"{}", user=a_user()) for _ in range(40)
        ]
        wait_until(lambda: len(tutoring.asked) == 40)
        assert [gateway.get("/api/havrutas").status for _ in range(20)] == [200] * 20
        assert not any(call.done() for call in hung)
        let_go.set()
        assert {call.result().status for call in hung} == {200}


def unavailable_at_first(double: Double) -> Reply:
    """503 to the first request, 200 to those after it."""
    return lambda *_: answer(503) if len(double.asked) == 1 else as_json({})


@pytest.mark.parametrize(
    ("method", "status", "times"),
    [
        ("GET", 200, 2),
        ("HEAD", 200, 2),
        ("PUT", 200, 2),
        ("DELETE", 200, 2),
        ("POST", 503, 1),
        ("PATCH", 503, 1),
    ],
)
def test_an_idempotent_request_is_sent_again_once(
    gateway: Gateway, tutoring: Double, method: str, status: int, times: int
) -> None:
    tutoring.reply = unavailable_at_first(tutoring)
    if method == "HEAD":
        tutoring.reply = lambda *_: (
            b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n"
            % (503 if len(tutoring.asked) == 1 else 200)
        )
    assert gateway.call(method, "/api/courses/7").status == status
    assert len(tutoring.asked) == times


def test_the_second_refusal_of_a_service_is_passed_on(gateway: Gateway, tutoring: Double) -> None:
    tutoring.reply = lambda *_: answer(
        503, b'{"code":"x"}', content_type="application/problem+json", retry_after="7"
    )
    reply = gateway.get("/api/courses")
    assert (reply.status, reply.headers["Retry-After"], reply.body) == (503, "7", b'{"code":"x"}')
    assert len(tutoring.asked) == 2


def test_a_post_is_never_sent_twice(gateway: Gateway, tutoring: Double) -> None:
    tutoring.reply = say(b"")
    assert gateway.post("/api/courses", body=b"{}").status == 502
    assert len(tutoring.asked) == 1


def test_clients_do_not_notice_a_kept_connection_that_was_closed(
    gateway: Gateway, tutoring: Double
) -> None:
    closed = threading.Semaphore(0)

    def answer_and_close(_: Asked, connection: socket.socket) -> None:
        connection.sendall(as_json({}))
        connection.shutdown(socket.SHUT_RDWR)
        closed.release()

    tutoring.reply = answer_and_close
    for _ in range(20):
        assert gateway.post("/api/courses", body=b"{}").status == 200
        # A service that closes while the next request is under way cannot be told from one that failed.
        assert closed.acquire(timeout=GENEROUS)


def test_a_client_that_hangs_up_ends_the_call_to_the_service(
    gateway: Gateway, tutoring: Double
) -> None:
    ended = threading.Event()

    def notice_the_end(_: Asked, connection: socket.socket) -> None:
        connection.settimeout(GENEROUS)
        if connection.recv(1) == b"":
            ended.set()

    tutoring.reply = notice_the_end
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.sendall(b"PUT /api/courses/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        wait_until(lambda: len(tutoring.asked) == 1)
    assert ended.wait(2), "the gateway still waited for the service"


def test_slow_clients_do_not_hold_up_other_clients(gateway: Gateway, services: Doubles) -> None:
    heads = [
        b"",
        b"GET /api/hav",
        b"POST /api/havrutas HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab",
    ]
    clients = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(99)]
    try:
        for number, client in enumerate(clients):
            client.sendall(heads[number % 3])
        assert [gateway.get("/api/havrutas").status for _ in range(10)] == [200] * 10
    finally:
        for client in clients:
            client.close()


def test_failed_calls_are_counted_by_service(gateway: Gateway, tutoring: Double) -> None:
    tutoring.reply = say(b"nonsense\r\n")
    gateway.get("/api/courses")
    figures = gateway.get("/metrics").body.decode()
    assert 'upstream_calls_total{outcome="bad_gateway",service="tutoring-service"}' in figures
    assert 'route="/api/courses"' in figures


def test_every_service_has_its_own_breaker(
    gateway: Gateway, tutoring: Double, services: Doubles
) -> None:
    tutoring.reply = say(b"nonsense\r\n")
    # Callers count, too, who had an answer a moment ago.
    wait_until(lambda: gateway.post("/api/courses", user=a_user()).status == 503)
    others = ["/api/users/7", "/api/study-sessions", "/api/havrutas", "/api/v2/tests"]
    assert len(others) == len(SERVICES) - 1
    assert [gateway.get(path).status for path in others] == [200] * 4
