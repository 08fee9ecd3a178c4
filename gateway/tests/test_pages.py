"""The pages that browsers get about the API: what problems mean."""

import re

import pytest

from gateway.problem_words import BY_STATUS, words_on

from .support.gateway_process import Doubles, Gateway, Reply, running, settings
from .support.upstream_doubles import as_json

IN_A_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
}
PAGES = ("/problems", "/problems/not-found")


def opened(gateway: Gateway, address: str) -> Reply:
    return gateway.get(address, headers=IN_A_BROWSER)


def text_of(page: Reply) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page.body.decode()).split())


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (IN_A_BROWSER["Accept"], "text/html"),
        ("text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/*", "text/html"),
        ("application/json;q=0.5, text/html;q=0.6", "text/html"),
        ("*/*;q=0.1, Text/HTML;Q=0.2", "text/html"),
        ("application/json;q=0, text/html;q=0.1", "text/html"),
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/json"),
        ("text/html, application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html;q=0", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        ("nonsense", "application/json"),
    ],
)
def test_a_browser_gets_a_page_and_a_program_a_document(
    gateway: Gateway, accept: str | None, kind: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    reply = gateway.get("/problems/not-found", headers=headers)
    assert (reply.status, reply.headers.get_content_type()) == (200, kind)
    assert "Accept" in reply.headers.get_all("Vary", [])


def test_a_page_says_what_a_problem_means_and_what_to_do(
    services: Doubles, internal: Doubles
) -> None:
    named = [{"code": "level_taken", "title": "<b>Taken</b> & gone; `most` says how often"}]
    operation = {
        "operationId": "list_texts",
        "tags": ["havruta"],
        "responses": {
            "200": {"description": "OK"},
            "409": {"description": "", "x-problems": named},
        },
    }
    document = {"openapi": "3.1.0", "paths": {"/api/texts": {"get": operation}}}
    services["havruta-service"].reply = lambda *_: as_json(document)
    with running(settings(services, internal)) as gateway:
        page = opened(gateway, "/problems/level-taken")
        listed = opened(gateway, "/problems")
    text = text_of(page)
    assert "Status 409, code level_taken" in text
    assert BY_STATUS[409].meaning in text
    assert BY_STATUS[409].remedy in text
    assert "list_texts GET /api/texts" in text
    assert b'href="/docs#/havruta/list_texts"' in page.body
    assert "409 level_taken" in text_of(listed)
    for body in (page.body, listed.body):
        assert b"&lt;b&gt;Taken&lt;/b&gt; &amp; gone; <code>most</code> says how often" in body
        assert b"<b>" not in body


@pytest.mark.parametrize("address", PAGES)
def test_a_page_runs_nothing_and_has_nothing_inline(gateway: Gateway, address: str) -> None:
    page = opened(gateway, address)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    [policy] = page.headers.get_all("Content-Security-Policy", [])
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert not re.search(rb"<script|<style|\son\w+=|style=", page.body)


@pytest.mark.parametrize("address", PAGES)
def test_what_a_page_leads_to_is_there(gateway: Gateway, address: str) -> None:
    leads_to = set(re.findall(r'href="([^"#]*)', opened(gateway, address).body.decode()))
    assert {"/", "/docs", "/problems", "/docs/pages.css"} <= leads_to
    assert {opened(gateway, link).status for link in leads_to - {"data:,"}} == {200}


def test_a_code_in_an_address_leads_to_the_page_of_its_type(gateway: Gateway) -> None:
    moved = opened(gateway, "/problems/not_found")
    assert (moved.status, moved.headers["Location"]) == (308, "/problems/not-found")
    for unknown in ("never_heard_of", "never-heard-of", "_", "Not-Found"):
        assert opened(gateway, f"/problems/{unknown}").json["code"] == "not_found"


@pytest.mark.parametrize(("status", "like"), [(418, 400), (451, 400), (501, 500), (511, 500)])
def test_a_status_that_no_program_answers_has_words_of_its_kind(status: int, like: int) -> None:
    assert words_on(status, "any") == BY_STATUS[like]
