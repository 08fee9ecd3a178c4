"""Writing an assessment: the draft, its faults, the preview, publishing, and what came of it."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from lyceum_client import Lyceum, etag

from .support.accounts import signed_in
from .support.assessments import (
    EVERY_KIND,
    SHORT,
    answer_first,
    begun,
    drafted,
    named,
    published,
)
from .support.browsers import FORMS, Browsers, Person


def definition_of(gateway: str, slug: str) -> dict:
    with signed_in(gateway, "esther") as esther:
        return esther.get_assessment_draft(slug)["definition"]


@pytest.mark.thorough
def test_others_are_led_to_the_application(as_person: Callable[..., Person]) -> None:
    person = as_person("boaz")
    person.open("/assessments/mine")
    person.sees("Writing assessments is for authors.")
    expect(person.page.locator("main").get_by_role("link", name="Your account")).to_be_visible()


def test_one_is_written_with_the_keyboard_and_published(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = f"test-{uuid.uuid4().hex[:12]}"
    person = as_person("esther")
    page = person.page
    person.open("/assessments/mine")
    person.tab_to("Write a new one")
    person.press("Enter")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("Nuts and seeds")
    expect(page.get_by_label("Name in the address")).to_have_value("nuts-and-seeds")
    page.get_by_label("Name in the address").fill(slug)
    person.press("Enter")
    page.wait_for_url(f"**/{slug}/edit")
    person.tab_to("Add a page")
    person.press("Enter")
    page.get_by_label("Page 1", exact=True).focus()
    page.keyboard.type("Nuts")
    person.tab_to("Add a question")
    person.press("Enter")
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    page.keyboard.type("Best nut")
    page.get_by_label("Choice 1", exact=True).fill("Almond")
    page.get_by_label("Choice 2", exact=True).fill("Walnut")
    person.sees("Not saved yet")
    page.reload()
    expect(page.get_by_label("Page 1", exact=True)).to_have_value("Nuts")
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    [first] = definition_of(gateway, slug)["pages"]
    assert [option["text"] for option in first["questions"][0]["options"]] == ["Almond", "Walnut"]
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Publish").press("Enter")
    person.sees("Version 1 is published.")
    assert Lyceum(gateway).get_assessment(slug)["questions"] == 1


def test_what_is_refused_is_shown_at_its_field(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = drafted(gateway, SHORT)
    person = as_person("esther")
    person.refusals.add(422)
    person.open(f"/assessments/{slug}/edit")
    person.page.locator("summary", has_text="Best fruit").click()
    person.page.get_by_label("Choice 2", exact=True).fill("")
    person.page.locator("summary", has_text="Best fruit").click()
    person.page.get_by_role("button", name="Save the draft").click()
    person.sees("1 thing is not right yet:")
    person.sees("Page 1 · Question 1")
    field = person.page.get_by_label("Choice 2", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("Plum")
    person.page.get_by_role("button", name="Save the draft").click()
    expect(person.page.get_by_text("Saved", exact=True)).to_be_visible()


def test_what_is_written_while_the_draft_is_saved_is_kept(
    as_person: Callable[..., Person], gateway: str
) -> None:
    held: list[Route] = []
    slug = drafted(gateway, SHORT)
    author = as_person("esther")
    page, title = author.page, author.page.get_by_label("Title", exact=True)
    author.open(f"/assessments/{slug}/edit")
    title.fill("Saved")
    page.route(f"**/{slug}/draft", lambda route: held.append(route))
    with page.expect_request(f"**/{slug}/draft"):
        page.get_by_role("button", name="Save the draft").click()
    title.fill("Written meanwhile")
    held[0].continue_()
    expect(page.get_by_role("button", name="Save the draft")).to_have_attribute(
        "aria-disabled", "false"
    )
    author.sees("Not saved yet")
    page.unroute(f"**/{slug}/draft")
    page.reload()
    expect(title).to_have_value("Written meanwhile")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert definition_of(gateway, slug)["title"] == "Written meanwhile"


def test_own_assessments_have_titles_and_say_what_is_published(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slugs = [drafted(gateway, {"title": "Begun"}), published(gateway, SHORT)]
    slugs.append(published(gateway, SHORT))
    with signed_in(gateway, "esther") as esther:
        draft = esther.create_assessment_draft(slugs[2])
        changed = {"definition": {**SHORT, "title": "Fruit again"}}
        esther.replace_assessment_draft(slugs[2], changed, if_match=etag(draft))
    author = as_person("esther")
    asked: list[str] = []
    author.page.on("request", lambda request: asked.append(request.url))
    author.open("/assessments/mine")
    for slug, title, badges in (
        (slugs[0], "Begun", ["Draft"]),
        (slugs[1], "Fruit", ["Published"]),
        (slugs[2], "Fruit again", ["Published", "Draft"]),
    ):
        card = author.page.locator(".card", has=author.page.locator(f"a[href*='/{slug}/edit']"))
        expect(card.get_by_role("heading")).to_have_text(title)
        expect(card.locator(".badge")).to_have_text(badges)
        expect(card).to_contain_text("Changed")
        figures = card.get_by_role("link", name="Statistics")
        expect(figures).to_have_count(badges.count("Published"))
    calls = [url for url in asked if "/api/v2/assessments" in url]
    assert len(calls) == 1, calls


@pytest.mark.thorough
def test_what_keeps_a_draft_from_being_published_is_said(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = drafted(gateway, {"title": "Empty"})
    person = as_person("esther")
    person.refusals.add(422)
    person.open(f"/assessments/{slug}/edit")
    person.page.get_by_role("button", name="Publish").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(person.page.locator(".fault")).to_be_focused()
    expect(person.page.locator(".fault")).to_have_text("There is no page yet. Add one.")


@pytest.mark.thorough
def test_parts_are_moved_with_buttons_and_removed(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = drafted(gateway, EVERY_KIND)
    person = as_person("esther")
    person.open(f"/assessments/{slug}/edit")
    up = person.page.get_by_role("button", name=named("Move up", "Hours"))
    up.press("Enter")
    expect(person.page.locator(".draft-question .name").first).to_have_text("Hours")
    expect(up).to_be_focused()
    person.page.get_by_role("button", name=named("Remove", "Agreement")).press("Enter")
    expect(person.page.locator(".draft-question")).to_have_count(7)
    expect(person.page.locator("li:focus")).to_contain_text("One fruit")
    person.page.get_by_role("button", name="Save the draft").click()
    expect(person.page.get_by_text("Saved", exact=True)).to_be_visible()
    questions = definition_of(gateway, slug)["pages"][0]["questions"]
    assert [each["type"] for each in questions][:2] == ["slider", "single_choice"]


@pytest.mark.thorough
def test_a_draft_changed_elsewhere_is_not_overwritten_unasked(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = drafted(gateway, SHORT)
    person = as_person("esther")
    person.refusals.add(412)
    person.open(f"/assessments/{slug}/edit")
    title = person.page.get_by_label("Title", exact=True)
    title.fill("From here")
    with signed_in(gateway, "esther") as esther:
        draft = esther.get_assessment_draft(slug)
        changed = {"definition": {**SHORT, "title": "From there"}}
        esther.replace_assessment_draft(slug, changed, if_match=etag(draft))
    person.page.get_by_role("button", name="Save the draft").click()
    person.sees("The draft was changed elsewhere meanwhile.")
    assert definition_of(gateway, slug)["title"] == "From there"
    person.page.get_by_role("button", name="Keep mine").click()
    expect(person.page.get_by_text("Saved", exact=True)).to_be_visible()
    assert definition_of(gateway, slug)["title"] == "From here"


def test_the_preview_is_answered_and_sends_nothing(
    as_person: Callable[..., Person], gateway: str
) -> None:
    slug = drafted(gateway, EVERY_KIND)
    person = as_person("esther")
    person.open(f"/assessments/{slug}/edit")
    sent: list[str] = []
    person.page.on(
        "request", lambda request: sent.append(request.url) if request.method != "GET" else None
    )
    person.page.get_by_role("button", name="Preview").click()
    person.page.get_by_label("1: not at all").check()
    number = person.page.get_by_role("group", name="Minutes").get_by_role("textbox")
    number.fill("900")
    number.blur()
    person.sees("A number from 5 to 240 is needed.")
    assert sent == []


def test_statistics_count_what_was_answered(as_person: Callable[..., Person], gateway: str) -> None:
    slug = published(gateway, SHORT)
    session = begun(gateway, slug)
    answer_first(Lyceum(gateway), session, "fig")
    person = as_person("esther")
    person.open(f"/assessments/{slug}/statistics")
    person.sees("1 person answered")
    expect(person.page.get_by_role("row", name="Fig 1 100%")).to_be_visible()
    expect(person.page.get_by_role("row", name="Date 0 0%")).to_be_visible()


def test_everyone_can_use_the_pages(browsers: Browsers, gateway: str) -> None:
    slug = drafted(gateway, EVERY_KIND)
    for form in FORMS:
        with browsers.person("esther", form) as person:
            person.open("/assessments/mine")
            person.page.locator(".card").first.wait_for()
            person.check_access()
            person.open(f"/assessments/{slug}/edit")
            person.page.locator("summary").nth(2).click()
            person.check_access()
            person.open("/assessments/solar-system-quiz/statistics")
            person.page.locator(".distribution").first.wait_for()
            person.check_access()
