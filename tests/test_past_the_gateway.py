"""A client that goes past the gateway, or through it by a trick, gains nothing."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis.auth.service_tokens import ServiceIdentity
from dev.ephemeral import EphemeralPlatform
from dev.services import GATEWAY, SERVICES

from .support.forged_tokens import Issuer
from .support.operations import path_for_signed_in
from .support.people import People, Person
from .support.study_sessions import host_session

NAMES = [service.name for service in SERVICES]
SERVICE_KEYS = "the services' keys and own addresses"
ADMIN = "00000000-0000-4000-8000-000000000000"
SPOOFED = {
    **dict.fromkeys(
        ("X-User-Id", "X_User_Id", "x-user-id", "X-User", "X-Authenticated-User", "Remote-User"),
        ADMIN,
    ),
    **dict.fromkeys(("X-Roles", "X-User-Roles", "X-Role"), "admin"),
    **dict.fromkeys(("X-Original-URL", "X-Rewrite-URL"), "/internal/status"),
    "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-User": ADMIN,
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/internal",
    "Forwarded": "for=127.0.0.1;host=evil.example",
    "Proxy-Authorization": "Bearer admin",
    "Subject-Token": "admin",
    "Cookie": f"user_id={ADMIN}; role=admin",
    "Connection": "keep-alive, Authorization, X-User-Id",
    "SCRIPT_NAME": "/internal",
}
TRICKS = (
    "/internal/{room}",
    "//internal/{room}",
    "/./internal/{room}",
    "/INTERNAL/{room}",
    "/internal;x/{room}",
    "/api/../internal/{room}",
    "/api/users/../../internal/{room}",
    "/api/study-sessions/../../internal/{room}",
    "/api/study-sessions/%2e%2e/%2e%2e/internal/{room}",
    "/api/study-sessions/..%2f..%2finternal/{room}",
    "/api/study-sessions/%252e%252e/%252e%252e/internal/{room}",
    "/api/study-sessions/.%2e/.%2e/internal/{room}",
    "/api/study-sessions/..\\..\\internal\\{room}",
    "/api/study-sessions/..%5c..%5cinternal/{room}",
    "/api/study-sessions/..;/..;/internal/{room}",
    "/api/study-sessions/%00/../../internal/{room}",
    "/api/study-sessions%2f..%2f..%2finternal/{room}",
    "/api/study-sessions%3f/../../internal/{room}",
    "/api/study-sessions%23/../../internal/{room}",
    "/api/study-sessions%0d%0a/internal/{room}",
    "/api/study-sessions/internal/{room}",
    "http://127.0.0.1/internal/{room}",
)


@pytest.fixture(scope="module")
def ruth(people: People) -> Person:
    return people["ruth"]


@pytest.fixture(scope="module")
def boaz(people: People) -> Person:
    return people["boaz"]


@pytest.fixture(scope="module")
def room(ruth: Person) -> str:
    """The path, below `/internal/`, at which a service is asked about a room of Ruth's."""
    return f"rooms/study-session/{host_session(ruth).rpartition('/')[2]}"


def identity(platform: EphemeralPlatform, name: str) -> ServiceIdentity:
    key: Any = load_pem_private_key(platform.layout.keys.private(name).read_bytes(), None)
    return ServiceIdentity(name, key, name)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def status(platform: EphemeralPlatform, name: str, token: str | None) -> int:
    """What a service's internal listener answers to the holder of this token."""
    headers = bearer(token) if token else {}
    return requests.get(
        f"{platform.internal_url(name)}/internal/status", headers=headers, timeout=15
    ).status_code


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The public address of the program that the parameter names."""
    if request.param == GATEWAY:
        return str(request.getfixturevalue("gateway"))
    return str(request.getfixturevalue("platform").service_url(request.param))


def at(*names: str) -> pytest.MarkDecorator:
    """Run the test at the address of each of these programs."""
    needs = pytest.mark.needs("the services' own addresses")
    programs = [pytest.param(name, marks=[] if name == GATEWAY else [needs]) for name in names]
    return pytest.mark.parametrize("address", programs, indirect=True)


@at(GATEWAY, *NAMES)
def test_spoofed_headers_do_not_change_the_answer(address: str, ruth: Person) -> None:
    url = f"{address}{path_for_signed_in(address)}"
    plain = requests.get(url, headers=bearer(ruth.access_token), timeout=15)
    spoofed = requests.get(url, headers=bearer(ruth.access_token) | SPOOFED, timeout=15)
    assert (spoofed.status_code, spoofed.json()) == (plain.status_code, plain.json())
    assert requests.get(url, headers=SPOOFED, timeout=15).status_code == 401


@at(GATEWAY, "user-service")
def test_spoofed_headers_do_not_change_the_caller(address: str, ruth: Person) -> None:
    headers = bearer(ruth.access_token) | SPOOFED
    assert requests.get(f"{address}/api/users/me", headers=headers, timeout=15).json()["id"] == str(
        ruth.id
    )


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_with_an_address_lets_no_person_inside(
    gateway: str, ruth: Person, room: str, trick: str
) -> None:
    status, body = raw_get(gateway, trick.format(room=room), bearer(ruth.access_token))
    assert status in {400, 401, 404}
    assert json.loads(body)["status"] == status


@pytest.mark.needs(SERVICE_KEYS)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_with_an_address_lets_no_service_inside(
    platform: EphemeralPlatform, ruth: Person, room: str, trick: str
) -> None:
    token = identity(platform, GATEWAY).token_for("study-session-service")
    before = asked_about_rooms(platform)
    status, body = raw_get(platform.gateway_url, trick.format(room=room), bearer(token))
    assert status in {400, 401, 404}
    assert json.loads(body)["status"] == status
    raw_get(platform.gateway_url, trick.format(room=room), bearer(ruth.access_token))
    assert asked_about_rooms(platform) == before


def raw_get(address: str, target: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Ask for exactly this target: no client library tidies it up."""
    gateway = urlsplit(address)
    assert gateway.hostname
    connection = http.client.HTTPConnection(gateway.hostname, gateway.port, timeout=15)
    try:
        connection.putrequest("GET", target)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def asked_about_rooms(platform: EphemeralPlatform) -> list[str]:
    """How often the study-session-service was asked about a room, by what it answered."""
    metrics = requests.get(
        f"{platform.service_url('study-session-service')}/metrics", timeout=15
    ).text
    return [
        line
        for line in metrics.splitlines()
        if line.startswith("http_requests_total") and "/internal/rooms" in line
    ]


