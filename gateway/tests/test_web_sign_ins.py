"""Signing browsers in: the tokens of the user-service become cookies, which no script can read."""

import contextlib
import http
import json
import socket
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest

from chassis.testing import a_user, token_for
from gateway.cookies import LONGEST_SIGN_IN, YEAR

from .support.gateway_process import Doubles, Gateway, Reply, running, settings
from .support.upstream_doubles import Asked, Double, answer, as_json

USER = "user-service"
ACCESS, REFRESH, DEVICE = (
    "header.claims.signature",
    "refresh-token-of-43-characters",
    "device-token",
)
TOKENS = {"access_token": ACCESS, "refresh_token": REFRESH, "device_token": DEVICE}
SIGNED_IN = {"user": {"username": "ruth"}, "token_type": "Bearer", "expires_in": 900}
LOGIN = {"login": "ruth", "password": "correct horse"}
CODE = {"ticket": "a-ticket", "code": "123456"}
SIGN_INS = {
    "/web/sign-in": ("/api/auth/login", LOGIN),
    "/web/sign-in/code": ("/api/auth/login/code", CODE),
    "/web/sign-in/passkey": ("/api/auth/passkeys/login", {"credential": {"id": "x"}}),
}
OF_BROWSERS = (*SIGN_INS, "/web/register", "/web/refresh", "/web/sign-out")
PAGE = {"Sec-Fetch-Site": "same-origin"}


