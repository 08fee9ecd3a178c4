"""Reading texts: alone and in havruta, with all marks or without, in two versions, found by words."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from .support.browsers import FORMS, Browsers, Person
from .support.havrutas import Havrutas, havrutas_of

AsPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def havrutas(gateway: str) -> Iterator[Havrutas]:
    with havrutas_of(gateway) as found:
        yield found


def verse(person: Person, number: int) -> Locator:
    return person.page.locator(".verses > li").nth(number - 1)


def test_a_chapter_is_read_and_its_marks_are_switched_off_and_remembered(visitor: Person) -> None:
    visitor.open("/texts/genesis/sections/1")
    first = verse(visitor, 1).locator(".words")
    expect(first).to_have_attribute("lang", "he")
    expect(first).to_have_attribute("dir", "rtl")
    # With the accent of the first word, then without it, then without its vowels.
    expect(first).to_contain_text("\u0596")
    visitor.page.get_by_label("Cantillation").uncheck()
    expect(first).not_to_contain_text("\u0596")
    expect(first).to_contain_text("\u05b5")
    visitor.page.get_by_label("Vowels").uncheck()
    expect(first).to_have_text("בראשית ברא אלהים את השמים ואת הארץ׃")
    visitor.page.reload()
    expect(first).to_have_text("בראשית ברא אלהים את השמים ואת הארץ׃")


def test_a_book_is_read_chapter_by_chapter_by_keyboard(visitor: Person) -> None:
    visitor.open("/texts")
    visitor.tab_to("Jonah")
    visitor.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Jonah")
    visitor.tab_to("1")
    visitor.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Jonah 1")
    visitor.tab_to("Next chapter")
    visitor.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Jonah 2")
    expect(visitor.page.locator(".verses > li")).to_have_count(11)


def test_a_translation_stands_next_to_the_text_or_not(visitor: Person) -> None:
    visitor.open("/texts/jonah/sections/1")
    cells = verse(visitor, 9).locator(".words")
    expect(cells).to_have_count(2)
    expect(cells.nth(0)).to_have_attribute("dir", "rtl")
    expect(cells.nth(1)).to_have_attribute("dir", "ltr")
    expect(cells.nth(1)).to_contain_text("I am a Hebrew")
    visitor.sees("Translated for the demo of Lyceum")
    visitor.page.get_by_label("Next to it").select_option("")
    expect(cells).to_have_count(1)
    visitor.page.get_by_label("Version", exact=True).select_option("demo-jonah")
    expect(cells).to_have_count(1)
    expect(cells).to_contain_text("who made the sea and the dry land.")


def test_words_are_found_and_lead_to_their_verse(visitor: Person) -> None:
    visitor.open("/texts")
    field = visitor.page.get_by_role("searchbox")
    field.fill("שמים ארץ")
    field.press("Enter")
    hit = visitor.page.locator(".hits > li").first
    expect(hit.locator("mark")).not_to_have_count(0)
    ref = hit.get_by_role("link").inner_text()
    hit.get_by_role("link").click()
    expect(visitor.page.locator("[aria-current='true']")).to_be_in_viewport()
    chapter = re.sub(r":\d+$", "", ref)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(chapter)
    visitor.page.go_back()
    visitor.sees("The first 20 passages")
    visitor.page.get_by_role("searchbox").fill("נכדיהם")
    visitor.press("Enter")
    visitor.sees("No passage has these words")


def test_who_turns_the_pages_goes_to_a_verse_by_its_number(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    session = havrutas.study("miriam", "boaz")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    expect(verse(boaz, 1)).to_have_attribute("aria-current", "true")
    expect(boaz.page.locator(".verses").get_by_role("button")).to_have_count(0)
    miriam.page.get_by_role("button", name=re.compile("Turn to .?Genesis 1:26")).click()
    expect(verse(boaz, 26)).to_have_attribute("aria-current", "true")
    expect(verse(boaz, 26)).to_be_in_viewport()
    expect(verse(miriam, 26)).to_be_in_viewport()
    miriam.page.get_by_role("button", name="Next chapter").click()
    expect(boaz.page.locator(".verses > li")).to_have_count(25)


def test_a_book_without_words_can_still_be_studied(as_person: AsPerson, havrutas: Havrutas) -> None:
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{havrutas.study('miriam', book='Berakhot', first='2a')}")
    miriam.sees("The words of this book are not here yet.")
    miriam.page.get_by_role("button", name="Next", exact=True).click()
    expect(miriam.page.get_by_role("heading", level=1)).to_have_text("Berakhot 2b")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "address", ["/texts", "/texts?q=jonah", "/texts/jonah", "/texts/jonah/sections/2?at=Jonah 2:3"]
)
def test_texts_are_read_in_every_form(browsers: Browsers, form: str, address: str) -> None:
    with browsers.person(form=form) as visitor:
        visitor.open(address)
        visitor.check_access()
