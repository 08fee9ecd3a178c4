"""Views that are put together from the answers of several services."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from marshmallow import fields

from chassis import testing
from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import NotFound, Unavailable
from gateway.aggregation import Aggregate, Aggregator, Part
from gateway.edge.profiles import ProfileCache
from gateway.shapes import Shape

from .support.event_loop import Loop
from .support.gateway_process import Doubles
from .support.upstream_doubles import Double, answer, as_json

DEADLINE = 0.5
Gather = Callable[..., Aggregate]


class Name(Shape):
    name = fields.String(required=True)


STUDY = Part(name="study", service="study-session-service", target="/api/a?day={day}", shape=Name())
TUTORING = Part(name="tutoring", service="tutoring-service", target="/api/b", shape=Name())
HAVRUTA = Part(
    name="havruta",
    service="havruta-service",
    target="/internal/c/{day}",
    shape=Name(),
    required=True,
)


@pytest.fixture
def gather(services: Doubles, internal: Doubles, loop: Loop) -> Iterator[Gather]:
    for double in [*services.values(), *internal.values()]:
        double.reply = lambda *_: as_json({"name": "Ruth", "secret": 1})
    identity = ServiceIdentity("gateway", testing.key_files().service_keys["gateway"], "gateway")
    public = {name: loop.upstream(name, double.url) for name, double in services.items()}
    private = {name: loop.upstream(name, double.url) for name, double in internal.items()}
    users = loop.service("user-service", services["user-service"].url)
    profiles = ProfileCache(users, loop.loop, loop.threads)
    aggregator = Aggregator(public, private, identity, profiles)

    def gather(*parts: Part, token: str | None = None) -> Aggregate:
        with Flask("a test").test_request_context():
            return aggregator.gather(parts, {"day": "1/2 é"}, deadline=DEADLINE, token=token)

    yield gather
    structlog.contextvars.clear_contextvars()


def hang(double: Double) -> Callable[..., None]:
    def reply(*_: object) -> None:
        double.stopping.wait(8)

    return reply


def test_a_view_takes_only_the_fields_of_its_shapes(gather: Gather) -> None:
    assert gather(STUDY, TUTORING).document(at=1) == {
        "at": 1,
        "study": {"name": "Ruth"},
        "tutoring": {"name": "Ruth"},
    }


def test_request_values_are_escaped_in_the_address_of_a_part(
    gather: Gather, services: Doubles
) -> None:
    gather(STUDY)
    assert services["study-session-service"].asked[0].target == "/api/a?day=1%2F2%20%C3%A9"


def test_all_parts_are_handed_over_and_waited_for_at_once(
    gather: Gather, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over = []
    hand_over = loop.loop.call_soon_threadsafe

    def count(*given: Any, **kwargs: Any) -> Any:
        handed_over.append(given)
        return hand_over(*given, **kwargs)

    monkeypatch.setattr(loop.loop, "call_soon_threadsafe", count)
    assert gather(STUDY, TUTORING, HAVRUTA).parts.keys() == {"study", "tutoring", "havruta"}
    assert len(handed_over) == 1


def test_a_public_listener_receives_the_callers_token(gather: Gather, services: Doubles) -> None:
    gather(STUDY, token="own")
    assert services["study-session-service"].asked[0].header("Authorization") == "Bearer own"


def test_an_internal_listener_receives_a_service_and_a_subject_token(
    gather: Gather, internal: Doubles
) -> None:
    gather(HAVRUTA, token="own")
    asked = internal["havruta-service"].asked[0]
    assert asked.target == "/internal/c/1%2F2%20%C3%A9"
    assert asked.header("Authorization") not in {None, "Bearer own"}
    assert asked.header("Subject-Token") == "own"


MALFORMED = [
    answer(200, b"nonsense"),
    as_json([]),
    as_json(None),
    as_json("name"),
    as_json({}),
    as_json({"name": None}),
    as_json({"name": 7}),
    answer(200, b"[" * 100_000),
]


@pytest.mark.parametrize(
    "reply", [*MALFORMED, answer(500), answer(404), answer(401), answer(302, location="/")]
)
def test_a_failed_or_malformed_part_is_null_and_its_service_is_named(
    gather: Gather, services: Doubles, reply: bytes
) -> None:
    services["tutoring-service"].reply = lambda *_: reply
    assert gather(STUDY, TUTORING).document() == {
        "study": {"name": "Ruth"},
        "tutoring": None,
        "degraded": ["tutoring-service"],
    }


def test_a_hung_service_costs_the_deadline_and_no_more(gather: Gather, services: Doubles) -> None:
    services["tutoring-service"].reply = hang(services["tutoring-service"])
    services["study-session-service"].reply = hang(services["study-session-service"])
    assert gather(STUDY, TUTORING, HAVRUTA).degraded == [
        "study-session-service",
        "tutoring-service",
    ]


def test_a_service_with_two_failed_parts_is_named_once(gather: Gather, services: Doubles) -> None:
    services["tutoring-service"].reply = lambda *_: answer(500)
    other = Part(name="other", service="tutoring-service", target="/api/x", shape=Name())
    assert gather(STUDY, TUTORING, other).degraded == ["tutoring-service"]


def test_a_view_whose_parts_all_fail_is_unavailable(gather: Gather, services: Doubles) -> None:
    for double in services.values():
        double.reply = lambda *_: answer(500)
    with pytest.raises(Unavailable):
        gather(STUDY, TUTORING)


@pytest.mark.parametrize(
    ("reply", "problem"), [(answer(500), Unavailable), (answer(404), NotFound)]
)
def test_the_failure_of_a_required_part_fails_the_view(
    gather: Gather, internal: Doubles, reply: bytes, problem: type[Exception]
) -> None:
    internal["havruta-service"].reply = lambda *_: reply
    with pytest.raises(problem):
        gather(STUDY, HAVRUTA)