def post(
    gateway: Gateway, path: str, body: object = None, cookies: str = "", **headers: str
) -> Reply:
    """What a page of the platform is answered."""
    sent = {**PAGE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if cookies:
        sent["Cookie"] = cookies
    if body is None:
        return gateway.post(path, headers=sent)
    return gateway.post(
        path, headers={"Content-Type": "application/json", **sent}, body=json.dumps(body).encode()
    )


def cookies_of(reply: Reply) -> dict[str, Morsel[str]]:
    found: dict[str, Morsel[str]] = {}
    for line in reply.headers.get_all("Set-Cookie", []):
        found |= SimpleCookie(line)
    return found


def removed(reply: Reply) -> set[str]:
    return {name for name, cookie in cookies_of(reply).items() if cookie["max-age"] == "0"}


def refused(status: int, code: str, **more: object) -> bytes:
    problem = {
        "type": f"/problems/{code}",
        "title": "No",
        "status": status,
        "code": code,
        "instance": "/api/auth/login",
        **more,
    }
    body = json.dumps(problem).encode()
    return answer(
        status,
        body,
        content_type="application/problem+json",
        retry_after="7",
        www_authenticate="Bearer",
    )


@pytest.fixture
def user_service(services: Doubles) -> Double:
    double = services[USER]
    double.reply = lambda asked, _: as_json(
        {**SIGNED_IN, **TOKENS}, 201 if asked.target.endswith("register") else 200
    )
    return double


@pytest.mark.parametrize("path", SIGN_INS)
def test_a_sign_in_puts_the_tokens_into_cookies_and_nowhere_else(
    gateway: Gateway, user_service: Double, path: str
) -> None:
    target, body = SIGN_INS[path]
    reply = post(gateway, path, body)
    assert (reply.status, reply.json) == (200, SIGNED_IN)
    cookies = cookies_of(reply)
    assert {name: cookie.value for name, cookie in cookies.items()} == {
        "lyceum-access": ACCESS,
        "lyceum-refresh": REFRESH,
        "lyceum-device": DEVICE,
        "lyceum-signed-in": "1",
    }
    elsewhere = [value for name, value in reply.headers.items() if name != "Set-Cookie"]
    assert not any(token in value for token in TOKENS.values() for value in elsewhere)
    assert reply.headers["Cache-Control"] == "no-store"
    [asked] = user_service.asked
    assert (asked.method, asked.target, json.loads(asked.body)) == ("POST", target, body)


def test_cookies_go_where_they_are_read_and_to_no_script(
    gateway: Gateway, user_service: Double
) -> None:
    cookies = cookies_of(post(gateway, "/web/sign-in", LOGIN))
    assert {name: (c["path"], int(c["max-age"])) for name, c in cookies.items()} == {
        "lyceum-access": ("/api", LONGEST_SIGN_IN),
        "lyceum-refresh": ("/web", LONGEST_SIGN_IN),
        "lyceum-device": ("/web", YEAR),
        "lyceum-signed-in": ("/", LONGEST_SIGN_IN),
    }
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Strict"}
    assert {cookie["domain"] for cookie in cookies.values()} == {""}
    readable = [name for name, cookie in cookies.items() if not cookie["httponly"]]
    assert readable == ["lyceum-signed-in"]
    assert not any(cookie["secure"] for cookie in cookies.values())


def test_with_tls_cookies_are_sent_by_tls_alone(
    services: Doubles, internal: Doubles, user_service: Double
) -> None:
    environ = {**settings(services, internal), "ISSUER": "https://lyceum.example"}
    with running(environ) as gateway:
        cookies = cookies_of(post(gateway, "/web/sign-in", LOGIN))
        plain = post(gateway, "/web/refresh", cookies=f"lyceum-refresh={REFRESH}")
        secure = post(gateway, "/web/refresh", cookies=f"__Secure-lyceum-refresh={REFRESH}")
    assert cookies.keys() == {
        "__Secure-lyceum-access",
        "__Secure-lyceum-refresh",
        "__Secure-lyceum-device",
        "lyceum-signed-in",
    }
    assert all(cookie["secure"] for cookie in cookies.values())
    assert (plain.status, secure.status) == (401, 200)


def test_registering_signs_the_browser_in(gateway: Gateway, services: Doubles) -> None:
    services[USER].reply = lambda *_: answer(
        201,
        json.dumps({**SIGNED_IN, **TOKENS}).encode(),
        content_type="application/json",
        location="/api/users/7",
        set_cookie="other=1",
    )
    reply = post(gateway, "/web/register", {"username": "ruth"}, "lyceum-device=of-another")
    assert (reply.status, reply.json) == (201, SIGNED_IN)
    assert reply.headers["Location"] == "/api/users/7"
    assert cookies_of(reply).keys() == {
        "lyceum-access",
        "lyceum-refresh",
        "lyceum-device",
        "lyceum-signed-in",
    }
    assert json.loads(services[USER].asked[0].body) == {"username": "ruth"}


@pytest.mark.parametrize("path", SIGN_INS)
def test_a_device_that_is_known_says_so(gateway: Gateway, user_service: Double, path: str) -> None:
    _, body = SIGN_INS[path]
    post(gateway, path, body, f"a=b; lyceum-device={DEVICE}; lyceum-refresh=r")
    [asked] = user_service.asked
    assert json.loads(asked.body) == {**body, "device_token": DEVICE}


@pytest.mark.parametrize(
    "cookie",
    ["", f"lyceum-device={'x' * 201}", "lyceum-device=a b", "lyceum-device=a; lyceum-device=b"],
)
def test_what_is_no_token_of_a_device_keeps_no_one_from_signing_in(
    gateway: Gateway, user_service: Double, cookie: str
) -> None:
    assert post(gateway, "/web/sign-in", LOGIN, cookie).status == 200
    assert json.loads(user_service.asked[0].body) == LOGIN


def test_the_user_service_learns_of_the_client_what_it_would_without_a_page(
    gateway: Gateway, user_service: Double
) -> None:
    said = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "Accept-Language": "he, en;q=0.5",
        "X-Request-ID": "a-request-of-a-page",
    }
    cookies = f"lyceum-refresh={REFRESH}; lyceum-device={DEVICE}"
    gateway.post(
        "/web/sign-in",
        headers={**PAGE, **said, "Content-Type": "application/json", "Cookie": cookies},
        body=json.dumps(LOGIN).encode(),
    )
    [asked] = user_service.asked
    assert {name: asked.header(name) for name in said} == said
    assert asked.header("X-Forwarded-For") == "127.0.0.1"
    assert asked.header("Cookie") is None
    assert asked.header("Authorization") is None


