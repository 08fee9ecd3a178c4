"""What a signed-in person may see of another person."""

from typing import Any
from uuid import uuid4

import pytest

from chassis.testing import User, a_user

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import answer, as_json

PERSON = str(uuid4())
PATH = f"/api/users/{PERSON}/overview"
PROFILE = {
    "id": PERSON,
    "username": "boaz",
    "display_name": "Boaz",
    "avatar_url": None,
    "bio": None,
    "created_at": "2026-01-01T00:00:00Z",
}
PAGE = {"items": [], "next": None}
RATING = {"average": 4.5, "count": 2}
EXPERIENCE = {"total_xp": 30, "assessments_completed": 1}
STUDIED = {"sessions": 3, "minutes": 170}
WHOLE = {
    "profile": PROFILE,
    "study_sessions": PAGE,
    "courses": PAGE,
    "rating": RATING,
    "havrutas": STUDIED,
    "experience": EXPERIENCE,
}


@pytest.fixture
def ruth(services: Doubles, internal: Doubles) -> User:
    services["user-service"].reply = lambda *_: as_json({**PROFILE, "email": "secret"})
    services["study-session-service"].reply = lambda *_: as_json(PAGE)
    services["tutoring-service"].reply = lambda asked, _: as_json(
        RATING if "rating" in asked.target else PAGE
    )
    services["assessment-service"].reply = lambda *_: as_json(EXPERIENCE)
    internal["havruta-service"].reply = lambda *_: as_json(STUDIED)
    return a_user("ruth")


def test_an_overview_shows_a_profile_and_the_persons_activity(gateway: Gateway, ruth: User) -> None:
    assert gateway.get(PATH, user=ruth).json == WHOLE


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("study-session-service", ["study_sessions"]),
        ("tutoring-service", ["courses", "rating"]),
        ("assessment-service", ["experience"]),
    ],
)
@pytest.mark.parametrize("reply", [answer(500), as_json({"total_xp": "much"})])
def test_the_parts_of_a_failing_service_are_null(
    gateway: Gateway, services: Doubles, ruth: User, name: str, parts: list[str], reply: bytes
) -> None:
    assert gateway.get(PATH, user=ruth).status == 200
    services[name].reply = lambda *_: reply
    shown: dict[str, Any] = gateway.get(PATH, user=ruth).json
    assert shown == {**WHOLE, **dict.fromkeys(parts), "degraded": [name]}


@pytest.mark.parametrize(
    ("reply", "status"), [(as_json({}, 404), 404), (answer(500), 503), (as_json({}), 503)]
)
def test_an_overview_without_a_profile_is_an_error(
    gateway: Gateway, services: Doubles, ruth: User, reply: bytes, status: int
) -> None:
    services["user-service"].reply = lambda *_: reply
    assert gateway.get(PATH, user=ruth).status == status


def test_the_overview_needs_a_token(gateway: Gateway) -> None:
    assert gateway.get(PATH).status == 401


def test_other_addresses_of_profiles_go_to_the_user_service(
    gateway: Gateway, services: Doubles
) -> None:
    gateway.get(f"/api/users/{PERSON}")
    gateway.get("/api/users/x/overview")
    assert [asked.target for asked in services["user-service"].asked] == [
        f"/api/users/{PERSON}",
        "/api/users/x/overview",
    ]
