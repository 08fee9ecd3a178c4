"""Studying together: the pages are turned in all browsers, by those who may."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
    session = havrutas.study("miriam", "boaz")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    at(boaz, "Genesis 1:1")
    boaz.sees("Miriam Katz turns the pages.")
    miriam.page.get_by_role("button", name="Next", exact=True).click()
    at(miriam, "Genesis 1:2")
    at(boaz, "Genesis 1:2")
    boaz.sees("בראשית א:ב")
    miriam.page.get_by_role("button", name="Hand the pages over to").click()
    boaz.sees("You turn the pages.")
    boaz.page.get_by_role("button", name="Next chapter").click()
    at(miriam, "Genesis 2:1")
    miriam.sees("Boaz Levi turns the pages.")
    miriam.page.get_by_role("button", name="Turn them yourself").click()
    miriam.sees("You turn the pages.")
    miriam.page.get_by_label("Everyone may turn the pages").click()
    boaz.sees("Everyone may turn the pages.")
    boaz.page.get_by_role("button", name="Chapter before").click()
    at(miriam, "Genesis 1:1")


def test_pages_are_turned_by_keyboard(as_person: AsPerson, havrutas: Havrutas) -> None:
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{havrutas.study('miriam')}")
    at(miriam, "Genesis 1:1")
    miriam.tab_to("Next")
    miriam.press("Enter", "Enter")
    at(miriam, "Genesis 1:3")
    miriam.press("ArrowLeft")
    at(miriam, "Genesis 1:2")
    miriam.tab_to("Go to")
    miriam.press("Enter")
    expect(miriam.page.get_by_label("Passage", exact=True)).to_be_focused()
    miriam.page.keyboard.type("בראשית א:לא")
    miriam.press("Enter")
    at(miriam, "Genesis 1:31")
    expect(miriam.page.get_by_role("button", name="Go to")).to_be_focused()


@pytest.mark.thorough
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
    miriam = as_person("miriam")
    miriam.refusals.add(422)
    miriam.open(f"/havruta-sessions/{havrutas.study('miriam')}")
    miriam.page.get_by_role("button", name="Go to").click()
    miriam.page.get_by_label("Passage", exact=True).fill(typed)
    miriam.page.get_by_role("button", name="Turn there").click()
    hint = "As you would write it: Gen 1:31, 1:31, or בראשית א:לא."
    expect(miriam.page.get_by_label("Passage", exact=True)).to_have_accessible_description(
        f"{hint} {said}"
    )
    miriam.page.get_by_label("Passage", exact=True).fill("2:3")
    miriam.press("Enter")
    at(miriam, "Genesis 2:3")


def test_without_a_network_nothing_is_turned_and_then_all_are_at_one_place(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    session = havrutas.study("miriam", "boaz")
    havrutas.by("miriam").set_navigation_mode(session, {"mode": "shared"})
    boaz = as_person("boaz")
    boaz.open(f"/havruta-sessions/{session}")
    at(boaz, "Genesis 1:1")
    boaz.sees("Miriam Katz")
    boaz.context.set_offline(True)
    boaz.page.get_by_role("button", name="Next", exact=True).click()
    boaz.sees("The platform cannot be reached.")
    at(boaz, "Genesis 1:1")
    havrutas.by("miriam").turn_page(session, {"ref": "Genesis 3:5"})
    boaz.context.set_offline(False)
    at(boaz, "Genesis 3:5")
    boaz.page.get_by_role("button", name="Next", exact=True).click()
    at(boaz, "Genesis 3:6")


def test_one_begins_joins_and_ends_it(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("miriam", "boaz", book="Exodus")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    boaz.open(f"/havrutas/{havruta}")
    miriam.open(f"/havrutas/{havruta}")
    miriam.page.get_by_role("button", name="Study now").click()
    boaz.page.get_by_role("link", name="Go in").click()
    boaz.tab_to("Join in")
    boaz.press("Enter")
    expect(miriam.page.locator(".present li")).to_have_count(2)
    boaz.page.get_by_role("button", name="Leave").click()
    boaz.page.wait_for_url(f"**/havrutas/{havruta}")
    expect(miriam.page.locator(".present li")).to_have_count(1)
    miriam.page.get_by_role("button", name="Next", exact=True).click()
    at(miriam, "Exodus 1:2")
    miriam.page.get_by_role("button", name="End the session").click()
    miriam.page.get_by_role("dialog").get_by_role("button", name="End the session").click()
    at(miriam, "You have studied")
    miriam.sees("Exodus 1:1 to Exodus 1:2")
    boaz.sees("You go on at")


@pytest.mark.thorough
def test_a_plan_is_moved_and_begun(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.plan("miriam", havrutas.begin("miriam"), timedelta(days=2))
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{session}")
    miriam.sees("You can begin from")
    miriam.page.get_by_role("button", name="Change the time").click()
    zone = ZoneInfo(havrutas.by("miriam").get_own_account()["timezone"])
    soon = datetime.now(zone) + timedelta(minutes=10)
    miriam.page.get_by_label("When").fill(soon.strftime("%Y-%m-%dT%H:%M"))
    miriam.page.get_by_role("button", name="Save the time").click()
    miriam.page.get_by_role("button", name="Begin now").click()
    at(miriam, "Genesis 1:1")


@pytest.mark.thorough
def test_a_series_is_cancelled_from_one_on(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("miriam")
    session = havrutas.plan(
        "miriam", havruta, timedelta(days=2), rrule="FREQ=DAILY;COUNT=4", timezone="Asia/Jerusalem"
    )
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{session}")
    miriam.tab_to("Cancel it")
    miriam.press("Enter")
    miriam.page.get_by_label("Which sessions").select_option("This one and those after it")
    miriam.page.get_by_label("Why").fill("We travel.")
    miriam.page.get_by_role("dialog").get_by_role("button", name="Cancel it").press("Enter")
    at(miriam, "Cancelled")
    miriam.sees("We travel.")
    miriam.page.get_by_role("link", name="To the havruta").click()
    miriam.sees("Nothing is planned.")


@pytest.mark.parametrize("form", FORMS)
def test_the_pages_keep_no_one_out(browsers: Browsers, havrutas: Havrutas, form: str) -> None:
    session = havrutas.study("miriam", "boaz")
    plan = havrutas.plan("miriam", havrutas.begin("miriam"), timedelta(days=2))
    with browsers.person("miriam", form) as miriam:
        miriam.open(f"/havruta-sessions/{session}")
        expect(miriam.page.locator(".present li")).to_have_count(2)
        miriam.check_access()
        miriam.open(f"/havruta-sessions/{plan}")
        miriam.check_access()
