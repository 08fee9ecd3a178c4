"""Finding out who calls: at once where it is remembered, and never for one address alone."""

import threading
from collections.abc import Callable, Iterable
from uuid import uuid4

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from chassis import testing
from chassis.auth.tokens import Verifier
from chassis.errors import InvalidToken
from chassis.redis_client import Cache
from gateway.edge import callers as edge_callers
from gateway.edge.breaker import PER_CALLER
from gateway.edge.callers import Callers, Identity, Revocations
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


class Observed(Revocations):
    """Ended sessions, and which ones were asked about at once."""

    def __init__(self) -> None:
        super().__init__(Cache(testing.redis_url()))
        self.asked: list[set[str]] = []

    def among(self, session_ids: Iterable[str]) -> set[str]:
        self.asked.append(set(session_ids))
        return super().among(session_ids)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def revocations() -> Observed:
    return Observed()


@pytest.fixture
def callers(loop: Loop, keys: Keys, revocations: Observed) -> Callers:
    return Callers(Verifier(keys, testing.ISSUER), revocations, loop.loop, loop.threads)


def header(**claims: object) -> bytes:
    return f"Bearer {testing.token_for(testing.a_user(), **claims)}".encode()


def end(session: str) -> None:
    with redis.Redis.from_url(testing.redis_url()) as cache:
        cache.set(f"revoked:{session}", "1")


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


def test_the_caller_of_an_ended_session_is_named_and_refused(loop: Loop, callers: Callers) -> None:
    session = str(uuid4())
    end(session)
    found = find(loop, callers, header(sid=session))
    assert found.caller
    assert isinstance(found.refusal, TokenRevoked)


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


def test_sessions_that_go_on_are_asked_about_at_once(
    loop: Loop, callers: Callers, revocations: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_callers, "LIVING", 2 * GENEROUS)
    monkeypatch.setattr(edge_callers, "AGAIN", 2 * GENEROUS)
    sessions = [str(uuid4()) for _ in range(20)]
    tokens = {session: header(sid=session) for session in sessions}
    for token in tokens.values():
        assert find(loop, callers, token).caller
    ended = sessions[0]
    end(ended)
    revocations.asked.clear()

    def ask_for_all() -> list[Identity | None]:
        return [callers.known(token) for token in tokens.values()]

    assert None not in loop.call(ask_for_all)
    wait_until(lambda: loop.call(callers.known, tokens[ended]) is None)
    assert revocations.asked[0] == set(sessions)
    assert None not in loop.call(ask_for_all)[1:]


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
