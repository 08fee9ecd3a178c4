"""A person in a browser: signed in by cookies, which no script reads and no other site uses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from dev.mailbox import Mailbox, token_in

from .support import second_factor
from .support.browsers import FROM_A_PAGE, Browser
from .support.example_fixtures.callers import address_of
from .support.people import PASSWORD, Person, Visitor, agreed, eventually, register

ME = "/api/users/me"
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
SECRET = {"lyceum-access", "lyceum-refresh", "lyceum-device"}


@pytest.fixture(scope="module")
def naomi(gateway: str) -> Person:
    return register(gateway, "naomi")


def credentials(person: Person) -> dict[str, str]:
    return {"login": person.username, "password": PASSWORD}


@pytest.fixture
def browser(gateway: str, naomi: Person) -> Browser:
    """A browser in which Naomi is signed in."""
    browser = Browser(gateway)
    agreed(browser.post("/web/sign-in", credentials(naomi)))
    return browser


def test_the_page_is_there_for_a_browser_and_its_files_are_kept(gateway: str) -> None:
    version = Visitor(gateway).read("/web/settings.json")["version"]
    page = Visitor(gateway).get("/study-sessions/7", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"/static/{version}/" in page.text
    file = Visitor(gateway).get(f"/static/{version}/index.html")
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_is_signed_in_asks_as_its_person(browser: Browser, naomi: Person) -> None:
    assert browser.read(ME)["username"] == naomi.username
    assert browser.read("/api/dashboard")
    with browser.get("/api/events", stream=True) as stream:
        assert (stream.status_code, stream.headers["Content-Type"][:17]) == (
            200,
            "text/event-stream",
        )
    devices = browser.read("/api/auth/sessions")["items"]
    assert [device["current"] for device in devices].count(True) == 1


def test_a_new_account_is_signed_in_at_once(gateway: str, naomi: Person) -> None:
    browser = Browser(gateway)
    account = {
        "email": f"second-{address_of(naomi)}",
        "username": f"b{naomi.username}",
        "display_name": "Naomi",
        "password": PASSWORD,
    }
    created = browser.post("/web/register", account)
    assert created.status_code == 201
    assert browser.read(created.headers["Location"])["username"] == account["username"]
    assert browser.post("/web/register", account).json()["code"] in {
        "email_taken",
        "username_taken",
    }


def test_a_second_factor_is_asked_for(gateway: str, mailbox: Mailbox) -> None:
    tamar = register(gateway, "tamar")
    token = token_in(mailbox.to(address_of(tamar), "Verify"))
    agreed(tamar.post("/api/auth/verify-email", {"token": token}))
    app, browser = second_factor.protect(tamar), Browser(gateway)
    asked = browser.post("/web/sign-in", credentials(tamar))
    assert (asked.status_code, asked.json()["code"], browser.cookies) == (401, "mfa_required", {})
    ticket = asked.json()["ticket"]
    wrong = browser.post("/web/sign-in/code", {"ticket": ticket, "code": "abcdefgh"})
    assert (wrong.json()["code"], browser.cookies) == ("wrong_mfa_code", {})
    agreed(browser.post("/web/sign-in/code", {"ticket": ticket, "code": app.code()}))
    assert browser.read(ME)["username"] == tamar.username


def test_of_many_tabs_one_exchanges_the_refresh_token_and_none_is_signed_out(
    browser: Browser,
) -> None:
    spent = {**FROM_A_PAGE, "Cookie": f"lyceum-refresh={browser.cookies['lyceum-refresh']}"}

    def exchange_five_times(_: int) -> list[requests.Response]:
        address = f"{browser.gateway}/web/refresh"
        return [requests.post(address, headers=spent, timeout=15) for _ in range(5)]

    with ThreadPoolExecutor(4) as tabs:
        answers = [answer for tab in tabs.map(exchange_five_times, range(4)) for answer in tab]
    [renewed] = [answer for answer in answers if answer.ok]
    late = [answer for answer in answers if answer is not renewed]
    assert [(answer.status_code, answer.json()["code"]) for answer in late] == [
        (409, "already_rotated")
    ] * 19
    assert not any("Set-Cookie" in answer.headers for answer in late)
    # The browser keeps the cookies of all its tabs in one place.
    browser.http.cookies.update(renewed.cookies)
    assert browser.read(ME)
    agreed(browser.post("/web/refresh"))
    assert browser.read(ME)


def test_signing_out_ends_the_sign_in_and_the_device_is_remembered(browser: Browser) -> None:
    before = browser.cookies
    agreed(browser.post("/web/sign-out"))
    assert browser.cookies == {"lyceum-device": before["lyceum-device"]}
    assert browser.get(ME).json()["code"] == "unauthorized"
    copied = {**FROM_A_PAGE, "Cookie": f"lyceum-access={before['lyceum-access']}"}
    refused = eventually(
        lambda: Visitor(browser.gateway).get(ME, headers=copied).json().get("code")
    )
    assert refused == "token_revoked"
    old = {**FROM_A_PAGE, "Cookie": f"lyceum-refresh={before['lyceum-refresh']}"}
    ended = Visitor(browser.gateway).post("/web/refresh", headers=old)
    assert (ended.status_code, ended.json()["code"]) == (401, "invalid_refresh_token")
    agreed(browser.post("/web/sign-out"))


def test_another_site_has_the_browser_do_nothing(browser: Browser) -> None:
    # As if the browser knew no SameSite.
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    forged = {**ELSEWHERE, "Cookie": cookies}
    for path in ("/web/sign-out", "/web/refresh", "/web/sign-in"):
        form = requests.post(
            f"{browser.gateway}{path}", data={"a": "b"}, headers=forged, timeout=15
        )
        assert (form.status_code, form.json()["code"]) == (403, "cross_site")
        assert "Set-Cookie" not in form.headers
    for method, path in (("POST", "/api/auth/logout-all"), ("GET", ME), ("DELETE", ME)):
        asked = requests.request(method, f"{browser.gateway}{path}", headers=forged, timeout=15)
        assert (asked.status_code, asked.json()["code"]) == (401, "unauthorized")
        assert "Access-Control-Allow-Credentials" not in asked.headers
    assert browser.read(ME)


def test_no_token_is_where_a_script_could_read_it(gateway: str, naomi: Person) -> None:
    browser = Browser(gateway)
    answers = [
        browser.post("/web/sign-in", credentials(naomi)),
        browser.get(ME),
        browser.post("/web/refresh"),
        browser.get("/api/auth/sessions"),
    ]
    secrets = [value for name, value in browser.cookies.items() if name in SECRET]
    assert len(secrets) == 3
    answers.append(browser.post("/web/sign-out"))
    for answer in answers:
        assert answer.ok
        shown = [value for name, value in answer.headers.items() if name != "Set-Cookie"]
        assert not any(secret in text for secret in secrets for text in (answer.text, *shown))
        assert "eyJ" not in answer.text
        for line in answer.raw.headers.getlist("Set-Cookie"):
            assert "SameSite=Strict" in line
            assert ("HttpOnly" in line) == (not line.startswith("lyceum-signed-in="))
