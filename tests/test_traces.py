"""One request as OpenTelemetry sees it, from the gateway to the e-mail."""

import secrets
from collections.abc import Iterator

import pytest

from dev.ephemeral import EphemeralPlatform
from dev.mailbox import receiving

from .support.collector import Collector, Step, collecting
from .support.people import Person, agreed, eventually, register, sign_in
from .support.study_sessions import host_session, join

pytestmark = pytest.mark.needs("a platform that sends its traces to the test")

SECRET = "the reason is no one else's business"
MAIL = "mail notification"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def platform(postgres_url: str, collector: Collector) -> Iterator[EphemeralPlatform]:
    """A platform that sends its traces to the collector."""
    with pytest.MonkeyPatch.context() as patch, receiving() as mailbox:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        with EphemeralPlatform(postgres_url, demo=True, smtp_url=mailbox.url) as platform:
            yield platform


@pytest.fixture(scope="module")
def steps(platform: EphemeralPlatform, collector: Collector) -> dict[str, Step]:
    """The steps of a session's cancellation, of which a guest gets an e-mail, by their ids."""
    ruth, david = sign_in(platform.gateway_url, "ruth"), register(platform.gateway_url, "david")
    session = host_session(ruth)
    join(david, session)
    agreed(david.put("/api/notifications/preferences", {"email": {"session_cancelled": True}}))
    return followed(collector, ruth, session)


def followed(collector: Collector, host: Person, session: str) -> dict[str, Step]:
    trace, caller = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace}-{caller}-01"}
    agreed(host.post(f"{session}/cancel", {"reason": SECRET}, headers=headers))
    eventually(lambda: MAIL in {step.name for step in collector.of_trace(trace)})
    return {step.id: step for step in collector.of_trace(trace)}


def test_a_request_is_one_trace_from_the_gateway_to_the_email(
    steps: dict[str, Step],
) -> None:
    [email] = [step for step in steps.values() if step.name == MAIL]
    assert [(step.service, step.kind, step.name) for step in path_to(email, steps)] == [
        ("gateway", "SERVER", "POST /api/study-sessions"),
        ("gateway", "CLIENT", "POST study-session-service"),
        ("study-session-service", "SERVER", "POST /api/study-sessions/<uuid:session_id>/cancel"),
        ("user-service", "CONSUMER", "process notification.requested"),
        ("user-service", "CONSUMER", MAIL),
    ]


def test_statements_are_traced_without_their_values(steps: dict[str, Step]) -> None:
    statements = [step for step in steps.values() if "db.query.text" in step.attributes]
    assert {step.service for step in statements} == {"study-session-service", "user-service"}
    assert any(
        step.attributes["db.query.text"].startswith("UPDATE study_sessions") for step in statements
    )
    assert not any(SECRET in str(step.attributes) for step in steps.values())


def test_the_platforms_own_work_starts_no_trace(
    collector: Collector, steps: dict[str, Step]
) -> None:
    roots = [step for step in collector.steps if not step.parent_id or step.kind == "SERVER"]
    assert [
        step.name for step in roots if "/api/" not in step.name and "/.well-known/" not in step.name
    ] == []


def path_to(step: Step, steps: dict[str, Step]) -> list[Step]:
    return [*(path_to(steps[step.parent_id], steps) if step.parent_id in steps else []), step]
