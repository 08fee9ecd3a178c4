"""When a call is tried again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum_client import LyceumError, Patience, Refused, TimedOut, Unreachable
from lyceum_client.exchange import Attempts

from .support.gateways import PATIENCE, Asked, Gateway, Hangup, Reply, gateway, problem, script

QUICK = Patience(pause=0.001)
DONE = Reply(200, {"id": "7"})
BUSY = problem(503, "unavailable", {"Retry-After": "0"})
COURSE = {"title": "Aramaic"}


def keys(served: Gateway) -> list[str | None]:
    return [asked.headers.get("Idempotency-Key") for asked in served.asked]


@pytest.mark.parametrize(
    "failure",
    [
        BUSY,
        problem(429, "too_many_requests", {"Retry-After": "0"}),
        problem(502, "bad_gateway", {"Retry-After": "0"}),
        problem(504, "gateway_timeout", {"Retry-After": "0"}),
        Hangup(),
    ],
)
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_own_account", ()),
        ("block_user", ("7",)),
        ("withdraw_email_change", ()),
    ],
)
def test_what_has_one_effect_is_tried_again(
    client: Any, failure: Any, operation: str, arguments: tuple[str, ...]
) -> None:
    served_twice = script(failure, failure, DONE)
    with gateway(served_twice) as served, client(served.address, patience=QUICK) as lyceum:
        lyceum.ask(operation, *arguments)
    assert len(served.asked) == 3


@pytest.mark.parametrize("failure", [BUSY, Hangup()])
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("resend_verification", ()),
        ("update_own_account", ({"bio": "Reads."},)),
        ("log_in", ({"login": "ruth", "password": "secret"},)),
    ],
)
def test_what_could_have_two_effects_is_tried_once(
    client: Any, failure: Any, operation: str, arguments: tuple[Any, ...]
) -> None:
    with (
        gateway(script(failure, DONE)) as served,
        client(served.address, "mine", patience=QUICK) as lyceum,
        pytest.raises(LyceumError),
    ):
        lyceum.ask(operation, *arguments)
    assert len(served.asked) == 1


def test_all_attempts_have_the_same_key(client: Any) -> None:
    in_progress = problem(409, "request_in_progress", {"Retry-After": "0"})
    answers = script(Hangup(), BUSY, in_progress, DONE)
    with gateway(answers) as served, client(served.address, "mine", patience=QUICK) as lyceum:
        lyceum.ask("create_course", COURSE)
        lyceum.ask("create_course", COURSE)
        lyceum.ask("create_course", COURSE, idempotency_key="my-key")
    first, *others = keys(served)
    assert first
    assert others[:3] == [first] * 3
    assert others[3] not in (None, first)
    assert others[4:] == ["my-key"]


def test_the_key_of_a_visitor_is_not_relied_on(client: Any) -> None:
    with (
        gateway(script(BUSY, DONE)) as served,
        client(served.address, patience=QUICK) as lyceum,
        pytest.raises(Refused),
    ):
        lyceum.ask("start_assessment_session")
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        problem(503, "unavailable"),
        problem(409, "request_in_progress"),
        problem(403, "forbidden", {"Retry-After": "0"}),
        problem(500, "internal_error", {"Retry-After": "0"}),
    ],
)
def test_what_will_not_pass_is_not_tried_again(client: Any, refusal: Reply) -> None:
    with (
        gateway(script(refusal, DONE)) as served,
        client(served.address, patience=QUICK) as lyceum,
        pytest.raises(Refused),
    ):
        lyceum.ask("get_own_account")
    assert len(served.asked) == 1


@pytest.mark.parametrize(("failure", "kind"), [(BUSY, Refused), (Hangup(), Unreachable)])
def test_attempts_are_counted(client: Any, failure: Any, kind: type[LyceumError]) -> None:
    with (
        gateway(script(failure)) as served,
        client(served.address, patience=QUICK) as lyceum,
        pytest.raises(kind),
    ):
        lyceum.ask("get_own_account")
    assert len(served.asked) == QUICK.attempts


def test_a_wait_beyond_the_time_is_not_begun(client: Any) -> None:
    with (
        gateway(script(problem(429, "too_many_requests", {"Retry-After": "31"}))) as served,
        client(served.address) as lyceum,
        pytest.raises(Refused) as refusal,
    ):
        lyceum.ask("get_own_account")
    assert len(served.asked) == 1
    assert refusal.value.retry_after == 31


def test_a_silent_gateway_is_left(client: Any) -> None:
    def be_silent(asked: Asked) -> Reply:
        served.closing.wait(PATIENCE)
        return DONE

    patience = Patience(attempts=2, pause=0.001)
    with (
        gateway(be_silent) as served,
        client(served.address, timeout=0.05, patience=patience) as lyceum,
        pytest.raises(TimedOut),
    ):
        lyceum.ask("get_own_account")
    assert len(served.asked) == 2


failures = st.builds(Unreachable) | st.builds(
    Refused,
    st.sampled_from([401, 409, 429, 500, 502, 503, 504]),
    st.just({"code": "some"}),
    st.builds(lambda wait: {"Retry-After": str(wait)}, st.integers(0, 60)) | st.just({}),
)


@given(st.lists(failures, min_size=10, max_size=10), st.integers(1, 6), st.floats(0, 60))
def test_waits_are_bounded(failed: list[LyceumError], attempts: int, within: float) -> None:
    tries = Attempts(Patience(attempts=attempts, within=within), repeatable=True)
    waits: list[float] = []
    with pytest.raises(LyceumError) as last:
        waits.extend(map(tries.pause_after, failed))
    assert len(waits) < attempts
    assert all(0 <= wait <= within for wait in waits)
    assert last.value is failed[len(waits)]
