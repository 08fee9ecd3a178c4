"""A request of a page of the platform, whose cookie counts as its token."""

import http.client
import runpy
from pathlib import Path
from uuid import uuid4

import pytest

from chassis import testing
from chassis.testing import User, a_user, key_files, token_for
from gateway.edge.headers import understand

from .support.account_events import end_sign_in
from .support.event_loop import wait_until
from .support.gateway_process import Doubles, Gateway, Reply, running, settings
from .support.upstream_doubles import answer

FORGERY = runpy.run_path(str(Path(__file__).parents[2] / "tests" / "support" / "forged_tokens.py"))
ISSUER = FORGERY["Issuer"](key_files().signing_key, testing.KID, testing.ISSUER)
TUTORING, USER = "tutoring-service", "user-service"
PAGE, BY_HAND = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}
PERSONAL = "/api/users/me"


def asked(
    gateway: Gateway, token: str, method: str = "GET", path: str = PERSONAL, **headers: str
) -> Reply:
    """What a request is answered that has this token in its cookie."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.call(method, path, headers={"Cookie": f"lyceum-access={token}", **sent})


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


def test_the_cookie_of_a_page_counts_as_a_token(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    token = token_for(ruth)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        assert asked(gateway, token, method, Sec_Fetch_Site="same-origin").status == 200
    for received in services[USER].asked:
        assert received.header("Authorization") == f"Bearer {token}"
        assert received.header("Cookie") is None
        assert received.header("Sec-Fetch-Site") is None


def test_the_cookie_counts_for_a_link_that_a_person_follows(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    for method, status in (("GET", 200), ("HEAD", 200), ("POST", 401), ("DELETE", 401)):
        assert asked(gateway, token_for(ruth), method, Sec_Fetch_Site="none").status == status
    assert len(services[USER].asked) == 2


@pytest.mark.parametrize(
    "site", [None, "cross-site", "same-site", "", "Same-Origin", "none, same-origin"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_cookie_is_not_looked_at_where_another_site_may_ask(
    gateway: Gateway, services: Doubles, ruth: User, site: str | None, method: str
) -> None:
    headers = {} if site is None else {"Sec_Fetch_Site": site}
    refused = asked(gateway, token_for(ruth), method, **headers)
    assert (refused.status, refused.json["code"]) == (401, "unauthorized")
    # What anyone may ask is answered, even if the cookie is of no use.
    assert asked(gateway, "x", method, "/api/courses", **headers).status == 200
    assert services[TUTORING].asked[0].header("Authorization") is None


def test_two_words_on_the_site_are_none(gateway: Gateway, services: Doubles, ruth: User) -> None:
    lines = "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin\r\n"
    head = f"GET {PERSONAL} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}"
    told = gateway.raw(f"{head}Cookie: lyceum-access={token_for(ruth)}\r\n\r\n".encode())
    assert told.startswith(b"HTTP/1.1 401")


def test_a_token_that_is_sent_counts_before_the_cookie(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    own, other = token_for(ruth), token_for(a_user("boaz"))
    asked(gateway, other, Authorization=f"Bearer {own}", **{"Sec-Fetch-Site": "same-origin"})
    assert services[USER].asked[0].header("Authorization") == f"Bearer {own}"
    for wrong in ("", "Bearer x.y.z", "Basic eDp5"):
        headers = {"Authorization": wrong, "Sec-Fetch-Site": "same-origin"}
        assert asked(gateway, own, **headers).status == 401


@pytest.mark.parametrize("path", [PERSONAL, "/api/courses", "/api/dashboard"])
@pytest.mark.parametrize("wrong", ["x", "x.y.z", "expired", "a b", "two"])
def test_a_cookie_that_is_not_valid_is_refused_as_a_token_is(
    gateway: Gateway, services: Doubles, ruth: User, path: str, wrong: str
) -> None:
    token = wrong
    if wrong == "expired":
        token = FORGERY["forged_tokens"](ISSUER)["expired"]
    if wrong == "two":
        token = f"{token_for(ruth)}; lyceum-access={token_for(a_user())}"
    refused = asked(gateway, token, path=path, Sec_Fetch_Site="same-origin")
    assert (refused.status, refused.json["code"]) == (401, "invalid_token")
    assert services[USER].asked == services[TUTORING].asked == []


def test_an_empty_cookie_is_none(gateway: Gateway, services: Doubles) -> None:
    refused = asked(gateway, "", Sec_Fetch_Site="same-origin")
    assert (refused.status, refused.json["code"]) == (401, "unauthorized")
    assert asked(gateway, "", path="/api/courses", Sec_Fetch_Site="same-origin").status == 200


def test_the_cookie_of_an_ended_sign_in_is_refused(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    sign_in = str(uuid4())
    token = token_for(ruth, sid=sign_in)
    assert asked(gateway, token, Sec_Fetch_Site="same-origin").status == 200
    end_sign_in(sign_in)
    wait_until(lambda: asked(gateway, token, Sec_Fetch_Site="same-origin").status == 401)
    assert asked(gateway, token, Sec_Fetch_Site="same-origin").json["code"] == "token_revoked"


def test_each_request_of_a_connection_counts_by_its_own_headers(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    cookie = {"Cookie": f"a=b; lyceum-access={token_for(ruth)}; lyceum-signed-in=1"}
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    statuses = []
    asks = [
        ("GET", PERSONAL, {**cookie, **PAGE}),
        ("POST", PERSONAL, {**cookie, **PAGE}),
        ("GET", PERSONAL, cookie),
        ("GET", PERSONAL, {**cookie, **BY_HAND}),
        ("POST", PERSONAL, {**cookie, **BY_HAND}),
        ("GET", PERSONAL, {**cookie, **BY_HAND}),
        ("GET", PERSONAL, {}),
        ("GET", PERSONAL, {"Cookie": f"lyceum-access={token_for(a_user())}", **PAGE}),
    ]
    for method, path, headers in asks:
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        reply.read()
        statuses.append(reply.status)
    connection.close()
    assert statuses == [200, 200, 401, 200, 401, 200, 401, 200]
    tokens = [received.header("Authorization") for received in services[USER].asked]
    assert len(set(tokens)) == 2
    assert tokens[-1] != tokens[0]


def test_a_view_knows_the_person_of_the_cookie(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    token = token_for(ruth)
    assert asked(gateway, token, path="/api/dashboard", Sec_Fetch_Site="same-origin").status != 401
    assert asked(gateway, token, path="/api/dashboard").status == 401
    told = asked(gateway, token, "POST", "/api/events/tickets", Sec_Fetch_Site="same-origin")
    assert told.status == 201


def test_a_cookie_counts_for_the_api_alone(gateway: Gateway, services: Doubles) -> None:
    for path in (
        "/",
        "/problems/not-found",
        "/web/settings.json",
        "/.well-known/jwks.json",
        "/docs",
    ):
        reply = asked(gateway, "x.y.z", path=path, Sec_Fetch_Site="same-origin", Accept="text/html")
        assert reply.status == 200


def test_requests_by_cookie_count_against_the_person(
    services: Doubles, internal: Doubles, ruth: User
) -> None:
    with running({**settings(services, internal), "READS_PER_MINUTE": "20"}) as gateway:
        token, statuses = token_for(ruth), []
        for _ in range(21):
            statuses.append(asked(gateway, token, Sec_Fetch_Site="same-origin").status)
        others = asked(gateway, token_for(a_user()), Sec_Fetch_Site="same-origin")
    assert (statuses[0], statuses[-1], others.status) == (200, 429, 200)


def test_an_answer_to_a_cookie_is_for_no_shared_cache(
    gateway: Gateway, services: Doubles, ruth: User
) -> None:
    own = asked(gateway, token_for(ruth), Sec_Fetch_Site="same-origin")
    assert own.headers["Cache-Control"] == "no-store"
    services[TUTORING].reply = lambda *_: answer(200, b"x", cache_control="max-age=60")
    kept = asked(gateway, token_for(ruth), path="/api/courses", Sec_Fetch_Site="same-origin")
    assert "Cookie" in kept.headers["Vary"]
    for anyone in (
        gateway.get("/api/courses"),
        asked(gateway, token_for(ruth), path="/api/courses"),
        gateway.get("/api/courses", user=ruth),
    ):
        assert "Cookie" not in anyone.headers["Vary"]


def test_a_service_still_sets_no_cookie(gateway: Gateway, services: Doubles, ruth: User) -> None:
    services[USER].reply = lambda *_: answer(200, b"{}", set_cookie="lyceum-access=x")
    assert "Set-Cookie" not in asked(gateway, token_for(ruth), **PAGE).headers


def test_without_a_cookie_there_is_one_heading_of_the_headers() -> None:
    assert understand([(b"sec-fetch-site", b"same-origin")], b"lyceum-access").by_cookie is None
    cookie = (b"cookie", b"lyceum-access=t; other=1")
    assert understand([cookie], b"lyceum-access").by_cookie is None
    own = understand([cookie, (b"sec-fetch-site", b"same-origin")], b"lyceum-access")
    assert own.authorization is None
    assert b"Authorization" not in own.passed
    assert own.by_cookie
    assert own.by_cookie.authorization == b"Bearer t"
    assert own.by_cookie.passed == b"Authorization: Bearer t\r\n"


def test_with_tls_a_cookie_that_was_set_without_is_none(
    services: Doubles, internal: Doubles, ruth: User
) -> None:
    environ = {**settings(services, internal), "ISSUER": "https://lyceum.example"}
    with running(environ) as gateway:
        reply = asked(gateway, token_for(ruth), Sec_Fetch_Site="same-origin")
    assert (reply.status, reply.json["code"]) == (401, "unauthorized")
