"""Tokens: how they come, and how they are exchanged."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lyceum_client import Patience, Refused, SignInEnded, Unreachable
from lyceum_client.aio import AsyncLyceum

from .support.gateways import Answer, Asked, Gateway, Hangup, Reply, gateway, problem

ONCE = Patience(attempts=1)
CALLERS = 8


def pair(number: int, **more: Any) -> Reply:
    """The tokens of this number."""
    tokens = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", **more}
    return Reply(200, {"token_type": "Bearer", "expires_in": 900, "user": {}, **tokens})


class Tokens:
    """A platform on which one access token is good, and the next can be had once."""

    def __init__(self, refusal: Answer | None = None, code: str = "invalid_token") -> None:
        self.number = 0
        self._refusal = refusal
        self._code = code
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/api/auth/refresh":
            return self._exchange(asked.body["refresh_token"])
        if asked.token != f"access-{self.number}":
            return problem(401, self._code)
        return Reply(200, {"token": asked.token})

    def expire(self) -> None:
        self.number += 1

    def _exchange(self, token: str) -> Answer:
        if self._refusal:
            return self._refusal
        with self._lock:
            if token != f"refresh-{self.number - 1}":
                return problem(401, "token_reused")
            return pair(self.number)


def exchanges(served: Gateway) -> list[str]:
    return [a.body["refresh_token"] for a in served.asked if a.path == "/api/auth/refresh"]


@pytest.mark.parametrize("code", ["invalid_token", "token_outdated", "token_revoked"])
def test_an_expired_token_is_exchanged(client: Any, code: str) -> None:
    tokens = Tokens(code=code)
    with (
        gateway(tokens) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
    ):
        for number in (1, 2):
            tokens.expire()
            assert lyceum.ask("get_own_account") == {"token": f"access-{number}"}
            # What could have two effects as well: the first was refused.
            assert lyceum.ask("resend_verification") == {"token": f"access-{number}"}
        assert lyceum.client.refresh_token == "refresh-2"
    assert exchanges(served) == ["refresh-0", "refresh-1"]
    assert all(a.token is None for a in served.asked if a.path == "/api/auth/refresh")


def meeting(answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """The same, but the first callers wait for one another, so that all are refused at once."""
    meet = threading.Barrier(CALLERS)

    def met(asked: Asked) -> Answer:
        answered = answer(asked)
        if asked.token == "access-0":
            meet.wait(10)
        return answered

    return met


def test_many_who_meet_an_expired_token_exchange_it_once(client: Any) -> None:
    tokens = Tokens()
    tokens.expire()
    with (
        gateway(meeting(tokens)) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
    ):
        answers = lyceum.ask_at_once("get_own_account", CALLERS)
    assert answers == [{"token": "access-1"}] * CALLERS
    assert exchanges(served) == ["refresh-0"]


def test_a_sign_in_that_has_ended_is_told_to_all_and_asked_for_once(client: Any) -> None:
    ended = problem(401, "token_reused", detail="sign in again")
    tokens = Tokens(ended)
    tokens.expire()
    with (
        gateway(meeting(tokens)) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
    ):
        errors = lyceum.ask_at_once("get_own_account", CALLERS)
        assert [type(error) for error in errors] == [SignInEnded] * CALLERS
        assert {error.code for error in errors} == {"token_reused"}
    assert exchanges(served) == ["refresh-0"]


def test_after_a_new_sign_in_calls_succeed(client: Any) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/auth/login":
            return pair(7)
        return tokens(asked)

    tokens = Tokens(problem(401, "invalid_refresh_token"))
    tokens.number = 7
    with (
        gateway(answer) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
    ):
        for _ in range(2):
            with pytest.raises(SignInEnded, match="invalid_refresh_token"):
                lyceum.ask("get_own_account")
        lyceum.ask("sign_in", "ruth", "secret")
        assert lyceum.ask("get_own_account") == {"token": "access-7"}
    assert exchanges(served) == ["refresh-0"]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (problem(429, "too_many_requests", {"Retry-After": "9"}), Refused),
        (problem(503, "unavailable"), Refused),
        (Hangup(), Unreachable),
    ],
)
def test_an_exchange_that_did_not_come_about_is_tried_by_the_next_call(
    client: Any, failure: Answer, kind: type[Exception]
) -> None:
    tokens = Tokens(failure)
    tokens.expire()
    with (
        gateway(tokens) as served,
        client(served.address, "access-0", refresh_token="refresh-0", patience=ONCE) as lyceum,
    ):
        with pytest.raises(kind) as error:
            lyceum.ask("get_own_account")
        assert not isinstance(error.value, SignInEnded)
        tokens._refusal = None
        assert lyceum.ask("get_own_account") == {"token": "access-1"}


@pytest.mark.parametrize("code", ["unauthorized", "mfa_required", "wrong_credentials"])
def test_other_refusals_exchange_nothing(client: Any, code: str) -> None:
    tokens = Tokens(code=code)
    tokens.expire()
    with (
        gateway(tokens) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
        pytest.raises(Refused, match=code),
    ):
        lyceum.ask("get_own_account")
    assert exchanges(served) == []


def test_without_a_refresh_token_the_refusal_is_told(client: Any) -> None:
    tokens = Tokens()
    tokens.expire()
    with (
        gateway(tokens) as served,
        client(served.address, "access-0") as lyceum,
        pytest.raises(Refused, match="invalid_token"),
    ):
        lyceum.ask("get_own_account")
    assert len(served.asked) == 1


def second_factor(asked: Asked) -> Answer:
    if asked.path == "/api/auth/login":
        return problem(401, "mfa_required", ticket="t1")
    return pair(1, device_token="device-1")


def test_a_second_factor_is_asked_for(client: Any) -> None:
    with gateway(second_factor) as served, client(served.address, "expired") as lyceum:
        with pytest.raises(Refused, match="mfa_required") as refusal:
            lyceum.ask("sign_in", "ruth", "secret")
        assert refusal.value.problem["ticket"] == "t1"
        lyceum.ask("sign_in", "ruth", "secret", code=lambda: "492039")
        lyceum.ask("sign_in", "ruth", "secret", code=lambda: "492040")
        assert (lyceum.client.token, lyceum.client.device_token) == ("access-1", "device-1")
    assert [asked.token for asked in served.asked] == [None] * 5
    assert [asked.body for asked in served.asked[2:]] == [
        {"ticket": "t1", "code": "492039"},
        {"login": "ruth", "password": "secret", "device_token": "device-1"},
        {"ticket": "t1", "code": "492040", "device_token": "device-1"},
    ]


def test_no_code_is_asked_for_after_a_wrong_password(client: Any) -> None:
    def wrong(asked: Asked) -> Answer:
        return problem(401, "wrong_credentials")

    with (
        gateway(wrong) as served,
        client(served.address) as lyceum,
        pytest.raises(Refused, match="wrong_credentials"),
    ):
        lyceum.ask("sign_in", "ruth", "secret", code=lambda: pytest.fail("asked"))


def test_a_call_that_is_cancelled_does_not_lose_the_next_tokens() -> None:
    asked_for, go_on = threading.Event(), threading.Event()
    tokens = Tokens()
    tokens.expire()

    def slowly(asked: Asked) -> Answer:
        if asked.path == "/api/auth/refresh":
            asked_for.set()
            go_on.wait(10)
        return tokens(asked)

    async def cancel_and_call(address: str) -> Any:
        async with AsyncLyceum(address, "access-0", refresh_token="refresh-0") as lyceum:
            call = asyncio.create_task(lyceum.get_own_account())
            await asyncio.to_thread(asked_for.wait, 10)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            go_on.set()
            return await lyceum.get_own_account()

    with gateway(slowly) as served:
        assert asyncio.run(cancel_and_call(served.address)) == {"token": "access-1"}
    assert exchanges(served) == ["refresh-0"]
