"""Finding out who calls: at once where it is remembered, and never for one address alone."""

import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from chassis import testing
from chassis.auth.tokens import Verifier
from chassis.errors import InvalidToken
from gateway.edge import callers as edge_callers
from gateway.edge import revocations as edge_revocations
from gateway.edge.breaker import PER_CALLER
from gateway.edge.callers import Callers, Identity
from gateway.edge.revocations import Revocations
from gateway.errors import TokenRevoked

from .support.event_loop import GENEROUS, Loop, wait_until


class Keys:
    """The issuer's key, which is given out once the door is open."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.count = 0
        self.door = threading.Event()
        self.door.set()

    def get(self, _: str) -> EllipticCurvePublicKey:
        self.count += 1
        self.asked.release()
        assert self.door.wait(GENEROUS)
        return testing.key_files().signing_key.public_key()


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def revocations() -> Revocations:
    known = Revocations()
    known.note_past_is_read()
    return known


@pytest.fixture
def callers(loop: Loop, keys: Keys, revocations: Revocations) -> Callers:
    return Callers(Verifier(keys, testing.ISSUER), revocations, loop.loop, loop.threads)


def header(**claims: object) -> bytes:
    return f"Bearer {testing.token_for(testing.a_user(), **claims)}".encode()


def find(loop: Loop, callers: Callers, authorization: bytes) -> Identity:
    return loop.wait_for(lambda then: callers.find(authorization, "192.0.2.1", then))


def test_a_caller_who_was_found_is_known(loop: Loop, callers: Callers) -> None:
    token = header()
    assert loop.call(callers.known, token) is None
    found = find(loop, callers, token)
    assert found.caller
    assert loop.call(callers.known, token) == found


def test_a_request_without_a_token_is_from_nobody(loop: Loop, callers: Callers) -> None:
    assert loop.call(callers.known, None) == Identity(None, None)


def test_a_token_that_is_none_is_refused(loop: Loop, callers: Callers) -> None:
    found = find(loop, callers, b"Bearer x.y.z")
    assert found.caller is None
    assert isinstance(found.refusal, InvalidToken)


def test_the_caller_of_an_ended_sign_in_is_named_and_refused(
    loop: Loop, callers: Callers, revocations: Revocations
) -> None:
    sign_in = str(uuid4())
    revocations.note_end(sign_in, time.time())
    found = find(loop, callers, header(sid=sign_in))
    assert found.caller
    assert isinstance(found.refusal, TokenRevoked)


def test_a_caller_who_is_known_is_refused_at_once_when_the_sign_in_ends(
    loop: Loop, callers: Callers, revocations: Revocations
) -> None:
    sign_in = str(uuid4())
    token = header(sid=sign_in)
    assert find(loop, callers, token).refusal is None
    loop.call(revocations.note_end, sign_in, time.time())
    known = loop.call(callers.known, token)
    assert isinstance(known.refusal, TokenRevoked)


def test_tokens_wait_for_what_happened_before_the_start(
    loop: Loop, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_revocations, "PATIENCE", GENEROUS)
    revocations = Revocations()
    callers = Callers(Verifier(keys, testing.ISSUER), revocations, loop.loop, loop.threads)
    sign_in, found = str(uuid4()), []
    loop.call(callers.find, header(sid=sign_in), "192.0.2.1", found.append)
    assert keys.asked.acquire(timeout=GENEROUS)
    loop.call(revocations.note_end, sign_in, time.time())
    assert found == []
    loop.call(revocations.note_past_is_read)
    wait_until(lambda: found != [])
    assert isinstance(found[0].refusal, TokenRevoked)


def test_a_token_is_verified_once_for_all_who_ask(loop: Loop, callers: Callers, keys: Keys) -> None:
    token, found = header(), []
    keys.door.clear()
    for _ in range(20):
        loop.call(callers.find, token, "192.0.2.1", found.append)
    keys.door.set()
    assert find(loop, callers, token).caller
    assert [identity.caller is not None for identity in found] == [True] * 20
    assert keys.count == 1


def test_a_token_is_verified_again_after_a_while(
    loop: Loop, callers: Callers, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_callers, "VERIFIED", 0.0)
    token = header()
    find(loop, callers, token)
    assert loop.call(callers.known, token) is None


def test_an_address_has_some_tokens_verified_at_a_time(
    loop: Loop, callers: Callers, keys: Keys
) -> None:
    def ask(address: str, then: Callable[[Identity], None]) -> None:
        loop.call(callers.find, header(), address, then)

    keys.door.clear()
    of_many: list[Identity] = []
    for _ in range(10):
        ask("192.0.2.1", of_many.append)
    for _ in range(PER_CALLER):
        assert keys.asked.acquire(timeout=GENEROUS)
    other = threading.Event()
    ask("192.0.2.2", lambda _: other.set())
    # The next that is looked at is the other address's.
    assert keys.asked.acquire(timeout=GENEROUS)
    assert keys.count == PER_CALLER + 1
    keys.door.set()
    assert other.wait(GENEROUS)
