"""The worker gives threads to whole requests alone, answers as gthread does, and stops without a loss."""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from chassis.web import gunicorn_errors, server
from chassis.web.connections import SMALL, Connection
from chassis.web.gunicorn_worker import MAX_HELD, EpollWorker

from .support.gunicorn_process import (
    PATIENCE,
    Served,
    read_all,
    read_answer,
    read_head,
    running,
    wait_until,
)
from .support.served import app

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = 8 * 1024 * 1024  # more than the buffers of both sockets take


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with running() as served:
        yield served


class Load:
    """Clients that send one request after the other on kept connections, until they are told to close."""

    def __init__(self, served: Served, *, reconnecting: bool = False) -> None:
        self.answered = 0
        self.failed: list[bytes] = []
        self._served = served
        self._reconnecting = reconnecting
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(8)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, answers: int) -> None:
        """Until so many more requests have been answered."""
        least = self.answered + answers
        wait_until(lambda: self.answered >= least or bool(self.failed))

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _run(self) -> None:
        self._ask_on_one_connection()
        while self._reconnecting and not self._over.is_set():
            self._ask_on_one_connection()

    def _ask_on_one_connection(self) -> None:
        with self._served.connect() as sock:
            answer = b""
            while b"Connection: close" not in answer and not self._over.is_set():
                answer = ask(sock)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    self.failed.append(answer)
                    return
                self.answered += 1


def ask(sock: socket.socket) -> bytes:
    """The answer to a request, or the error instead."""
    try:
        sock.sendall(GET)
        return read_answer(sock)
    except OSError as error:
        return repr(error).encode()


@contextmanager
def sending(served: Served, data: bytes, number: int) -> Iterator[list[socket.socket]]:
    """So many connections on which these bytes were sent."""
    with ExitStack() as stack:
        socks = [stack.enter_context(served.connect()) for _ in range(number)]
        for sock in socks:
            sock.sendall(data)
        yield socks


@contextmanager
def connection(**settings: object) -> Iterator[tuple[Connection, socket.socket]]:
    """A connection that the test moves on itself, and the client's end of it."""
    config = Config()
    for name, value in settings.items():
        config.set(name, value)
    worker = EpollWorker(1, os.getpid(), [], None, 30, config, Logger(config))
    worker.wsgi = app
    gunicorn_errors.install()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(PATIENCE)
        address = ("127.0.0.1", 1)
        yield Connection(worker, ours, address, address), theirs
    worker.tmp.close()


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET /healthz HTT",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nhalf",
    ],
)
def test_connections_without_a_whole_request_take_no_thread(served: Served, start: bytes) -> None:
    threads = served.threads()
    with sending(served, start, 40):
        assert served.get_json("/thread")["name"].startswith("turn-")
        assert served.threads() == threads


HOSTS = {
    "none": (b"HTTP/1.1", b"", b"400"),
    "none in HTTP/1.0": (b"HTTP/1.0", b"", b"200"),
    "one": (b"HTTP/1.1", b"Host: lyceum.example:8080\r\n", b"200"),
    "an address": (b"HTTP/1.1", b"Host: [::1]:8080\r\n", b"200"),
    "two": (b"HTTP/1.1", b"Host: a\r\nHost: b\r\n", b"400"),
    "two that are equal": (b"HTTP/1.1", b"Host: a\r\nHost: a\r\n", b"400"),
    "two in HTTP/1.0": (b"HTTP/1.0", b"Host: a\r\nHost: b\r\n", b"400"),
    "an empty one": (b"HTTP/1.1", b"Host:\r\n", b"400"),
    "a path": (b"HTTP/1.1", b"Host: a/b\r\n", b"400"),
    "a user": (b"HTTP/1.1", b"Host: a@b\r\n", b"400"),
    "a space": (b"HTTP/1.1", b"Host: a b\r\n", b"400"),
    "Latin-1": (b"HTTP/1.1", b"Host: \xe9\r\n", b"400"),
    "a port that is none": (b"HTTP/1.1", b"Host: a:x\r\n", b"400"),
    "an address without its end": (b"HTTP/1.1", b"Host: [::1\r\n", b"400"),
}