@pytest.mark.needs(SERVICE_KEYS)
@pytest.mark.parametrize("name", NAMES)
def test_the_internal_listener_is_for_services_only(
    platform: EphemeralPlatform, issuer: Issuer, ruth: Person, name: str
) -> None:
    gateway = identity(platform, GATEWAY)
    other = next(other for other in NAMES if other != name)
    stranger = ServiceIdentity(GATEWAY, ec.generate_private_key(ec.SECP256R1()), GATEWAY)
    assert status(platform, name, gateway.token_for(name)) == 200
    refused = {
        "no token": None,
        "a person's token": ruth.access_token,
        "an administrator's token": issuer.valid(),
        "a token for another service": gateway.token_for(other),
        "a token for no service": gateway.token_for(""),
        "a token of an unknown service": ServiceIdentity("nobody", gateway.key, "nobody").token_for(
            name
        ),
        "another's key under the gateway's name": stranger.token_for(name),
        "an old token": an_old_token(gateway, name),
    }
    assert {
        what: status(platform, name, token) for what, token in refused.items()
    } == dict.fromkeys(refused, 401)


def an_old_token(sender: ServiceIdentity, callee: str) -> str:
    past = int(time.time()) - 120
    claims = {
        "iss": sender.name,
        "sub": sender.name,
        "aud": callee,
        "iat": past,
        "exp": past + 60,
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, sender.key, "ES256", headers={"typ": "svc+jwt", "kid": sender.name})


@pytest.mark.needs(SERVICE_KEYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_service_token_is_good_once(platform: EphemeralPlatform, name: str) -> None:
    token = identity(platform, GATEWAY).token_for(name)
    assert [status(platform, name, token) for _ in range(2)] == [200, 401]


@pytest.mark.needs(SERVICE_KEYS)
@pytest.mark.parametrize("name", NAMES)
def test_each_listener_answers_its_own_addresses_only(
    platform: EphemeralPlatform, ruth: Person, name: str
) -> None:
    token = identity(platform, GATEWAY).token_for(name)
    outside = f"{platform.service_url(name)}/internal/status"
    inside = f"{platform.internal_url(name)}{path_for_signed_in(platform.service_url(name))}"
    assert requests.get(outside, headers=bearer(token), timeout=15).status_code == 404
    assert requests.get(inside, headers=bearer(ruth.access_token), timeout=15).status_code == 404


@pytest.mark.needs(SERVICE_KEYS)
def test_a_service_call_for_a_person_gets_what_they_may_see(
    platform: EphemeralPlatform, ruth: Person, boaz: Person, room: str
) -> None:
    def answer(person: Person | None) -> int:
        headers = bearer(identity(platform, GATEWAY).token_for("study-session-service"))
        if person:
            headers["Subject-Token"] = person.access_token
        url = f"{platform.internal_url('study-session-service')}/internal/{room}"
        return requests.get(url, headers=headers, timeout=15).status_code

    before = asked_about_rooms(platform)
    assert [answer(person) for person in (ruth, boaz, None)] == [200, 403, 401]
    assert asked_about_rooms(platform) != before


@pytest.mark.needs(SERVICE_KEYS)
@pytest.mark.parametrize("name", [GATEWAY, *NAMES])
def test_a_services_own_key_signs_no_valid_access_token(
    platform: EphemeralPlatform, issuer: Issuer, name: str
) -> None:
    key = identity(platform, name).key
    forged = [issuer.sign(issuer.claims(), {"kid": kid}, key) for kid in (name, issuer.kid)]
    path = path_for_signed_in(platform.gateway_url)
    urls = [f"{platform.gateway_url}{path}"]
    urls += [f"{url}{path_for_signed_in(url)}" for url in map(platform.service_url, NAMES)]
    answers = {
        requests.get(url, headers=bearer(token), timeout=15).status_code
        for url in urls
        for token in forged
    }
    assert answers == {401}
