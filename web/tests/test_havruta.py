"""Havrutas: a new one, its people, its plans, and what it has studied."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .support.browsers import FORMS, Browsers, Person
from .support.havrutas import Havrutas, address, havrutas_of

AsPerson = Callable[..., Person]
STUDIED = "Genesis on Tuesdays"  # of the demo


@pytest.fixture(scope="module")
def havrutas(gateway: str) -> Iterator[Havrutas]:
    with havrutas_of(gateway) as found:
        yield found


@pytest.mark.thorough
def test_a_book_is_found_by_its_hebrew_name(as_person: AsPerson) -> None:
    yael = as_person("yael")
    yael.open("/havrutas")
    yael.page.get_by_role("button", name="New havruta").click()
    yael.page.get_by_role("combobox", name="Book").fill("יונ")
    yael.page.get_by_role("option", name="Jonah").click()
    yael.page.get_by_label("Name").fill("Jonah before Yom Kippur")
    yael.page.get_by_role("button", name="Create it").click()
    expect(yael.page.get_by_role("heading", level=1)).to_have_text("Jonah before Yom Kippur")
    yael.sees("You begin with")


def test_one_is_begun_by_keyboard_and_an_unknown_book_is_refused_at_its_field(
    as_person: AsPerson,
) -> None:
    yael = as_person("yael")
    yael.refusals.add(422)
    yael.open("/havrutas")
    yael.tab_to("New havruta")
    yael.press("Enter")
    yael.tab_to("Book")
    yael.page.keyboard.type("Genesiss")
    yael.press("Tab")
    yael.page.keyboard.type("In the beginning")
    yael.press("Enter")
    book = yael.page.get_by_role("combobox", name="Book")
    expect(book).to_have_accessible_description(
        "Any part of its name, in English or Hebrew. No book has this name. Is it \u2068Genesis\u2069?"
    )
    expect(book).to_be_focused()
    yael.press("ControlOrMeta+a")
    yael.page.keyboard.type("Genes")
    yael.page.get_by_role("option", name="Genesis").wait_for()
    yael.press("ArrowDown", "Enter", "Enter")
    expect(yael.page.get_by_role("heading", level=1)).to_have_text("In the beginning")


@pytest.mark.thorough
def test_an_invitation_that_waits_is_accepted(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("david", name="Waits for Tamar")
    havrutas.by("david").invite_to_havruta(havruta, {"emails": [address("tamar")]})
    tamar = as_person("tamar")
    tamar.open("/havrutas")
    card = tamar.page.get_by_role("article").filter(
        has=tamar.page.get_by_role("heading", name="Waits for Tamar")
    )
    card.get_by_role("button", name="Accept").click()
    tamar.page.wait_for_url(f"**/havrutas/{havruta}")
    tamar.sees("You begin with")


def test_people_are_invited_with_a_result_for_each(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("naomi", "boaz")
    naomi = as_person("naomi")
    naomi.open(f"/havrutas/{havruta}")
    naomi.page.get_by_label("E-mail addresses").fill(
        "new@lyceum.example, boaz@lyceum.example\nnobody"
    )
    expect(naomi.page.get_by_label("The e-mail is in")).to_have_value("en")
    naomi.page.get_by_label("The e-mail is in").select_option(label="עברית")
    naomi.page.get_by_role("button", name="Invite").click()
    results = naomi.page.locator(".results li")
    expect(results).to_have_text(
        ["new@lyceum.example Invited", "boaz@lyceum.example Is a member", "nobody Not an address"]
    )
    expect(naomi.page.get_by_label("E-mail addresses")).to_have_value("nobody")
    naomi.page.get_by_role("button", name="Take back the invitation of").press("Enter")
    naomi.sees("Former invitations")
    expect(naomi.page.get_by_role("button", name="Take back the invitation of")).to_have_count(0)
    expect(naomi.page.get_by_role("heading", name="Invite people")).to_be_focused()


def test_a_series_is_planned_by_keyboard_and_seen_before(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    havruta = havrutas.begin("david", "boaz")
    david, boaz = as_person("david"), as_person("boaz")
    boaz.open(f"/havrutas/{havruta}")
    boaz.sees("Nothing is planned.")
    david.open(f"/havrutas/{havruta}")
    david.tab_to("Plan")
    david.press("Enter")
    david.tab_to("Repeat")
    david.page.keyboard.type("Every week")
    david.tab_to("How many times")
    david.page.keyboard.type("3")
    david.page.get_by_text("You meet 3 times:").wait_for()
    david.press("Enter")
    expect(david.page.get_by_role("button", name="I come")).to_have_count(3)
    expect(boaz.page.get_by_role("button", name="I come")).to_have_count(3)


@pytest.mark.thorough
def test_a_plan_in_the_past_is_refused_at_its_field(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    havruta = havrutas.begin("ruth")
    ruth = as_person("ruth")
    ruth.refusals.add(422)
    ruth.open(f"/havrutas/{havruta}")
    ruth.page.get_by_role("button", name="Plan", exact=True).click()
    ruth.page.get_by_label("When").fill("2020-01-01T10:00")
    ruth.page.get_by_role("button", name="Plan it").click()
    expect(ruth.page.get_by_label("When")).to_have_accessible_description(
        "This must lie ahead, by two years at most."
    )


def test_the_others_see_who_comes(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("david", "boaz")
    havrutas.plan("david", havruta, timedelta(days=1))
    boaz = as_person("boaz")
    boaz.open(f"/havrutas/{havruta}")
    boaz.page.get_by_role("button", name="Maybe").click()
    expect(boaz.page.get_by_role("button", name="Maybe")).to_have_attribute("aria-pressed", "true")
    david = as_person("david")
    david.open(f"/havrutas/{havruta}")
    david.sees("May come: Boaz Levi")


@pytest.mark.thorough
def test_an_owner_removes_someone_who_sees_it_at_once(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    havruta = havrutas.begin("esther", "boaz", "miriam")
    boaz, esther = as_person("boaz"), as_person("esther")
    boaz.refusals |= {403, 404}
    boaz.open(f"/havrutas/{havruta}")
    esther.open(f"/havrutas/{havruta}")
    esther.tab_to("More about \u2068Boaz Levi")
    esther.press("Enter")
    esther.tab_to("Remove")
    esther.press("Enter")
    esther.page.get_by_label("Why").fill("We are too many.")
    esther.page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")
    expect(esther.page.get_by_role("link", name="Boaz Levi")).to_have_count(0)
    expect(esther.page.get_by_role("heading", name="People", exact=True)).to_be_focused()
    expect(boaz.page.get_by_role("heading", level=1)).to_have_text("No longer yours")


@pytest.mark.thorough
def test_it_is_renamed_handed_over_and_left(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("hillel", "boaz", name="Of two names")
    hillel, boaz = as_person("hillel"), as_person("boaz")
    boaz.open(f"/havrutas/{havruta}")
    hillel.open(f"/havrutas/{havruta}")
    hillel.page.get_by_role("button", name="Rename").click()
    hillel.page.get_by_role("textbox", name="Name").fill("Of one name")
    hillel.page.get_by_role("button", name="Save the name").click()
    expect(boaz.page.get_by_role("heading", level=1)).to_have_text("Of one name")
    hillel.page.get_by_label("More about").click()
    hillel.page.get_by_role("button", name="Make the owner").click()
    hillel.page.get_by_role("dialog").get_by_role("button", name="Make the owner").click()
    boaz.page.get_by_role("button", name="Archive").wait_for()
    hillel.page.get_by_role("button", name="Leave the havruta").click()
    hillel.page.get_by_role("dialog").get_by_role("button", name="Leave the havruta").click()
    hillel.page.wait_for_url("**/havrutas")
    boaz.sees("1 person")


@pytest.mark.thorough
def test_an_archived_one_is_only_read(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("ruth", name="Over and done")
    ruth = as_person("ruth")
    ruth.open(f"/havrutas/{havruta}")
    ruth.page.get_by_role("button", name="Archive").click()
    ruth.page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(ruth.page.get_by_role("button", name="Study now")).to_have_count(0)
    ruth.open("/havrutas")
    ruth.page.get_by_role("button", name="Archived").click()
    ruth.page.locator(f"a[href='/havrutas/{havruta}']").click()
    expect(ruth.page.get_by_role("heading", level=1)).to_contain_text("Over and done")


@pytest.mark.parametrize("form", FORMS)
def test_the_pages_keep_no_one_out(browsers: Browsers, form: str) -> None:
    with browsers.person("ruth", form) as ruth:
        ruth.open("/havrutas")
        ruth.page.get_by_role("link", name=STUDIED).wait_for()
        ruth.check_access()
        ruth.page.get_by_role("link", name=STUDIED).click()
        ruth.page.locator(".history li").first.wait_for()
        ruth.page.locator("progress").wait_for()
        for fold in ruth.page.locator("details.fold").all():
            fold.locator("summary").click()
        ruth.check_access()


def test_a_plan_keeps_no_one_out(as_person: AsPerson, havrutas: Havrutas) -> None:
    havruta = havrutas.begin("ruth")
    ruth = as_person("ruth")
    ruth.open(f"/havrutas/{havruta}")
    ruth.page.get_by_role("button", name="Plan", exact=True).click()
    ruth.page.get_by_text("You meet once:").wait_for()
    ruth.check_access()