@pytest.mark.parametrize("name", HOSTS)
def test_exactly_one_plain_host_is_needed(served: Served, name: str) -> None:
    version, lines, status = HOSTS[name]
    with served.connect() as sock:
        sock.sendall(b"GET /healthz %b\r\n%b\r\n" % (version, lines))
        assert read_answer(sock).split(b" ")[1] == status


def test_clients_that_do_not_read_take_no_thread(served: Served) -> None:
    threads = served.threads()
    request = b"GET /bytes/%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % LARGE
    with sending(served, request, server.threads + 1) as readers:
        for reader in readers:
            assert reader.recv(4, socket.MSG_WAITALL) == b"HTTP"
        assert served.get_json("/thread")["name"].startswith("turn-")
        assert served.threads() == threads
        assert all(len(read_all(reader)) > LARGE for reader in readers)


def test_a_file_of_any_size_takes_hardly_any_memory() -> None:
    size = 200 * 1024 * 1024
    with running() as served, served.connect() as sock:
        before = served.get_json("/files")["peak_kib"]
        sock.sendall(b"GET /file/%d/%d HTTP/1.1\r\nHost: a\r\n\r\n" % (size, size))
        head = read_head(sock)
        assert b"Content-Length: %d\r\n" % size in head
        left = size
        while left:
            left -= len(sock.recv(min(left, 1024 * 1024)))
        # The connection is in order behind it.
        assert ask(sock).startswith(b"HTTP/1.1 200 ")
        seen = served.get_json("/files")
    assert seen["closed"] == 1
    assert seen["peak_kib"] - before < 16 * 1024


def test_a_file_that_cannot_be_read_to_its_end_ends_the_connection(served: Served) -> None:
    with served.connect() as sock:
        sock.sendall(b"GET /file/100000/90000 HTTP/1.1\r\nHost: a\r\n\r\n" + GET)
        head, _, body = read_all(sock).partition(b"\r\n\r\n")
    assert b"Content-Length: 100000\r\n" in head
    assert body == bytes(90_000)


def test_clients_that_do_not_read_a_file_take_no_thread_and_it_is_closed_when_they_leave() -> None:
    request = b"GET /file/%d/%d HTTP/1.1\r\nHost: a\r\n\r\n" % (10 * LARGE, 10 * LARGE)
    with running() as served:
        with sending(served, request, server.threads + 1) as readers:
            for reader in readers:
                assert reader.recv(4, socket.MSG_WAITALL) == b"HTTP"
            assert served.get_json("/files")["closed"] == 0
        wait_until(lambda: served.get_json("/files")["closed"] == server.threads + 1)


