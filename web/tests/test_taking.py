"""Taking an assessment: every kind of question, without a network, on two devices, against the clock."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lyceum_client import Lyceum

from .support.accounts import signed_in
from .support.assessments import (
    EVERY_KIND,
    SHORT,
    answer_first,
    answers,
    begun,
    named,
    published,
)
from .support.browsers import FORMS, Browsers, Person

SAVED = "All answers are saved"


@pytest.fixture(scope="module")
def short(gateway: str) -> str:
    return published(gateway, SHORT)


@pytest.fixture(scope="module")
def every_kind(gateway: str) -> str:
    return published(gateway, EVERY_KIND)


def opened(person: Person, session_id: str) -> None:
    person.open(f"/assessment-sessions/{session_id}")


def choose(person: Person, name: str) -> None:
    person.page.get_by_label(name, exact=True).check()


def test_every_kind_is_answered_with_the_keyboard(
    visitor: Person, gateway: str, every_kind: str
) -> None:
    session = begun(gateway, every_kind)
    opened(visitor, session)
    visitor.tab_to("1: not at all")
    visitor.press("Space", "ArrowRight")
    visitor.press("Tab", "ArrowRight", "Tab", "Space")  # the slider; the first of the choices
    visitor.press("Tab", "Space", "Tab", "Space")  # two boxes
    visitor.tab_to("This order is right")
    visitor.press("Enter")
    visitor.tab_to("True")
    visitor.press("Space", "Tab")
    visitor.page.keyboard.type("7.5")
    visitor.press("Tab")
    visitor.page.keyboard.type("Understand tides")
    visitor.sees("8 of 8 answered")
    visitor.sees(SAVED)
    likert, slider, one, several, order, *rest = answers(gateway, session)
    assert (likert, slider, one, several) == (2, 21, "fig", ["fig", "date"])
    assert sorted(order) == ["mars", "venus"]
    assert rest == [True, 7.5, "Understand tides"]
    visitor.tab_to("Finish")
    visitor.press("Enter")
    visitor.sees("80 points gained")


@pytest.mark.thorough
def test_an_order_is_made_with_buttons_that_keep_the_focus(
    visitor: Person, gateway: str, every_kind: str
) -> None:
    session = begun(gateway, every_kind)
    opened(visitor, session)
    first = visitor.page.locator(".sortable .name").first.inner_text()
    down = visitor.page.get_by_role("button", name=named("Move down", first))
    down.press("Enter")
    expect(visitor.page.locator(".sortable .name").last).to_have_text(first)
    expect(down).to_be_focused()
    visitor.sees(f"{first}: now 2 of 2")
    visitor.sees(SAVED)
    assert answers(gateway, session)[0][1] == first.lower()


def test_what_is_no_answer_is_said_at_its_question(
    visitor: Person, gateway: str, every_kind: str
) -> None:
    session = begun(gateway, every_kind)
    opened(visitor, session)
    number = visitor.page.get_by_role("group", name="Minutes").get_by_role("textbox")
    number.fill("3")
    number.blur()
    expect(visitor.page.get_by_role("group", name="Minutes")).to_contain_text("is needed")
    expect(number).to_have_attribute("aria-invalid", "true")
    number.fill("30")
    visitor.sees(SAVED)
    expect(number).not_to_have_attribute("aria-invalid", "true")
    number.fill("")
    number.blur()
    visitor.sees("An answer can be changed, but not taken back.")
    assert answers(gateway, session) == [30]


@pytest.mark.thorough
def test_the_end_leads_to_what_is_missing_on_another_page(
    visitor: Person, gateway: str, short: str
) -> None:
    visitor.refusals.add(422)
    opened(visitor, begun(gateway, short))
    visitor.page.get_by_role("button", name="Next").click()
    expect(visitor.page.get_by_role("heading", name="Second page")).to_be_focused()
    visitor.page.get_by_role("button", name="Finish", exact=True).click()
    visitor.sees("1 question still needs an answer.")
    expect(visitor.page.get_by_label("Fig", exact=True)).to_be_focused()
    visitor.press("Space")
    visitor.page.get_by_role("button", name="Next").click()
    visitor.page.get_by_role("button", name="Finish", exact=True).click()
    visitor.sees("at home")
    visitor.sees("1 of 1")


def test_answers_given_without_a_network_outlive_a_reload(
    visitor: Person, gateway: str, short: str
) -> None:
    session = begun(gateway, short)
    opened(visitor, session)
    # Once more, for the worker that keeps the pages.
    visitor.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    visitor.page.reload()
    visitor.sees("First page")
    visitor.page.get_by_role("button", name="Next").click()
    visitor.sees("Second page")
    visitor.context.set_offline(True)
    choose(visitor, "True")
    visitor.sees("No connection: 1 answer is kept on this device")
    visitor.page.get_by_role("button", name="Previous").click()
    choose(visitor, "Date")
    visitor.sees("No connection: 2 answers are kept on this device")
    visitor.page.reload()
    visitor.sees("2 of 2 answered")
    visitor.context.set_offline(False)
    visitor.sees(SAVED)
    assert answers(gateway, session) == ["date", True]


@pytest.mark.thorough
def test_a_later_answer_from_elsewhere_is_shown_and_can_be_replaced(
    visitor: Person, gateway: str, short: str
) -> None:
    session = begun(gateway, short)
    opened(visitor, session)
    visitor.context.set_offline(True)
    choose(visitor, "Fig")
    visitor.sees("is kept on this device")
    later = int(time.time() * 1000) + 60_000
    answer_first(Lyceum(gateway), session, "date", client_seq=later)
    visitor.context.set_offline(False)
    visitor.sees("You answered this later on another device")
    expect(visitor.page.get_by_label("Date", exact=True)).to_be_checked()
    visitor.page.get_by_role("button", name="Take the one from here").click()
    expect(visitor.page.get_by_label("Fig", exact=True)).to_be_checked()
    visitor.sees(SAVED)
    assert answers(gateway, session) == ["fig"]


def test_a_session_is_paused_and_gone_on_with_on_another_device(
    as_person: Callable[..., Person], gateway: str, short: str
) -> None:
    with signed_in(gateway, "miriam") as miriam:
        session = begun(gateway, short, miriam)
    one = as_person("miriam")
    opened(one, session)
    choose(one, "Fig")
    one.page.get_by_role("button", name="Finish later").click()
    expect(one.page.locator(".told")).to_contain_text("Everything is saved.")
    other = as_person("miriam", form="phone")
    other.open("/assessments")
    other.page.locator(f"a[href='/assessment-sessions/{session}']").click()
    expect(other.page.get_by_label("Fig", exact=True)).to_be_checked()


def test_when_the_time_is_up_what_was_answered_counts(visitor: Person, gateway: str) -> None:
    session = begun(gateway, published(gateway, {**SHORT, "time_limit_minutes": 2}))
    visitor.page.clock.install()
    opened(visitor, session)
    expect(visitor.page.get_by_role("timer")).to_contain_text("left")
    choose(visitor, "Fig")
    visitor.sees(SAVED)
    visitor.page.clock.fast_forward(62_000)
    expect(visitor.page.locator("[role=status]", has_text=re.compile(r"0:\d\d"))).to_be_attached()
    visitor.page.clock.fast_forward(62_000)
    visitor.page.wait_for_url("**/result")
    visitor.sees("at home")


@pytest.mark.thorough
def test_answers_that_wait_when_the_time_is_up_are_sent_first(
    visitor: Person, gateway: str
) -> None:
    session = begun(gateway, published(gateway, {**SHORT, "time_limit_minutes": 2}))
    visitor.page.clock.install()
    opened(visitor, session)
    expect(visitor.page.get_by_role("timer")).to_contain_text("left")
    visitor.context.set_offline(True)
    choose(visitor, "Fig")
    visitor.sees("is kept on this device")
    visitor.page.clock.fast_forward(122_000)
    visitor.sees("The platform cannot be reached.")
    visitor.context.set_offline(False)
    visitor.page.wait_for_url("**/result")
    visitor.sees("at home")


@pytest.mark.thorough
def test_giving_up_asks_first_and_says_what_to_do_then(
    visitor: Person, gateway: str, short: str
) -> None:
    opened(visitor, begun(gateway, short))
    visitor.page.get_by_role("button", name="Give up").click()
    visitor.page.get_by_role("button", name="Back").click()
    expect(visitor.page.get_by_role("button", name="Give up")).to_be_focused()
    visitor.press("Enter")
    visitor.page.get_by_role("dialog").get_by_role("button", name="Give up").click()
    visitor.sees("You gave up this attempt.")
    expect(visitor.page.get_by_role("link", name="Begin again")).to_have_attribute(
        "href", f"/assessments/{short}"
    )


@pytest.mark.thorough
def test_a_session_that_expired_says_so(as_person: Callable[..., Person], gateway: str) -> None:
    with signed_in(gateway, "david") as david:
        [expired] = david.list_assessment_sessions(status="expired")["items"]
    person = as_person("david")
    opened(person, expired["session_id"])
    person.sees("Nothing happened here for 30 days")


def test_everyone_can_use_the_pages(
    browsers: Browsers, gateway: str, every_kind: str, short: str
) -> None:
    session = begun(gateway, every_kind)
    done = begun(gateway, short)
    answer_first(Lyceum(gateway), done, "fig")
    Lyceum(gateway).complete_assessment_session(done)
    for form in FORMS:
        with browsers.person(form=form) as person:
            opened(person, session)
            person.page.locator(".question").last.wait_for()
            person.check_access()
            person.open(f"/assessment-sessions/{done}/result")
            person.page.locator(".score").wait_for()
            person.check_access()
