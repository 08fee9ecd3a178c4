"""One's own notes over all books."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from lyceum_client import Lyceum

from .support.accounts import newcomer
from .support.browsers import FORMS, Browsers, Person
from .support.havrutas import havrutas_of

AsPerson = Callable[..., Person]


@pytest.fixture
def reader(gateway: str) -> Lyceum:
    """Someone who has not noted anything yet."""
    return newcomer(gateway, "Avigail")


def named(reader: Lyceum) -> str:
    return reader.get_own_account()["username"]


def noted(reader: Lyceum, ref: str, text: str, **more: Any) -> None:
    reader.create_note({"ref": ref, "text": text, **more})


def notes(person: Person) -> Locator:
    return person.page.get_by_role("listitem").filter(has=person.page.get_by_role("heading"))


def test_notes_over_all_books_lead_to_their_passages(as_person: AsPerson, reader: Lyceum) -> None:
    noted(reader, "Genesis 1:30-2:3", "Rest, and after it?")
    noted(reader, "Jonah 2:3", "Who answers?")
    someone = as_person(named(reader))
    someone.open("/texts")
    someone.page.get_by_role("link", name="Your notes").click()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("Your notes")
    expect(notes(someone)).to_have_count(2)
    expect(notes(someone).first).to_contain_text("Who answers?")
    expect(notes(someone).first).to_contain_text("for you alone")
    someone.page.get_by_role("link", name="Genesis 1:30-2:3").click()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("Genesis 1")
    expect(someone.page.locator("[aria-current='true']")).to_be_in_viewport()
    someone.sees("Rest, and after it?")


def test_a_note_is_changed_and_deleted_by_keyboard(as_person: AsPerson, reader: Lyceum) -> None:
    noted(reader, "Genesis 1:1", "Frist")
    noted(reader, "Genesis 1:2", "Second")
    someone = as_person(named(reader))
    someone.open("/notes")
    someone.tab_to("What to do with the note on \u2068Genesis 1:1")
    someone.press("Enter", "Tab", "Enter")
    expect(someone.page.get_by_label("Note", exact=True)).to_be_focused()
    someone.press("Control+A")
    someone.page.keyboard.type("First")
    someone.tab_to("Save")
    someone.press("Enter")
    expect(notes(someone).last).to_contain_text("First")
    expect(notes(someone).last).to_contain_text("changed")
    expect(notes(someone).last.locator("summary")).to_be_focused()
    someone.tab_to("What to do with the note on \u2068Genesis 1:1")
    someone.press("Enter", "Tab", "Tab", "Enter")
    dialog = someone.page.get_by_role("dialog", name="Delete this note?")
    expect(dialog).to_be_visible()
    someone.tab_to("Delete")
    someone.press("Enter")
    expect(notes(someone)).to_have_count(1)
    expect(notes(someone)).to_contain_text("Second")
    expect(someone.page.get_by_role("heading", level=1)).to_be_focused()
    assert [note["text"] for note in reader.list_notes(mine=True)["items"]] == ["Second"]


def test_after_more_are_shown_a_change_leaves_them_shown(
    as_person: AsPerson, reader: Lyceum
) -> None:
    for verse in range(1, 23):
        noted(reader, f"Genesis 1:{verse}", f"Verse {verse}")
    someone = as_person(named(reader))
    someone.open("/notes")
    expect(notes(someone)).to_have_count(20)
    someone.page.get_by_role("button", name="Show more").click()
    expect(notes(someone)).to_have_count(22)
    last = notes(someone).last
    last.get_by_label("What to do with the note").click()
    last.get_by_role("button", name="Edit").click()
    last.get_by_label("Note", exact=True).fill("The first verse")
    last.get_by_role("button", name="Save").click()
    expect(notes(someone).last).to_contain_text("The first verse")
    expect(notes(someone)).to_have_count(22)


def test_a_note_says_with_which_havruta_it_is_shared(gateway: str, as_person: AsPerson) -> None:
    with havrutas_of(gateway) as havrutas:
        former = havrutas.begin("miriam", "boaz", name="Without Boaz", book="Ruth")
        present = havrutas.begin("boaz", name="By the sea", book="Jonah")
        boaz = havrutas.by("boaz")
        noted(boaz, "Jonah 1:4", "Which wind?", havruta_id=present)
        noted(boaz, "Ruth 1:1", "Why Moab?", havruta_id=former)
        noted(havrutas.by("miriam"), "Ruth 1:1", "By another", havruta_id=former)
        boaz.leave_havruta(former)
    someone = as_person("boaz")
    someone.open("/notes")
    first, second = notes(someone).nth(0), notes(someone).nth(1)
    expect(first).to_contain_text("Why Moab?")
    expect(first).to_contain_text("a havruta that you are not in any more")
    link = second.get_by_role("link", name="By the sea")
    expect(link).to_have_attribute("href", f"/havrutas/{present}")
    second.get_by_label("What to do with the note").click()
    second.get_by_role("button", name="Keep it to yourself").click()
    expect(second).to_contain_text("for you alone")


def test_notes_are_narrowed_to_a_book_by_keyboard(as_person: AsPerson, reader: Lyceum) -> None:
    noted(reader, "Genesis 1:1", "Of the beginning")
    noted(reader, "Jonah 2:3", "Of the fish")
    someone = as_person(named(reader))
    someone.open("/notes")
    expect(notes(someone)).to_have_count(2)
    someone.tab_to("Only those on this book")
    someone.page.keyboard.type("jon")
    expect(someone.page.get_by_role("option", name="Jonah")).to_be_visible()
    someone.press("Enter")
    expect(notes(someone)).to_have_count(1)
    expect(notes(someone)).to_contain_text("Of the fish")
    expect(someone.page).to_have_url(re.compile("book=jonah"))
    someone.page.reload()
    field = someone.page.get_by_role("combobox", name="Only those on this book")
    expect(field).to_have_value("Jonah")
    expect(notes(someone)).to_have_count(1)
    field.fill("exod")
    someone.press("Enter")
    someone.sees("You have no notes on this book.")
    expect(someone.page.get_by_role("link", name="chapter of it")).to_have_attribute(
        "href", "/texts/exodus"
    )
    field.fill("")
    expect(notes(someone)).to_have_count(2)


def test_who_has_none_is_told_how_to_write_one(as_person: AsPerson, reader: Lyceum) -> None:
    someone = as_person(named(reader))
    someone.open("/notes")
    someone.sees("You have no notes yet.")
    someone.check_access()
    someone.page.get_by_role("link", name="chapter of a text").click()
    someone.page.get_by_role("link", name="Ruth", exact=True).click()
    someone.page.get_by_role("link", name="1", exact=True).click()
    form = someone.page.get_by_role("form", name="New note")
    form.get_by_role("textbox").fill("Why Moab?")
    form.get_by_role("button", name="Keep the note").click()
    expect(someone.page.locator(".note")).to_contain_text("Why Moab?")
    someone.page.get_by_role("link", name="All your notes").click()
    expect(notes(someone)).to_contain_text("Why Moab?")


@pytest.mark.parametrize("form", FORMS)
def test_ones_notes_keep_no_one_out(browsers: Browsers, form: str) -> None:
    with browsers.person("ruth", form) as ruth:
        ruth.open("/notes")
        expect(notes(ruth)).not_to_have_count(0)
        ruth.check_access()
        notes(ruth).first.locator("summary").click()
        notes(ruth).first.locator("button").first.click()
        expect(ruth.page.locator("textarea")).to_be_visible()
        ruth.check_access()
