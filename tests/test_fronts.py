"""nginx and Caddy in front of the gateway, from the files in `deploy/fronts`."""

import contextlib
import http.client
import json
import ssl
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dev.ephemeral import EphemeralPlatform
from dev.platform import answers
from dev.ports import free_port
from dev.processes import spawn, wait_until
from gateway.edge.places import MOST_PER_PERSON
from gateway.routes import ROUTES

from .support.certificates import Certificate
from .support.fronts import CLIENT, JSON, NAME, Front, Reply, running
from .support.people import DEMO_PASSWORD, PATIENCE, People, Person, eventually
from .support.study_sessions import host_session, join, say

pytestmark = pytest.mark.needs("a gateway of the test's own")

FORGED = "203.0.113.7"
LARGEST = max(route.body_limit for route in ROUTES)


@pytest.fixture(scope="module")
def gateway_port(platform: EphemeralPlatform) -> Iterator[int]:
    """A gateway of the platform's services that believes this machine's fronts."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:gateway.server"]
    child = spawn(
        "gateway",
        [*command, "--graceful-timeout=1", f"--bind=127.0.0.1:{port}", "gateway.app:create_app()"],
        log=platform.layout.log("gateway-behind-fronts"),
        env={**platform.layout.gateway_settings(), "TRUSTED_PROXIES": "127.0.0.1"},
    )
    try:
        wait_until(lambda: answers(port), child.check, "gateway")
        yield port
    finally:
        child.stop()


@pytest.fixture(scope="module")
def front(
    program: str,
    gateway_port: int,
    certificate: Certificate,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    """A front of two gateways, of which one takes no connections."""
    folder = tmp_path_factory.mktemp(program)
    with running(program, folder, certificate, [free_port(), gateway_port]) as front:
        yield front


@pytest.fixture(scope="module")
def ruth(people: People) -> Person:
    return people["ruth"]


@pytest.fixture(scope="module")
def boaz(people: People) -> Person:
    return people["boaz"]


@pytest.fixture(scope="module")
def session(ruth: Person, boaz: Person) -> str:
    opened = host_session(ruth)
    join(boaz, opened)
    return opened


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.access_token}"}


def sign_in(front: Front, **headers: str) -> Reply:
    credentials = json.dumps({"login": "ruth", "password": DEMO_PASSWORD})
    return front.call("POST", "/api/auth/login", body=credentials, headers={**JSON, **headers})


def asked_of(port: int, method: str, target: str, headers: Mapping[str, str]) -> Reply:
    """The answer of a program that speaks HTTP without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, target, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())


def directly(port: int, target: str) -> Reply:
    """The answer of the gateway itself."""
    return asked_of(port, "GET", target, {})


def test_a_person_signs_in_and_reads(front: Front, ruth: Person) -> None:
    token = json.loads(sign_in(front).body)["access_token"]
    own = front.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})
    assert json.loads(own.body)["id"] == str(ruth.id)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_browsers_speak_http_2_by_tls_of_today(front: Front, version: ssl.TLSVersion) -> None:
    with front.handshake(minimum_version=version, maximum_version=version) as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_older_tls_is_refused(front: Front) -> None:
    old = ssl.TLSVersion.TLSv1_1
    warnings.simplefilter("ignore", DeprecationWarning)
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        front.handshake(minimum_version=old, maximum_version=old)


def test_only_ciphers_with_authentication_and_forward_secrecy_are_taken(front: Front) -> None:
    of_today = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}
    of_today.add("ECDHE-ECDSA-CHACHA20-POLY1305")
    with front.handshake(maximum_version=ssl.TLSVersion.TLSv1_2) as connection:
        assert connection.cipher()[0] in of_today
    others = ":".join(["ALL", *(f"!{name}" for name in sorted(of_today))])
    with pytest.raises(ssl.SSLError, match="ALERT_HANDSHAKE_FAILURE"):
        front.handshake(ciphers=others, maximum_version=ssl.TLSVersion.TLSv1_2)


def test_a_page_by_http_is_redirected_to_https(front: Front) -> None:
    answer = asked_of(front.http_port, "GET", "/problems?of=all", {"Host": NAME})
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://{NAME}/problems?of=all"


@pytest.mark.parametrize("target", ["/api/auth/login", "/web/sign-in", "/api/users/me"])
def test_a_program_that_uses_http_is_told(front: Front, target: str) -> None:
    for method in ("GET", "POST"):
        answer = asked_of(front.http_port, method, target, {"Host": NAME})
        assert answer.status == 403
        assert answer.body == b"by https alone\n"