def test_as_many_requests_as_there_are_threads_are_answered_at_a_time(served: Served) -> None:
    answers: list[dict[str, object]] = []
    clients = [
        threading.Thread(target=lambda: answers.append(served.get_json("/thread")))
        for _ in range(32)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join(PATIENCE)
    assert len(answers) == 32
    assert max(answer["most"] for answer in answers) <= server.threads


def test_a_client_is_told_to_continue_before_it_sends_the_body(served: Served) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with served.connect() as sock:
        sock.sendall(head + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert read_answer(sock) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"{}")
        assert read_answer(sock).startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_error_that_the_application_lets_through_is_a_500(served: Served) -> None:
    assert served.call("GET", "/breaks")[0] == 500


@pytest.mark.parametrize("start", [b"GET /", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_request_that_does_not_end_in_time_gets_408(start: bytes) -> None:
    with connection() as (waiting, client):
        client.sendall(start)
        assert waiting.go_on()
        assert waiting.time_out()
        answer = read_answer(client)
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n")
        assert b'"code": "request_timeout"' in answer


def test_a_connection_that_stays_idle_is_closed_without_a_word() -> None:
    with connection() as (waiting, client):
        assert waiting.time_out()
        assert read_all(client) == b""


def test_a_client_that_does_not_take_the_answer_in_time_is_left() -> None:
    with connection() as (waiting, client):
        client.sendall(b"GET /bytes/%d HTTP/1.1\r\nHost: a\r\n\r\n" % LARGE)
        assert waiting.go_on()
        assert waiting.wait.events == select.EPOLLOUT
        assert not waiting.time_out()
        assert len(read_all(client)) < LARGE


def test_a_request_that_waits_for_a_thread_is_not_overdue() -> None:
    with connection() as (waiting, client):
        later = time.monotonic() + 1000
        assert waiting.is_overdue(later, idle_until=later)
        client.sendall(GET)
        assert not waiting.is_overdue(later, idle_until=later)
        assert waiting.go_on()
        assert read_answer(client).startswith(b"HTTP/1.1 200 OK\r\n")


def test_large_bodies_are_collected_as_long_as_there_is_memory() -> None:
    body = 1_000_000
    head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    # One more than there is memory for, and as many as may be looked at in the same moment.
    most = MAX_HELD // body + 1 + server.threads
    with running() as served, sending(served, head % body, most), served.connect() as sock:
        sock.sendall(head % body)
        assert read_answer(sock).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        with served.connect() as other:
            other.sendall(head % SMALL + b" " * SMALL)
            # Collected, and refused by the application alone.
            assert read_answer(other).startswith(b"HTTP/1.1 413 ")


def test_connections_are_bounded_and_given_up_for_new_ones() -> None:
    with running("--worker-connections=4") as served, sending(served, b"", 3) as silent:
        with served.connect() as sock:
            sock.sendall(GET)
            assert b"Connection: close" in read_answer(sock)
        with sending(served, b"", 1), served.connect() as sock:
            sock.sendall(GET)
            silent[0].close()
            assert read_answer(sock).startswith(b"HTTP/1.1 200 OK\r\n")


def test_each_worker_reads_what_requests_would_wait_for_before_it_takes_one(served: Served) -> None:
    assert served.get_json("/read")["pids"] == served.workers()


def test_a_worker_that_has_had_its_number_of_requests_is_replaced_without_a_loss() -> None:
    with running("--max-requests=50", "--graceful-timeout=2") as served:
        first = served.get_json("/worker")["pid"]
        load = Load(served, reconnecting=True)
        load.wait_for(200)
        load.end()
        assert load.failed == []
        assert served.get_json("/worker")["pid"] != first


def test_a_worker_that_is_told_to_stop_answers_what_it_is_sent() -> None:
    with running() as served, served.connect() as idle:
        ask(idle)
        load = Load(served)
        load.wait_for(100)
        served.process.terminate()
        load.wait_for(8)
        assert served.process.wait(PATIENCE) == 0
        load.end()
        assert load.failed == []
        assert idle.recv(1) == b""


def test_a_reload_loses_no_request() -> None:
    with running() as served:
        load = Load(served, reconnecting=True)
        for _ in range(3):
            load.wait_for(100)
            before = served.workers()
            served.process.send_signal(signal.SIGHUP)
            wait_until(lambda old=before: not set(old) & set(served.workers()))
        load.wait_for(100)
        load.end()
        assert load.failed == []


def test_a_request_in_hand_is_finished_when_the_worker_stops() -> None:
    with running() as served:
        with sending(served, b"GET /held/door HTTP/1.1\r\nHost: a\r\n\r\n", 1) as [sock]:
            with served.connect() as other:
                assert ask(other).startswith(b"HTTP/1.1 200 ")
                served.process.terminate()
                other.sendall(b"POST /open/door HTTP/1.1\r\nHost: a\r\n\r\n")
                assert read_answer(other).endswith(b"door")
            assert read_answer(sock).endswith(b"door")
        assert served.process.wait(PATIENCE) == 0
