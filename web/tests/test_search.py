"""Everything is found from one field."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from .support.accounts import newcomer, study_session
from .support.browsers import FORMS, Browsers, Person, fetched

AsPerson = Callable[..., Person]
NIGHT = "Berakhot by night"


@pytest.fixture(scope="module", autouse=True)
def night(gateway: str) -> Iterator[None]:
    """A session that can be found, until the tests are done."""
    host = newcomer(gateway, "Shallum")
    session = host.create_study_session(study_session(NIGHT))
    yield
    host.cancel_study_session(session["id"])


def test_what_is_typed_is_found_in_its_groups(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.open("/search")
    boaz.page.get_by_role("searchbox").fill("berakhot")
    sessions = boaz.page.get_by_role("region", name="Study sessions")
    sessions.get_by_role("link", name=NIGHT).wait_for()
    texts = boaz.page.get_by_role("region", name="Texts")
    expect(texts.get_by_role("link", name="Mishnah Berakhot")).to_be_visible()
    expect(
        boaz.page.get_by_role("status").filter(has_text=re.compile(r"\d+ results"))
    ).to_have_count(1)
    expect(boaz.page).to_have_url(re.compile(r"/search\?q=berakhot$"))
    boaz.page.reload()
    expect(boaz.page.get_by_role("searchbox")).to_have_value("berakhot")
    sessions.get_by_role("link", name=NIGHT).click()
    expect(boaz.page).to_have_url(re.compile("/study-sessions/"))


@pytest.mark.thorough
def test_a_person_is_found_with_the_keyboard(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.open("/notifications")
    boaz.tab_to("Search")
    boaz.press("Enter")
    expect(boaz.page.get_by_role("searchbox")).to_be_focused()
    boaz.page.keyboard.type("rut")
    boaz.press("Enter")
    boaz.page.get_by_role("region", name="People").wait_for()
    boaz.tab_to("Ruth Adler")
    boaz.press("Enter")
    boaz.page.get_by_role("heading", name="Ruth Adler").wait_for()


@pytest.mark.thorough
def test_more_is_shown_on_request(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.open("/search?q=mishnah")
    rows = boaz.page.get_by_role("region", name="Texts").get_by_role("listitem")
    expect(rows).to_have_count(5)
    boaz.page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(20)


@pytest.mark.thorough
def test_nothing_is_found_and_what_helps_is_said(as_person: AsPerson) -> None:
    boaz = as_person("boaz")
    boaz.open("/search?q=qqqqzz")
    boaz.sees("Nothing is found for qqqqzz. Fewer or other words may help")


def test_a_kind_that_cannot_be_searched_says_so(as_person: AsPerson) -> None:
    def without_texts(route: Route) -> None:
        route.fulfill(
            json={**fetched(route).json(), "texts": None, "degraded": ["havruta-service"]}
        )

    boaz = as_person("boaz")
    boaz.page.route("**/api/search?*", without_texts)
    boaz.open("/search?q=berakhot")
    expect(boaz.page.get_by_role("region", name="Texts")).to_contain_text(
        "cannot be searched just now"
    )
    expect(boaz.page.get_by_role("link", name=NIGHT)).to_be_visible()


def test_anyone_can_use_it(browsers: Browsers) -> None:
    for form in FORMS:
        with browsers.person("boaz", form) as person:
            person.open("/search?q=ru")
            person.page.locator(".result").first.wait_for()
            person.check_access()
