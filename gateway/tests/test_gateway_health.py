"""The health of the gateway and of the services."""

import re
import time

import jwt
import pytest

from chassis.telemetry.build import build_of
from chassis.testing import key_files
from gateway.health import summary
from gateway.routes import SERVICES
from gateway.states import MEMORY

from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import answer, as_json


def healthy(internal: Doubles) -> None:
    for double in internal.values():
        double.reply = lambda *_: as_json({"checks": {"database": "ok"}})
    time.sleep(MEMORY)


def test_the_liveness_check_asks_no_service(gateway: Gateway, internal: Doubles) -> None:
    for double in internal.values():
        double.asked.clear()
    assert gateway.get("/healthz").json == {"status": "ok", "service": "gateway"}
    assert not any(double.asked for double in internal.values())


def test_the_gateway_is_ready_when_every_service_is(gateway: Gateway, internal: Doubles) -> None:
    healthy(internal)
    reply = gateway.get("/readyz")
    assert (reply.status, reply.json["status"]) == (200, "ready")
    assert reply.json["checks"] == dict.fromkeys(SERVICES, "ok")


def test_each_service_is_asked_with_a_token_for_its_audience(
    gateway: Gateway, internal: Doubles
) -> None:
    healthy(internal)
    gateway.get("/readyz")
    for name, double in internal.items():
        (asked,) = double.asked
        token = (asked.header("Authorization") or "").removeprefix("Bearer ")
        key = key_files().service_keys["gateway"].public_key()
        assert asked.target == "/internal/status"
        assert jwt.decode(token, key, ["ES256"], audience=name)["iss"] == "gateway"


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (as_json({"checks": {"database": "ok", "cache": "degraded"}}), "degraded"),
        (as_json({"checks": {"database": "failed", "cache": "degraded"}}), "failed"),
        (as_json({"checks": {}}), "ok"),
        (as_json({"checks": {"database": "wonderful"}}), "unreachable"),
        (as_json({"checks": [1]}), "unreachable"),
        (as_json([]), "unreachable"),
        (answer(401), "unreachable"),
        (answer(200, b"nonsense"), "unreachable"),
    ],
)
def test_the_state_of_a_service_is_that_of_its_worst_check(
    gateway: Gateway, internal: Doubles, reply: bytes, state: str
) -> None:
    healthy(internal)
    internal["havruta-service"].reply = lambda *_: reply
    answered = gateway.get("/readyz")
    assert answered.status == 200
    assert answered.json["checks"] == {**dict.fromkeys(SERVICES, "ok"), "havruta-service": state}


def test_a_scrape_tells_which_services_can_be_used(gateway: Gateway, internal: Doubles) -> None:
    healthy(internal)
    internal["havruta-service"].reply = lambda *_: as_json({"checks": {"database": "failed"}})
    internal["tutoring-service"].reply = lambda *_: as_json({"checks": {"keys": "degraded"}})
    shown = gateway.get("/metrics").body.decode()
    found = dict(re.findall(r'service_ready{service="(.+)"} (.+)', shown))
    assert found == {**dict.fromkeys(SERVICES, "1.0"), "havruta-service": "0.0"}


def test_readiness_checks_ask_a_service_at_most_once_a_second(
    gateway: Gateway, internal: Doubles
) -> None:
    healthy(internal)
    began = time.monotonic()
    for _ in range(20):
        gateway.get("/readyz")
    passed = time.monotonic() - began
    assert len(internal["havruta-service"].asked) <= 1 + passed / MEMORY


def test_readiness_has_one_version_when_all_programs_are_of_it(
    services: Doubles, internal: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"version": build_of("gateway").version, "revision": "5e3a8a0"}
    for double in internal.values():
        double.reply = lambda *_: as_json({"checks": {}, **own, "zone": "newer than this gateway"})
    monkeypatch.setenv("REVISION", "5e3a8a0")
    with running(settings(services, internal)) as gateway:
        assert gateway.get("/readyz").json["versions"] == [
            {**own, "programs": ["gateway", *SERVICES]}
        ]
        shown = gateway.get("/metrics").body.decode()
    assert f'build_info{{revision="5e3a8a0",version="{own["version"]}"}} 1.0\n' in shown


def test_readiness_tells_programs_of_other_versions_apart(
    gateway: Gateway, internal: Doubles
) -> None:
    said = {
        "user-service": {"version": "99.0.0", "revision": "5e3a8a0"},
        "study-session-service": {"version": "99.0.0", "revision": "5e3a8a0"},
        "tutoring-service": {"version": "99.0.0", "revision": None},
        "havruta-service": {},
        "assessment-service": {"version": 99, "revision": ["5e3a8a0"]},
    }
    healthy(internal)
    for name, build in said.items():
        reply = as_json({"checks": {}, **build})
        internal[name].reply = lambda *_, reply=reply: reply
    answered = gateway.get("/readyz")
    assert answered.json["status"] == "ready"
    found = [tuple(each.values()) for each in answered.json["versions"]]
    assert found[1:] == [
        ("99.0.0", "5e3a8a0", ["user-service", "study-session-service"]),
        ("99.0.0", None, ["tutoring-service"]),
        (None, None, ["havruta-service", "assessment-service"]),
    ]
    assert found[0][2] == ["gateway"]


def test_a_service_that_does_not_answer_has_no_version(gateway: Gateway, internal: Doubles) -> None:
    healthy(internal)
    internal["havruta-service"].reply = lambda *_: answer(500)
    versions = gateway.get("/readyz").json["versions"]
    named = [program for each in versions for program in each["programs"]]
    assert named == ["gateway", *(name for name in SERVICES if name != "havruta-service")]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["ok", "ok"], "ready"),
        (["ok", "degraded"], "ready"),
        (["ok", "failed"], "degraded"),
        (["unreachable", "degraded"], "degraded"),
        (["failed", "unreachable"], "unavailable"),
    ],
)
def test_the_gateway_is_unavailable_only_without_a_usable_service(
    states: list[str], expected: str
) -> None:
    assert summary(dict(enumerate(states))) == expected
