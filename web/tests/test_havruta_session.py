"""Studying together: the pages are turned in all browsers, by those who may."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .support.browsers import FORMS, Browsers, Person
from .support.havrutas import Havrutas, havrutas_of

AsPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def havrutas(gateway: str) -> Iterator[Havrutas]:
    with havrutas_of(gateway) as found:
        yield found


def at(person: Person, passage: str) -> None:
    """The passage is what the person looks at."""
    expect(person.page.get_by_role("heading", level=1)).to_have_text(passage)


def test_two_turn_the_pages_and_hand_them_over(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.study("ruth", "boaz")
    ruth, boaz = as_person("ruth"), as_person("boaz")
    ruth.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    at(boaz, "Genesis 1:1")
    boaz.sees("Ruth Adler turns the pages.")
    ruth.page.get_by_role("button", name="Next", exact=True).click()
    at(ruth, "Genesis 1:2")
    at(boaz, "Genesis 1:2")
    boaz.sees("בראשית א:ב")
    ruth.page.get_by_role("button", name="Hand the pages over to").click()
    boaz.sees("You turn the pages.")
    boaz.page.get_by_role("button", name="Next chapter").click()
    at(ruth, "Genesis 2:1")
    ruth.sees("Boaz Levi turns the pages.")
    ruth.page.get_by_role("button", name="Turn them yourself").click()
    ruth.page.get_by_label("Everyone may turn the pages").click()
    boaz.sees("Everyone may turn the pages.")
    boaz.page.get_by_role("button", name="Chapter before").click()
    at(ruth, "Genesis 1:1")


def test_pages_are_turned_by_keyboard(as_person: AsPerson, havrutas: Havrutas) -> None:
    ruth = as_person("ruth")
    ruth.open(f"/havruta-sessions/{havrutas.study('ruth')}")
    at(ruth, "Genesis 1:1")
    ruth.tab_to("Next")
    ruth.press("Enter", "Enter")
    at(ruth, "Genesis 1:3")
    ruth.press("ArrowLeft")
    at(ruth, "Genesis 1:2")
    ruth.tab_to("Go to")
    ruth.press("Enter")
    expect(ruth.page.get_by_label("Passage", exact=True)).to_be_focused()
    ruth.page.keyboard.type("בראשית א:לא")
    ruth.press("Enter")
    at(ruth, "Genesis 1:31")
    expect(ruth.page.get_by_role("button", name="Go to")).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Gen 500", "There is no such passage. The nearest is \u2068Genesis 50:26\u2069."),
        ("Genesiss 1:1", "No book has this name. Is it \u2068Genesis\u2069?"),
        ("Ez 1", "Several books have this name: \u2068Ezra, Ezekiel\u2069."),
        ("Exodus 1:1", "This havruta studies another book."),
    ],
)
def test_a_passage_is_refused_at_its_field(
    as_person: AsPerson, havrutas: Havrutas, typed: str, said: str
) -> None:
    ruth = as_person("ruth")
    ruth.refusals.add(422)
    ruth.open(f"/havruta-sessions/{havrutas.study('ruth')}")
    ruth.page.get_by_role("button", name="Go to").click()
    ruth.page.get_by_label("Passage", exact=True).fill(typed)
    ruth.page.get_by_role("button", name="Turn there").click()
    hint = "As you would write it: Gen 1:31, 1:31, or בראשית א:לא."
    expect(ruth.page.get_by_label("Passage", exact=True)).to_have_accessible_description(f"{hint} {said}")
    ruth.page.get_by_label("Passage", exact=True).fill("2:3")
    ruth.press("Enter")
    at(ruth, "Genesis 2:3")


def test_without_a_network_nothing_is_turned_and_then_all_are_at_one_place(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    session = havrutas.study("ruth", "boaz")
    havrutas.by("ruth").set_navigation_mode(session, {"mode": "shared"})
    boaz = as_person("boaz")
    boaz.open(f"/havruta-sessions/{session}")
    at(boaz, "Genesis 1:1")
    boaz.sees("Ruth Adler")
    boaz.context.set_offline(True)
    boaz.page.get_by_role("button", name="Next", exact=True).click()
    boaz.sees("The platform cannot be reached.")
    at(boaz, "Genesis 1:1")
    havrutas.by("ruth").turn_page(session, {"ref": "Genesis 3:5"})
    boaz.context.set_offline(False)
    at(boaz, "Genesis 3:5")
    boaz.page.get_by_role("button", name="Next", exact=True).click()
    at(boaz, "Genesis 3:6")


def test_one_begins_joins_and_ends_it(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("ruth", "boaz")
    ruth, boaz = as_person("ruth"), as_person("boaz")
    boaz.open(f"/havrutas/{havruta}")
    ruth.open(f"/havrutas/{havruta}")
    ruth.page.get_by_role("button", name="Study now").click()
    boaz.page.get_by_role("link", name="Go in").click()
    boaz.tab_to("Join in")
    boaz.press("Enter")
    expect(ruth.page.locator(".present li")).to_have_count(2)
    boaz.page.get_by_role("button", name="Leave").click()
    boaz.page.wait_for_url(f"**/havrutas/{havruta}")
    expect(ruth.page.locator(".present li")).to_have_count(1)
    ruth.page.get_by_role("button", name="Next", exact=True).click()
    at(ruth, "Genesis 1:2")
    ruth.page.get_by_role("button", name="End the session").click()
    ruth.page.get_by_role("dialog").get_by_role("button", name="End the session").click()
    at(ruth, "You have studied")
    ruth.sees("Genesis 1:1 to Genesis 1:2")
    boaz.sees("You go on at")


def test_a_plan_is_moved_and_begun(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.plan("ruth", havrutas.begin("ruth"), timedelta(days=2))
    ruth = as_person("ruth")
    ruth.open(f"/havruta-sessions/{session}")
    ruth.sees("You can begin from")
    ruth.page.get_by_role("button", name="Change the time").click()
    when = ruth.page.get_by_label("When")
    when.fill(ruth.page.evaluate("() => new Date(Date.now() + 10 * 60e3).toLocaleString('sv').slice(0, 16).replace(' ', 'T')"))
    ruth.page.get_by_role("button", name="Save the time").click()
    ruth.page.get_by_role("button", name="Begin now").click()
    at(ruth, "Genesis 1:1")


def test_a_series_is_cancelled_from_one_on(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("ruth")
    session = havrutas.plan(
        "ruth", havruta, timedelta(days=2), rrule="FREQ=DAILY;COUNT=4", timezone="Asia/Jerusalem"
    )
    ruth = as_person("ruth")
    ruth.open(f"/havruta-sessions/{session}")
    ruth.tab_to("Cancel it")
    ruth.press("Enter")
    ruth.page.get_by_label("Which sessions").select_option("This one and those after it")
    ruth.page.get_by_label("Why").fill("We travel.")
    ruth.page.get_by_role("dialog").get_by_role("button", name="Cancel it").press("Enter")
    at(ruth, "Cancelled")
    ruth.sees("We travel.")
    ruth.page.get_by_role("link", name="To the havruta").click()
    ruth.sees("Nothing is planned.")


@pytest.mark.parametrize("form", FORMS)
def test_the_pages_keep_no_one_out(browsers: Browsers, havrutas: Havrutas, form: str) -> None:
    session = havrutas.study("ruth", "boaz", book="Berakhot")
    plan = havrutas.plan("ruth", havrutas.begin("ruth"), timedelta(days=2))
    with browsers.person("ruth", form) as ruth:
        ruth.open(f"/havruta-sessions/{session}")
        expect(ruth.page.locator(".present li")).to_have_count(2)
        ruth.check_access()
        ruth.open(f"/havruta-sessions/{plan}")
        ruth.check_access()
