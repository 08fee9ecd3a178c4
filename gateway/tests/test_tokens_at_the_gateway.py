"""Which tokens the gateway refuses."""

import json
import runpy
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from chassis import testing
from chassis.testing import a_user, key_files, token_for
from gateway.account_events import STREAM

from .support.account_events import an_event, end_sign_in, publish
from .support.gateway_process import Doubles, Gateway, Reply, running, settings
from .support.upstream_doubles import Double, answer

FORGERY = runpy.run_path(str(Path(__file__).parents[2] / "tests" / "support" / "forged_tokens.py"))
ISSUER = FORGERY["Issuer"](key_files().signing_key, testing.KID, testing.ISSUER)
FORGED: dict[str, str] = FORGERY["forged_tokens"](ISSUER)

NOWHERE = dict.fromkeys(("CACHE_URL", "EVENTS_URL"), "redis://127.0.0.1:1/0")
TUTORING = "tutoring-service"
USER = "user-service"


def test_there_are_enough_forgeries() -> None:
    assert len(FORGED) >= 40


@pytest.mark.parametrize("path", ["/api/courses", "/api/users/me"])
def test_the_token_that_the_forgeries_are_made_from_is_accepted(
    gateway: Gateway, services: Doubles, path: str
) -> None:
    assert gateway.get(path, token=ISSUER.valid()).status == 200


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_token_is_refused_and_reaches_no_service(
    gateway: Gateway, services: Doubles, forgery: str
) -> None:
    head = "GET /api/courses HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    answered = gateway.raw(
        f"{head}Authorization: Bearer {FORGED[forgery]}\r\n\r\n".encode("latin-1")
    )
    too_long_for_a_header = len(FORGED[forgery]) > 8000
    assert answered.startswith(b"HTTP/1.1 431" if too_long_for_a_header else b"HTTP/1.1 401")
    assert too_long_for_a_header or b'"code":"invalid_token"' in answered
    assert services[TUTORING].asked == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "bearer x y", "Token x"])
def test_an_authorization_that_is_no_bearer_token_is_refused(
    gateway: Gateway, services: Doubles, header: str
) -> None:
    reply = gateway.get("/api/courses", headers={"Authorization": header})
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert services[TUTORING].asked == []


def test_a_request_without_a_token_is_left_to_the_service(
    gateway: Gateway, services: Doubles
) -> None:
    assert gateway.get("/api/courses").status == 200


@pytest.mark.parametrize("path", ["/api/users/me", "/api/users/me/password", "/api/notifications"])
def test_a_personal_address_needs_a_token(gateway: Gateway, services: Doubles, path: str) -> None:
    reply = gateway.get(path)
    assert (reply.status, reply.json["code"]) == (401, "unauthorized")
    assert services[USER].asked == []


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/register", "/api/auth/refresh"])
def test_an_expired_token_does_not_prevent_a_new_sign_in(
    gateway: Gateway, services: Doubles, path: str
) -> None:
    assert gateway.post(path, body=b"{}", token=FORGED["expired"]).status == 200


def test_the_service_receives_the_token_unchanged(gateway: Gateway, services: Doubles) -> None:
    token = token_for(a_user())
    gateway.get("/api/courses", token=token)
    assert services[TUTORING].asked[0].header("Authorization") == f"Bearer {token}"


def refused_soon(gateway: Gateway, token: str) -> Reply:
    """The answer once the token is refused. The events come by Redis."""
    end = time.monotonic() + 5
    while (reply := gateway.get("/api/courses", token=token)).status == 200:
        assert time.monotonic() < end, "the token is still accepted"
        time.sleep(0.02)
    return reply


def test_a_token_is_refused_when_its_sign_in_has_ended(gateway: Gateway, services: Doubles) -> None:
    ended, active = str(uuid4()), token_for(a_user(), sid=str(uuid4()))
    token = token_for(a_user(), sid=ended)
    assert gateway.get("/api/courses", token=token).status == 200
    end_sign_in(ended)
    refused = refused_soon(gateway, token)
    assert (refused.status, refused.json["code"]) == (401, "token_revoked")
    assert "invalid_token" in refused.headers["WWW-Authenticate"]
    assert gateway.get("/api/courses", token=active).status == 200


