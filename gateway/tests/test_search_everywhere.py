"""One search in all contexts."""

from typing import Any
from uuid import uuid4

import pytest

from chassis.testing import User, a_user

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import answer, as_json

NOTHING = {"items": [], "next": None}
PARTS = {
    "study-session-service": "study_sessions",
    "tutoring-service": "courses",
    "havruta-service": "texts",
    "user-service": "people",
}


@pytest.fixture
def ruth(services: Doubles) -> User:
    for double in services.values():
        double.reply = lambda *_: as_json(NOTHING)
    return a_user("ruth")


def test_every_context_receives_the_same_query(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    assert gateway.get("/api/search?q=a%26b%20%D7%90&limit=7", user=ruth).json == dict.fromkeys(
        PARTS.values(), NOTHING
    )
    asked = {call.target for double in services.values() for call in double.asked}
    assert asked == {
        "/api/study-sessions?q=a%26b%20%D7%90&series=next&limit=7",
        "/api/courses?q=a%26b%20%D7%90&limit=7",
        "/api/texts?q=a%26b%20%D7%90&limit=7",
        "/api/users/search?q=a%26b%20%D7%90&limit=7",
    }


def test_found_courses_come_with_names(gateway: Gateway, services: Doubles, ruth: User) -> None:
    course = {"id": 7, "title": "Talmud", "subject": None, "tutor_id": str(uuid4())}
    services["tutoring-service"].reply = lambda *_: as_json(
        {"items": [{**course, "version": 1}], "next": "c"}
    )
    found = gateway.get("/api/search?q=talmud", user=ruth).json["courses"]
    unknown = {"tutor_username": None, "tutor_display_name": None, "tutor_avatar_url": None}
    assert found == {"items": [{**course, **unknown}], "next": "c"}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(
    "reply", [answer(500), answer(429), as_json({"items": [{}], "next": None})]
)
def test_a_failing_service_costs_only_its_own_results(
    gateway: Gateway, services: Doubles, ruth: User, name: str, reply: bytes
) -> None:
    assert gateway.get("/api/search?q=x", user=ruth).status == 200
    services[name].reply = lambda *_: reply
    found: dict[str, Any] = gateway.get("/api/search?q=x", user=ruth).json
    assert found == {
        **dict.fromkeys(PARTS.values(), NOTHING),
        PARTS[name]: None,
        "degraded": [name],
    }


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=+", "q=a&q=b", "q=a&page=2", "q=a&limit=21", "q=a&limit=x", "q=" + "a" * 51],
)
def test_an_invalid_query_is_refused_before_any_service_is_asked(
    gateway: Gateway, services: Doubles, ruth: User, query: str
) -> None:
    refused = gateway.get(f"/api/search?{query}", user=ruth)
    assert (refused.status, refused.json["errors"][0]["pointer"][0]) == (422, "?")
    assert not any(double.asked for double in services.values())


def test_the_search_needs_a_token(gateway: Gateway) -> None:
    assert gateway.get("/api/search?q=x").status == 401
