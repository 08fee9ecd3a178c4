"""Everything that the services hold about a person."""

import jwt
import pytest

from chassis.testing import a_user
from gateway.routes import SERVICES

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import answer, as_json

PATH = "/api/me/export"


def test_an_export_holds_the_data_of_each_service(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    for name, double in internal.items():
        double.reply = lambda _, __, name=name: as_json({"rows": [name], "none": None})
    ruth = a_user()
    reply = gateway.get(PATH, user=ruth)
    parts = ["account", "study_sessions", "tutoring", "havrutas", "assessments"]
    assert reply.json.pop("exported_at").endswith("Z")
    assert {name: reply.json[name] for name in parts} == {
        part: {"rows": [name], "none": None} for part, name in zip(parts, SERVICES, strict=True)
    }
    assert reply.json["user_id"] == str(ruth.id)
    assert reply.headers["Content-Disposition"].startswith("attachment")
    for double in internal.values():
        [asked] = double.asked
        assert asked.target == "/internal/export"
        assert (subject(asked.header("Authorization")), subject(asked.header("Subject-Token"))) == (
            "gateway",
            str(ruth.id),
        )
    assert not any(double.asked for double in services.values())


def subject(header: str | None) -> str:
    token = (header or "").removeprefix("Bearer ")
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("reply", [answer(500), as_json([]), answer(200, b"{"), answer(403)])
def test_an_export_is_complete_or_unavailable(
    gateway: Gateway, internal: Doubles, name: str, reply: bytes
) -> None:
    for double in internal.values():
        double.reply = lambda *_: as_json({})
    assert gateway.get(PATH, user=a_user()).status == 200
    internal[name].reply = lambda *_: reply
    refused = gateway.get(PATH, user=a_user())
    assert (refused.status, refused.json["code"]) == (503, "unavailable")
    assert name in refused.json["detail"]


def test_an_export_may_be_larger_than_any_other_answer(gateway: Gateway, internal: Doubles) -> None:
    words = "x" * (6 * 1024 * 1024)
    for double in internal.values():
        double.reply = lambda *_: as_json({})
    internal["study-session-service"].reply = lambda *_: as_json({"messages": [words]})
    assert gateway.get(PATH, user=a_user()).json["study_sessions"] == {"messages": [words]}


def test_an_export_needs_a_token(gateway: Gateway, internal: Doubles) -> None:
    assert gateway.get(PATH).status == 401
    assert not any(double.asked for double in internal.values())