def test_an_event_arrives_at_once(front: Front, ruth: Person, boaz: Person, session: str) -> None:
    with front.opened("GET", f"{session}/events", headers=bearer(ruth)) as stream:
        assert stream.status == 200
        for words in ("Shalom!", "Is it far?"):
            say(boaz, session, words)
            event = next_event(stream)
            assert event["content"] == words


def next_event(stream: http.client.HTTPResponse) -> Any:
    """The data of the next event."""
    for line in stream:
        if line.startswith(b"data: "):
            return json.loads(line[6:])["data"]
    raise EOFError


def test_a_stream_that_its_reader_leaves_ends_at_the_gateway(front: Front, boaz: Person) -> None:
    def opened() -> bool:
        with front.opened("GET", "/api/events", headers=bearer(boaz)) as stream:
            return stream.status == 200

    for _ in range(MOST_PER_PERSON + 2):
        eventually(opened)


@pytest.mark.parametrize("forged", [{}, {"X-Forwarded-For": FORGED}], ids=["honest", "forging"])
def test_the_gateway_sees_the_address_of_the_client(
    front: Front, platform: EphemeralPlatform, forged: dict[str, str]
) -> None:
    answer = sign_in(front, **forged)
    assert answer.status == 200
    log = platform.layout.log("user-service")
    assert eventually(lambda: addresses(log, answer.headers["X-Request-ID"])) == {CLIENT}


def addresses(log: Path, request_id: str) -> set[str]:
    """Where a request came from, according to the security log."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if request_id in line]
    return {line["client_address"] for line in lines if line.get("stream") == "security"}


@pytest.mark.parametrize(
    "target", ["/metrics", "/readyz", "/metrics?name=up", "/%6Detrics", "/ready%7A"]
)
def test_what_is_for_operators_is_not_shown(front: Front, gateway_port: int, target: str) -> None:
    assert directly(gateway_port, target).status == 200
    hidden = front.get(target)
    assert hidden.problem == (404, "not_found")
    assert hidden.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize("target", ["//metrics", "/api/../metrics", "/./readyz", "/metrics%2F"])
def test_no_other_way_leads_to_what_is_for_operators(front: Front, target: str) -> None:
    assert front.get(target).status in {400, 404}


@pytest.mark.parametrize(
    "target",
    [
        "/api//courses",
        "/api/courses%2Fnone",
        "/api/users/../courses",
        "/api/users/%2e%2e/courses",
        "/api/courses/%252e",
        "/api/courses;v=1",
        "/api/./courses",
        "/api/courses%5C",
    ],
)
def test_an_ambiguous_address_reaches_the_gateway_as_it_is(front: Front, target: str) -> None:
    assert front.get(target).problem == (400, "ambiguous_address")


@pytest.mark.parametrize(
    "target",
    [
        "/api/texts/refs/Gen%201:31",
        f"/api/texts/refs/{quote('בראשית א:א')}",
        "/api/courses?subject=%25%2F&limit=1",
        "/api/courses?" + "a" * 9000,
    ],
    ids=["escaped", "Hebrew", "query", "too long"],
)
def test_the_answer_is_that_of_the_gateway(front: Front, gateway_port: int, target: str) -> None:
    own, passed = directly(gateway_port, target), front.get(target)
    assert passed.status == own.status
    assert without_request_id(passed) == without_request_id(own)
    assert passed.headers["X-Request-ID"]
    # The gateway sends it once its own address is https.
    assert "Strict-Transport-Security" not in passed.headers


def without_request_id(reply: Reply) -> Any:
    return {**json.loads(reply.body), "request_id": None}


def test_the_id_of_a_request_is_kept(front: Front) -> None:
    followed = {"X-Request-ID": "followed-0001"}
    assert front.get("/healthz", headers=followed).headers["X-Request-ID"] == "followed-0001"


def test_an_answer_is_compressed_by_the_gateway_alone(front: Front) -> None:
    plain = front.get("/openapi.json")
    assert "Content-Encoding" not in plain.headers
    assert int(plain.headers["Content-Length"]) == len(plain.body)
    packed = front.get("/openapi.json", headers={"Accept-Encoding": "br, zstd, gzip"})
    assert packed.headers.get_all("Content-Encoding") == ["gzip"]
    assert int(packed.headers["Content-Length"]) == len(packed.body) < len(plain.body)


@pytest.mark.parametrize("size", [LARGEST, LARGEST + 1, 3 * LARGEST])
def test_the_gateway_bounds_a_body(front: Front, ruth: Person, size: int) -> None:
    headers = {**JSON, **bearer(ruth)}
    answer = front.call("POST", "/api/v2/assessments", body=b" " * size, headers=headers)
    status, code = answer.problem
    if size <= LARGEST:
        assert status < 413  # the service has read it
    else:
        assert (status, code) == (413, "body_too_large")