def test_a_token_says_the_roles_that_the_account_has(gateway: Gateway, services: Doubles) -> None:
    tutor = a_user("ruth", "tutor")
    token = token_for(tutor)
    assert gateway.get("/api/courses", token=token).status == 200
    publish("user.roles_changed", str(tutor.id), 7, roles=["learner"])
    refused = refused_soon(gateway, token)
    assert (refused.status, refused.json["code"]) == (401, "token_outdated")
    # Older news that come later change nothing.
    publish("user.roles_changed", str(tutor.id), 6, roles=["learner", "tutor"])
    end_sign_in(last := str(uuid4()))
    refused_soon(gateway, token_for(a_user(), sid=last))
    assert gateway.get("/api/courses", token=token).status == 401
    learner = replace(tutor, roles=("learner",))
    assert gateway.get("/api/courses", token=token_for(learner)).status == 200


def test_an_event_that_the_user_service_did_not_sign_ends_no_sign_in(
    gateway: Gateway, services: Doubles
) -> None:
    kept, ended = str(uuid4()), str(uuid4())
    forged = an_event("sign_in.ended", kept, user_id=str(uuid4()))
    with redis.Redis.from_url(testing.redis_url()) as connection:
        connection.xadd(STREAM, {"event": json.dumps(forged)})
        connection.xadd(STREAM, testing.signed(forged, by="tutoring-service"))
        signature = testing.signed({**forged, "aggregate_id": ended})["signature"]
        connection.xadd(STREAM, {"event": json.dumps(forged), "signature": signature})
        connection.xadd(STREAM, {"event": "no JSON", "signature": signature})
        connection.xadd(STREAM, {"other": "field"})
    end_sign_in(ended)
    refused_soon(gateway, token_for(a_user(), sid=ended))
    assert gateway.get("/api/courses", token=token_for(a_user(), sid=kept)).status == 200
    assert 'events_refused_total{stream="events:user-service"} 5.0' in figures(gateway)


def figures(gateway: Gateway) -> str:
    return gateway.get("/metrics").body.decode()


def test_a_gateway_that_starts_knows_which_sign_ins_have_ended(
    services: Doubles, internal: Doubles
) -> None:
    ended = str(uuid4())
    end_sign_in(ended)
    with running(settings(services, internal)) as gateway:
        refused = gateway.get("/api/courses", token=token_for(a_user(), sid=ended))
    assert (refused.status, refused.json["code"]) == (401, "token_revoked")


@pytest.fixture
def jwks(services: Doubles, internal: Doubles) -> Iterator[Double]:
    """A key server separate from the user-service's double."""
    double = Double()
    double.reply = lambda *_: answer(200, (key_files().directory / "jwks.json").read_bytes())
    yield double
    double.stop()


def test_known_keys_stay_in_use_while_their_server_is_down(
    services: Doubles, internal: Doubles, jwks: Double
) -> None:
    with running({**settings(services, internal), "JWKS_URL": f"{jwks.url}/jwks.json"}) as gateway:
        assert gateway.get("/api/courses", user=a_user()).status == 200
        jwks.stop()
        assert gateway.get("/api/courses", user=a_user()).status == 200
        assert gateway.get("/api/courses", token=FORGED["an unknown key id"]).status == 401


def test_only_requests_with_a_token_fail_while_there_are_no_keys(
    services: Doubles, internal: Doubles
) -> None:
    with running(
        {**settings(services, internal), "JWKS_URL": "http://127.0.0.1:1/jwks.json"}
    ) as gateway:
        reply = gateway.get("/api/courses", user=a_user())
        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert gateway.get("/api/courses").status == 200


def test_unknown_key_ids_do_not_cause_further_fetches(
    services: Doubles, internal: Doubles, jwks: Double
) -> None:
    with running({**settings(services, internal), "JWKS_URL": f"{jwks.url}/jwks.json"}) as gateway:
        for number in range(20):
            token = ISSUER.sign(ISSUER.claims(), {"kid": f"unknown-{number}"})
            assert gateway.get("/api/courses", token=token).status == 401
    assert len(jwks.asked) == 1


def test_valid_tokens_are_accepted_without_redis(services: Doubles, internal: Doubles) -> None:
    with running({**settings(services, internal), **NOWHERE}) as gateway:
        assert [gateway.get("/api/courses", user=a_user()).status for _ in range(5)] == [200] * 5
