"""Talking in a havruta, and notes on what is read."""

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


def messages(person: Person) -> Locator:
    return person.page.locator(".message .words")


def write(person: Person, words: str) -> None:
    person.page.get_by_label("Message", exact=True).fill(words)
    person.press("Enter")


def open_notes(person: Person) -> None:
    person.page.get_by_role("tab", name="Notes").click()


def test_what_one_writes_the_other_reads_at_once(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.study("miriam", "boaz")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    write(miriam, "Look at the <b>second</b> verse.")
    expect(messages(boaz).last).to_have_text("Look at the <b>second</b> verse.")
    write(boaz, "Where is it?")
    expect(messages(miriam).last).to_have_text("Where is it?")
    # The same conversation stands on the page of the havruta.
    expect(miriam.page.locator(".message.unsent")).to_have_count(0)
    miriam.page.get_by_role("link", name="The same people").click()
    expect(messages(miriam).last).to_have_text("Where is it?")


def test_a_message_is_changed_and_taken_back(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.study("miriam", "boaz")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    write(miriam, "Frist")
    expect(messages(boaz).last).to_have_text("Frist")
    miriam.press("ArrowUp")
    miriam.page.get_by_role("form", name="Edit").get_by_label("Message").fill("First")
    miriam.press("Enter")
    expect(messages(boaz).last).to_have_text("First")
    own = miriam.page.locator(".message").last
    own.get_by_label("What to do with your message").click()
    own.get_by_role("button", name="Delete").click()
    miriam.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(boaz.page.locator(".message").last).to_contain_text("deleted")


def test_a_message_without_a_network_is_kept_and_sent(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    session = havrutas.study("miriam", "boaz")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    expect(miriam.page.get_by_label("Message", exact=True)).to_be_visible()
    miriam.context.set_offline(True)
    write(miriam, "From the tunnel")
    expect(miriam.page.locator(".message.unsent")).to_have_count(1)
    miriam.context.set_offline(False)
    expect(messages(boaz).last).to_have_text("From the tunnel")


def test_notes_are_ones_own_until_they_are_shared(as_person: AsPerson, havrutas: Havrutas) -> None:
    session = havrutas.study("miriam", "boaz", book="Ruth")
    miriam, boaz = as_person("miriam"), as_person("boaz")
    miriam.open(f"/havruta-sessions/{session}")
    boaz.open(f"/havruta-sessions/{session}")
    open_notes(miriam)
    open_notes(boaz)
    form = miriam.page.get_by_role("form", name="New note")
    form.get_by_label("Note on Ruth 1:1").fill("Why Moab?")
    form.get_by_role("button", name="Keep the note").click()
    own = miriam.page.locator(".note").first
    expect(own).to_contain_text("for you alone")
    boaz.sees("No notes on this chapter yet.")
    own.get_by_label("What to do with the note").click()
    own.get_by_role("button", name="Share it with the havruta").click()
    expect(boaz.page.locator(".note")).to_contain_text("Why Moab?")
    own.get_by_label("What to do with the note").click()
    own.get_by_role("button", name="Edit").click()
    own.get_by_label("Note", exact=True).fill("Why to Moab?")
    own.get_by_role("button", name="Save").click()
    expect(boaz.page.locator(".note")).to_contain_text("Why to Moab?")
    own.get_by_label("What to do with the note").click()
    own.get_by_role("button", name="Delete").click()
    miriam.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(boaz.page.locator(".note")).to_have_count(0)


def test_a_note_leads_to_its_passage_and_stands_next_to_the_text_alone(
    as_person: AsPerson, havrutas: Havrutas
) -> None:
    note = havrutas.by("miriam").create_note({"ref": "Exodus 3:14", "text": "Which tense?"})
    session = havrutas.study("miriam", book="Exodus", first="3:1")
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{session}")
    open_notes(miriam)
    miriam.page.get_by_role("button", name="Exodus 3:14", exact=True).click()
    expect(miriam.page.get_by_role("heading", level=1)).to_have_text("Exodus 3:14")
    miriam.open("/texts/exodus/sections/3")
    miriam.sees("Which tense?")
    havrutas.by("miriam").delete_note(note["id"])


def test_the_panels_are_reached_by_keyboard(as_person: AsPerson, havrutas: Havrutas) -> None:
    miriam = as_person("miriam")
    miriam.open(f"/havruta-sessions/{havrutas.study('miriam')}")
    miriam.tab_to("Conversation")
    miriam.press("ArrowRight")
    expect(miriam.page.get_by_role("tab", name="Notes")).to_be_focused()
    expect(miriam.page.get_by_role("tab", name="Notes")).to_have_attribute("aria-selected", "true")
    miriam.press("Tab")
    expect(miriam.page.get_by_label("Note on")).to_be_focused()
    # The arrows that choose a panel turn no page.
    expect(miriam.page.get_by_role("heading", level=1)).to_have_text("Genesis 1:1")


@pytest.mark.parametrize("form", FORMS)
def test_the_talk_keeps_no_one_out(browsers: Browsers, havrutas: Havrutas, form: str) -> None:
    session = havrutas.study("miriam", "boaz")
    with browsers.person("miriam", form) as miriam:
        miriam.open(f"/havruta-sessions/{session}")
        expect(miriam.page.get_by_role("log")).to_be_visible()
        miriam.check_access()
        miriam.page.get_by_role("tab").last.click()
        miriam.check_access()
