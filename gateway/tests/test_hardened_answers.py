"""What every answer tells browsers, whether a service, a view or the edge has made it."""

import pytest

from .support.gateway_process import Doubles, Gateway, running, settings

POLICY = "default-src 'none'; frame-ancestors 'none'"
# By a service, by a view, by the edge alone.
ANSWERS = ("/api/courses", "/healthz", "/nothing/here")


@pytest.mark.parametrize("target", ANSWERS)
def test_a_browser_makes_nothing_of_an_answer_that_is_no_page(
    gateway: Gateway, services: Doubles, target: str
) -> None:
    headers = gateway.get(target).headers
    assert headers.get_all("Content-Security-Policy") == [POLICY]
    assert headers.get_all("Referrer-Policy") == ["no-referrer"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert "Strict-Transport-Security" not in headers


def test_a_page_has_a_policy_of_its_own(gateway: Gateway) -> None:
    [policy] = gateway.get("/docs").headers.get_all("Content-Security-Policy")
    assert "script-src 'self'" in policy


def test_clients_are_told_to_use_https_where_the_platform_is_reached_by_it(
    services: Doubles, internal: Doubles
) -> None:
    environ = {**settings(services, internal), "ISSUER": "https://lyceum.example"}
    with running(environ) as gateway:
        for target in ANSWERS:
            told = gateway.get(target).headers.get_all("Strict-Transport-Security")
            assert told == ["max-age=31536000"]