def test_problems_of_a_sign_in_pass_as_they_are(gateway: Gateway, services: Doubles) -> None:
    services[USER].reply = lambda *_: refused(401, "mfa_required", ticket="a-ticket")
    reply = post(gateway, "/web/sign-in", LOGIN)
    assert (reply.status, reply.json["code"], reply.json["ticket"]) == (
        401,
        "mfa_required",
        "a-ticket",
    )
    assert reply.json["instance"] == "/web/sign-in"
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert (reply.headers["WWW-Authenticate"], cookies_of(reply)) == ("Bearer", {})
    services[USER].reply = lambda *_: refused(429, "too_many_attempts")
    late = post(gateway, "/web/sign-in", LOGIN)
    assert (late.status, late.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 422), (b"{", 400), (b'{"a": NaN}', 400), (b'{"a": 1, "a": 2}', 400), (b'"x"', 422)],
)
def test_a_body_that_is_no_object_is_refused(
    gateway: Gateway, user_service: Double, body: bytes, status: int
) -> None:
    headers = {**PAGE, "Content-Type": "application/json"}
    assert gateway.post("/web/sign-in", headers=headers, body=body).status == status
    form = {**PAGE, "Content-Type": "application/x-www-form-urlencoded"}
    assert gateway.post("/web/sign-in", headers=form, body=b"login=ruth").status == 415
    assert user_service.asked == []


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {**SIGNED_IN, "access_token": ACCESS},
        {**TOKENS},
        {**SIGNED_IN, **TOKENS, "access_token": 7},
    ],
)
def test_an_answer_of_another_form_signs_no_one_in(
    gateway: Gateway, services: Doubles, document: object
) -> None:
    services[USER].reply = lambda *_: as_json(document)
    reply = post(gateway, "/web/sign-in", LOGIN)
    assert (reply.status, reply.json["code"], cookies_of(reply)) == (502, "bad_gateway", {})


def test_a_refresh_exchanges_the_token_in_the_cookie(gateway: Gateway, services: Doubles) -> None:
    renewed = {**SIGNED_IN, "access_token": "h.c.s2", "refresh_token": "the-next-one"}
    services[USER].reply = lambda *_: as_json(renewed)
    reply = post(gateway, "/web/refresh", cookies=f"lyceum-device=d; lyceum-refresh={REFRESH}")
    assert (reply.status, reply.json) == (200, SIGNED_IN)
    values = {name: cookie.value for name, cookie in cookies_of(reply).items()}
    assert values == {
        "lyceum-access": "h.c.s2",
        "lyceum-refresh": "the-next-one",
        "lyceum-signed-in": "1",
    }
    [asked] = services[USER].asked
    assert (asked.target, json.loads(asked.body)) == (
        "/api/auth/refresh",
        {"refresh_token": REFRESH},
    )


SIGN_IN_COOKIES = {"lyceum-access", "lyceum-refresh", "lyceum-signed-in"}


@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [
        (401, "token_reused", SIGN_IN_COOKIES),
        (401, "invalid_refresh_token", SIGN_IN_COOKIES),
        (409, "already_rotated", set()),
        (429, "too_many_requests", set()),
        (500, "internal_error", set()),
        (503, "unavailable", set()),
    ],
)
def test_a_refresh_that_is_refused_for_good_signs_out(
    gateway: Gateway, services: Doubles, status: int, code: str, gone: set[str]
) -> None:
    services[USER].reply = lambda *_: refused(status, code)
    reply = post(gateway, "/web/refresh", cookies=f"lyceum-refresh={REFRESH}")
    assert (reply.status, reply.json["code"]) == (status, code)
    assert removed(reply) == cookies_of(reply).keys() == gone


@pytest.mark.parametrize(
    "cookies", ["", "lyceum-refresh=", "lyceum-refresh=a; lyceum-refresh=b", "x=y"]
)
def test_a_refresh_without_a_cookie_signs_out(
    gateway: Gateway, user_service: Double, cookies: str
) -> None:
    reply = post(gateway, "/web/refresh", cookies=cookies)
    assert (reply.status, reply.json["code"]) == (401, "invalid_refresh_token")
    assert removed(reply) == SIGN_IN_COOKIES
    assert user_service.asked == []


def test_a_refresh_takes_no_body(gateway: Gateway, user_service: Double) -> None:
    cookies = f"lyceum-refresh={REFRESH}"
    assert post(gateway, "/web/refresh", {}, cookies).status == 200
    assert post(gateway, "/web/refresh", {"refresh_token": "x"}, cookies).status == 422


def test_signing_out_ends_the_sign_in(gateway: Gateway, services: Doubles) -> None:
    services[USER].reply = lambda *_: answer(204)
    reply = post(gateway, "/web/sign-out", cookies=f"lyceum-refresh={REFRESH}; lyceum-device=d")
    assert (reply.status, reply.body) == (204, b"")
    assert removed(reply) == SIGN_IN_COOKIES
    assert {name: cookie["path"] for name, cookie in cookies_of(reply).items()} == {
        "lyceum-access": "/api",
        "lyceum-refresh": "/web",
        "lyceum-signed-in": "/",
    }
    [asked] = services[USER].asked
    assert (asked.target, json.loads(asked.body)) == (
        "/api/auth/logout",
        {"refresh_token": REFRESH},
    )
    again = post(gateway, "/web/sign-out")
    assert (again.status, removed(again)) == (204, SIGN_IN_COOKIES)
    assert len(services[USER].asked) == 1


