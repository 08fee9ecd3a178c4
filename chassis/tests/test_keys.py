"""Public keys are fetched, kept while the issuer is down, and not requested too often."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import testing
from chassis.auth.keys import FRESH, PATIENCE, RemoteKeys, parse
from chassis.auth.tokens import Verifier
from chassis.errors import InvalidToken, Unavailable

NEW = ec.generate_private_key(ec.SECP256R1())


class Issuer(HTTPServer):
    """Serves keys and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.document = testing.jwks({testing.KID: testing.key_files().signing_key})
        self.status = 200
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks.json"


class Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked += 1
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
