"""Public keys are fetched, kept while the issuer is down, and not requested too often."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import testing
from chassis.auth.keys import FRESH, PATIENCE, RETRY, RemoteKeys, parse
from chassis.auth.tokens import Verifier
from chassis.errors import InvalidToken, Unavailable

from .support import notes

NEW = ec.generate_private_key(ec.SECP256R1())


class Issuer(ThreadingHTTPServer):
    """Serves keys when `open` is set, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.document = testing.jwks({testing.KID: testing.key_files().signing_key})
        self.status = 200
        self.open = threading.Event()
        self.open.set()
        self.reached = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks.json"


class Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.reached.set()
        self.server.open.wait()
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.document.encode())

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        thread = threading.Thread(target=issuer.serve_forever, args=(0.01,))
        thread.start()
        yield issuer
        issuer.open.set()
        issuer.shutdown()
        thread.join()


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("chassis.auth.keys.time", clock)
    return clock


def test_keys_are_fetched_once_and_kept(issuer: Issuer, clock: Clock) -> None:
    keys = RemoteKeys(issuer.url)
    assert all(keys.get(testing.KID) for _ in range(100))
    assert issuer.asked == 1
    clock.now += FRESH + 1
    keys.get(testing.KID)
    assert issuer.asked == 2


def test_known_keys_stay_in_use_while_the_issuer_is_down(issuer: Issuer, clock: Clock) -> None:
    keys = RemoteKeys(issuer.url)
    keys.get(testing.KID)
    for status, document in ((503, ""), (200, "garbage"), (200, '{"keys": []}')):
        issuer.status, issuer.document = status, document
        clock.now += 24 * 3600
        assert keys.get(testing.KID)


def test_a_new_key_is_found_and_unknown_ones_cause_no_further_fetch(
    issuer: Issuer, clock: Clock
) -> None:
    keys = RemoteKeys(issuer.url)
    keys.get(testing.KID)
    assert not any(keys.get(f"unknown-{n}") for n in range(1000))
    assert issuer.asked == 1
    issuer.document = testing.jwks({"new": NEW})
    clock.now += PATIENCE + 1
    assert keys.get("new")


class Callers:
    """Eight threads that want the same key at the same time."""

    def __init__(self, keys: RemoteKeys, kid: str = testing.KID) -> None:
        self._keys = keys
        self._kid = kid
        self.found: list[bool | None] = []
        self._threads = [threading.Thread(target=self._want) for _ in range(8)]
        for thread in self._threads:
            thread.start()

    def _want(self) -> None:
        try:
            self.found.append(self._keys.get(self._kid) is not None)
        except Unavailable:
            self.found.append(None)

    def join(self) -> list[bool | None]:
        """Whether each found the key; None for `Unavailable`."""
        for thread in self._threads:
            thread.join(10)
        return self.found


@pytest.mark.parametrize(("status", "found"), [(200, True), (503, None)])
def test_callers_share_the_fetch_that_is_on_its_way(
    issuer: Issuer, status: int, found: bool | None
) -> None:
    issuer.status = status
    issuer.open.clear()
    callers = Callers(RemoteKeys(issuer.url))
    assert issuer.reached.wait(10)
    issuer.open.set()
    assert callers.join() == [found] * 8
    assert issuer.asked == 1


def test_callers_with_a_new_key_wait_for_the_fetch_too(issuer: Issuer, clock: Clock) -> None:
    keys = RemoteKeys(issuer.url)
    keys.get(testing.KID)
    issuer.document = testing.jwks({testing.KID: NEW, "new": NEW})
    clock.now += PATIENCE + 1
    issuer.reached.clear()
    issuer.open.clear()
    callers = Callers(keys, "new")
    assert issuer.reached.wait(10)
    assert keys.get(testing.KID), "a known key stays in use meanwhile"
    issuer.open.set()
    assert callers.join() == [True] * 8
    assert issuer.asked == 2


def test_an_issuer_that_hangs_is_asked_once_for_all_callers(issuer: Issuer) -> None:
    issuer.open.clear()
    assert Callers(RemoteKeys(issuer.url)).join() == [None] * 8
    assert issuer.asked == 1


def test_the_check_fetches_the_keys_and_says_whether_there_are_any(
    issuer: Issuer, clock: Clock
) -> None:
    keys = RemoteKeys(issuer.url)
    issuer.status = 503
    assert [keys.check(), keys.check()] == ["degraded", "degraded"]
    assert issuer.asked == 1
    issuer.status = 200
    clock.now += RETRY + 1
    assert [keys.check(), keys.check()] == ["ok", "ok"]
    assert keys.get(testing.KID)
    assert issuer.asked == 2


def test_readiness_tells_of_missing_keys(issuer: Issuer) -> None:
    issuer.status = 503
    with notes.running(JWKS_URL=issuer.url) as app:
        assert app.test_client().get("/readyz").json["checks"]["keys"] == "degraded"
    issuer.status = 200
    with notes.running(JWKS_URL=issuer.url) as app:
        assert app.test_client().get("/readyz").json["checks"]["keys"] == "ok"


def test_a_token_is_not_called_invalid_while_there_are_no_keys(
    issuer: Issuer, clock: Clock
) -> None:
    issuer.status = 503
    verifier = Verifier(RemoteKeys(issuer.url), testing.ISSUER)
    with pytest.raises(Unavailable):
        verifier.verify(testing.token_for(testing.a_user()))
    issuer.status = 200
    clock.now += 2
    assert verifier.verify(testing.token_for(testing.a_user()))


def test_a_withdrawn_key_is_no_longer_accepted(issuer: Issuer, clock: Clock) -> None:
    verifier = Verifier(RemoteKeys(issuer.url), testing.ISSUER)
    verifier.verify(testing.token_for(testing.a_user()))
    issuer.document = testing.jwks({"new": NEW})
    clock.now += FRESH + 1
    with pytest.raises(InvalidToken):
        verifier.verify(testing.token_for(testing.a_user()))


@pytest.mark.parametrize(
    "document", ["", "[]", "5", '{"keys": 5}', '{"keys": [{"kty": "oct", "kid": "a", "k": "aa"}]}']
)
def test_a_document_without_usable_keys_is_refused(document: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(document)