def hangs_up(_: Asked, __: socket.socket) -> bytes | None:
    return None


@pytest.mark.parametrize("reply", [hangs_up, lambda *_: answer(500), lambda *_: refused(429, "x")])
def test_a_person_who_signs_out_while_the_service_is_away_is_told_what_lives_on(
    gateway: Gateway, services: Doubles, reply: Any
) -> None:
    services[USER].reply = reply
    told = post(gateway, "/web/sign-out", cookies=f"lyceum-refresh={REFRESH}")
    assert (told.status, told.json["code"]) == (503, "signed_out_here_alone")
    assert removed(told) == SIGN_IN_COOKIES
    assert "Retry-After" not in told.headers


@pytest.mark.parametrize("path", OF_BROWSERS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://{host}.evil.example"},
        {"Origin": "ftp://{host}"},
    ],
)
def test_no_other_site_signs_anyone_in_or_out(
    gateway: Gateway, user_service: Double, path: str, headers: dict[str, str]
) -> None:
    host = f"127.0.0.1:{gateway.port}"
    sent = {name: value.format(host=host) for name, value in headers.items()}
    sent |= {"Cookie": f"lyceum-refresh={REFRESH}", "Content-Type": "application/json"}
    reply = gateway.post(path, headers=sent, body=b"{}")
    assert (reply.status, reply.json["code"], cookies_of(reply)) == (403, "cross_site", {})
    assert user_service.asked == []


def test_a_browser_that_says_no_site_says_its_origin(
    services: Doubles, internal: Doubles, user_service: Double
) -> None:
    environ = {**settings(services, internal), "ISSUER": "https://lyceum.example"}
    with running(environ) as gateway:
        for origin in ("https://lyceum.example", f"http://127.0.0.1:{gateway.port}"):
            headers = {"Origin": origin, "Content-Type": "application/json"}
            reply = gateway.post("/web/sign-in", headers=headers, body=json.dumps(LOGIN).encode())
            assert reply.status == 200


def test_sign_ins_of_browsers_have_the_quota_of_sign_ins(
    services: Doubles, internal: Doubles, user_service: Double
) -> None:
    environ = {**settings(services, internal), "SIGN_INS_PER_MINUTE": "4"}
    with running(environ) as gateway:
        for path in (*SIGN_INS, "/web/register"):
            reply = post(gateway, path, LOGIN, Authorization=f"Bearer {token_for(a_user())}")
            assert reply.headers["RateLimit-Policy"].startswith('"sign-ins"')
        late = post(gateway, "/web/sign-in", LOGIN)
        assert (late.status, late.json["code"]) == (429, "too_many_requests")
        refresh = post(gateway, "/web/refresh", cookies=f"lyceum-refresh={REFRESH}")
    assert (refresh.status, refresh.headers["RateLimit-Policy"][:8]) == (200, '"writes"')


@contextlib.contextmanager
def logged(environ: dict[str, str], path: Any) -> Iterator[Gateway]:
    with (
        path.open("wb") as log,
        running({**environ, "LOG_LEVEL": "DEBUG"}, log.fileno()) as gateway,
    ):
        yield gateway


def test_no_token_is_in_the_log(
    services: Doubles, internal: Doubles, user_service: Double, tmp_path: Any
) -> None:
    log = tmp_path / "log"
    with logged(settings(services, internal), log) as gateway:
        cookies = f"lyceum-refresh={REFRESH}; lyceum-device={DEVICE}; lyceum-access={ACCESS}"
        for path in OF_BROWSERS:
            post(gateway, path, LOGIN if path != "/web/sign-out" else None, cookies)
        gateway.get("/api/courses", headers={**PAGE, "Cookie": cookies})
        user_service.reply = lambda *_: answer(200, REFRESH.encode(), content_type="text/plain")
        assert post(gateway, "/web/sign-in", LOGIN, cookies).status == http.HTTPStatus.BAD_GATEWAY
    text = log.read_text()
    assert "/web/sign-in" in text
    assert not any(token in text for token in (*TOKENS.values(), LOGIN["password"]))
