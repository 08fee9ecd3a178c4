"""A bad network: each page says so in words, and goes on once the network is back."""

import re
import secrets
from collections.abc import Callable
from itertools import cycle

import pytest
from playwright.sync_api import Route, expect

from lyceum_web import STATIC

from .support.browsers import Browsers, Person, fetched
from .support.pages import PAGES, addresses_of
from .support.study_sessions import api_of

AWAY = {"code": "service_unavailable", "status": 503, "title": "Away"}
CALLS = re.compile(r"/api/(?!events)")
STREAM = re.compile(r"/api/events")
READ_NOTHING = {*PAGES["nobody"], "/study-sessions/new", "/courses/new", "/enrollments/join"}
"""Pages that can be shown without the platform."""
FOLLOW = """(address) => {
  document.querySelector('main h1').classList.add('former');
  const link = document.body.appendChild(document.createElement('a'));
  link.href = address;
  link.click();
  link.remove();
}"""


def refuse(route: Route) -> None:
    route.fulfill(status=503, json=AWAY)


def cut(route: Route) -> None:
    route.abort()


WAYS = {
    cut: "The platform cannot be reached. Check your connection and try again.",
    refuse: "The platform has difficulties just now. Try again in a moment.",
}
"""How calls fail, and what is said then."""


def test_no_page_is_left_out() -> None:
    patterns = re.findall(r'pattern: "([^"]+)"', (STATIC / "routes.js").read_text())
    visited = {
        address.partition("#")[0].partition("?")[0] for of in PAGES.values() for address in of
    }
    named = {re.sub(r"\{\w+\}", ":id", address) for address in visited}
    assert named == {re.sub(r":\w+", ":id", pattern) for pattern in patterns}


@pytest.mark.parametrize("username", PAGES)
def test_each_page_says_so_and_goes_on_when_the_network_is_back(
    browsers: Browsers, gateway: str, username: str
) -> None:
    with browsers.person(None if username == "nobody" else username) as person:
        person.refusals.add(503)
        # Pages are also read again when their stream goes on: here the button alone has it done.
        person.page.route(STREAM, cut)
        for address, fail in zip(addresses_of(username, gateway), cycle(WAYS), strict=False):
            person.page.route(CALLS, fail)
            come_to(person, address)
            if address not in READ_NOTHING:
                trouble = person.page.locator("main .trouble").first
                expect(trouble.get_by_role("alert")).to_have_text(WAYS[fail])
            person.page.unroute(CALLS)
            try_again(person)


def come_to(person: Person, address: str) -> None:
    """Open the first page by its address, and the others by links."""
    if person.page.url == "about:blank":
        person.open(address)
    else:
        person.page.evaluate(FOLLOW, address)
    expect(person.page.locator("main h1:not(.former)")).to_be_visible()
    expect(person.page.locator("main .loading")).to_have_count(0)


def try_again(person: Person) -> None:
    """Press each button that offers it; then the page is complete."""
    main = person.page.locator("main")
    again = main.get_by_role("button", name="Try again")
    while left := again.count():
        again.first.click()
        expect(again).to_have_count(left - 1)
    expect(main.locator(".loading, .trouble, .notice.warm")).to_have_count(0)
    expect(main.locator("h1")).to_be_visible()


def test_free_times_that_cannot_be_read_are_read_again(
    as_person: Callable[..., Person], gateway: str
) -> None:
    enrollments = api_of(gateway, "boaz").list_enrollments()["items"]
    active = next(each["id"] for each in enrollments if each["status"] == "active")
    boaz = as_person("boaz")
    boaz.refusals.add(503)
    boaz.page.route(STREAM, cut)
    boaz.page.route("**/slots?*", refuse)
    boaz.open(f"/enrollments/{active}/ask")
    boaz.sees(WAYS[refuse])
    boaz.page.unroute("**/slots?*")
    boaz.page.get_by_role("button", name="Try again").click()
    boaz.page.locator(".slot-day").first.wait_for()
    expect(boaz.page.get_by_role("button", name="Try again")).to_have_count(0)


def test_what_is_sent_again_after_a_lost_answer_is_made_once(
    as_person: Callable[..., Person], gateway: str
) -> None:
    def lose(route: Route) -> None:
        # The platform has it, and the browser is not told.
        fetched(route)
        route.abort()

    title = f"Psalms {secrets.token_hex(4)}"
    ruth = as_person("ruth")
    ruth.open("/study-sessions/new")
    ruth.page.get_by_label("Title").fill(title)
    ruth.page.get_by_label("Subject").fill("Tanakh")
    ruth.page.get_by_role("combobox", name="Where").fill("Haif")
    ruth.page.get_by_role("option", name="Haifa, Israel").click()
    ruth.page.route("**/api/study-sessions", lose)
    press = ruth.page.get_by_role("button", name="Host this session")
    press.click()
    expect(ruth.page.locator("form").get_by_role("alert")).to_have_text(WAYS[cut])
    ruth.page.unroute("**/api/study-sessions")
    press.click()
    expect(ruth.page.get_by_role("heading", name=title)).to_be_focused()
    own = api_of(gateway, "ruth").list_own_study_sessions(limit=100)["items"]
    assert [each["title"] for each in own].count(title) == 1
