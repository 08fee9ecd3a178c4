"""What is next for the caller, from all services, on one page."""

import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from chassis.clock import now
from chassis.testing import User, a_user
from gateway.routes import SERVICES

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import Asked, Double, answer, as_json

PATH = "/api/dashboard"
HOST = str(uuid4())
EMPTY = {"items": [], "next": None}
HANGS = 8  # seconds, much longer than the view waits
STUDY = {
    "id": str(uuid4()),
    "title": "Berakhot",
    "subject": "Talmud",
    "status": "starting-soon",
    "mode": "in-person",
    "start_time": "2030-01-01T10:00:00Z",
    "starts_at": "2030-01-01T10:00:00Z",
    "ends_at": "2030-01-01T11:00:00Z",
    "host_id": HOST,
    "current_participants": 1,
    "max_participants": 10,
}
WAITING = {"waitlist_position": 2, "is_active": False}
ASKED = {
    "user-service": {"/api/notifications"},
    "study-session-service": {"/api/study-sessions/mine"},
    "tutoring-service": {"/api/sessions"},
    "havruta-service": {"/api/havrutas", "/api/invitations/mine"},
    "assessment-service": {"/api/v2/session"},
}
PARTS = {
    "user-service": ["notifications"],
    "study-session-service": ["study_sessions", "waitlist"],
    "tutoring-service": ["tutoring_sessions"],
    "havruta-service": ["havrutas", "invitations"],
    "assessment-service": ["assessments"],
}


@pytest.fixture
def ruth(services: Doubles) -> User:
    """A caller that each service has an answer for."""
    for double in services.values():
        double.reply = lambda *_: as_json(EMPTY)
    services["study-session-service"].reply = lambda *_: as_json(
        {"items": [{**STUDY, "more": 1, "my_participation": WAITING}], "next": "c"}
    )
    services["user-service"].reply = people
    return a_user("ruth")


def people(asked: Asked, _: object) -> bytes:
    if "ids=" not in asked.target:
        return as_json(EMPTY)
    return as_json(
        {"items": [{"id": HOST, "username": "boaz", "display_name": "Boaz", "avatar_url": None}]}
    )


def hang(double: Double) -> Callable[..., None]:
    def reply(*_: object) -> None:
        double.stopping.wait(HANGS)

    return reply


def test_the_page_shows_every_context_with_names(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    shown = gateway.get(PATH, user=ruth).json
    named = {**STUDY, "host_username": "boaz", "host_display_name": "Boaz", "host_avatar_url": None}
    assert shown == {
        "study_sessions": {"items": [named], "next": "c"},
        "waitlist": {
            "items": [{**named, "my_participation": {"waitlist_position": 2}}],
            "next": "c",
        },
        "tutoring_sessions": EMPTY,
        "havrutas": EMPTY,
        "assessments": EMPTY,
        "invitations": EMPTY,
        "notifications": EMPTY,
    }


def test_each_part_is_asked_for_once_with_the_callers_token(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    gateway.get(PATH, user=ruth, headers={"X-Request-ID": "one-of-ours"})
    for name, double in services.items():
        asked = [call for call in double.asked if "ids=" not in call.target]
        assert {call.target.partition("?")[0] for call in asked} == ASKED[name]
        assert len({call.target for call in asked}) == len(asked) == len(PARTS[name])
        assert all((call.header("Authorization") or "").startswith("Bearer ey") for call in asked)
        assert {call.header("X-Request-ID") for call in asked} == {"one-of-ours"}


def test_what_is_asked_changes_with_the_minute(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    before = now()
    gateway.get(PATH, user=ruth)
    [asked] = services["tutoring-service"].asked
    [begins] = parse_qs(asked.target.partition("?")[2])["from"]
    found = datetime.fromisoformat(begins)
    assert before - timedelta(minutes=1) < found <= now()
    assert found.second == found.microsecond == 0


def test_all_services_are_asked_at_the_same_time(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    together = threading.Barrier(7)

    def meet(asked: Asked, _: object) -> bytes:
        if "ids=" not in asked.target:
            together.wait(5)
        return as_json(EMPTY)

    for double in services.values():
        double.reply = meet
    assert "degraded" not in gateway.get(PATH, user=ruth).json


@pytest.mark.parametrize(
    ("name", "how"),
    [
        *itertools.product(SERVICES, ["fails", "answers nonsense"]),
        ("user-service", "hangs"),
        ("havruta-service", "hangs"),
    ],
)
def test_a_failing_service_costs_only_its_own_parts(
    gateway: Gateway, services: Doubles, ruth: User, name: str, how: str
) -> None:
    failures: dict[str, Any] = {
        "hangs": hang(services[name]),
        "fails": lambda *_: answer(500),
        "answers nonsense": lambda *_: as_json({"items": [{"id": 1}], "next": None}),
    }
    services[name].reply = failures[how]
    began = time.monotonic()
    reply = gateway.get(PATH, user=ruth)
    assert time.monotonic() - began < HANGS
    assert (reply.status, reply.json["degraded"]) == (200, [name])
    assert [part for part, found in reply.json.items() if found is None] == [
        part for part in reply.json if part in PARTS[name]
    ]
    services[name].reply = people if name == "user-service" else lambda *_: as_json(EMPTY)
    while "degraded" in gateway.get(PATH, user=ruth).json:
        assert time.monotonic() - began < 10


def test_the_page_is_unavailable_when_every_service_fails(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    for double in services.values():
        double.reply = lambda *_: answer(500)
    reply = gateway.get(PATH, user=ruth)
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (
        503,
        "unavailable",
        "1",
    )


def test_the_page_needs_a_valid_token(gateway: Gateway) -> None:
    assert gateway.get(PATH).status == 401
    assert gateway.get(PATH, token="a.b.c").status == 401


def test_the_page_can_only_be_read(gateway: Gateway) -> None:
    assert gateway.post(PATH, user=a_user()).status == 405
