"""When a person is reminded of a session, and who came to it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Route, expect

from .support.browsers import FORMS, MARKS, Browsers, Person
from .support.study_sessions import api_of, hosted, in_hours

AsPerson = Callable[..., Person]


def times(person: Person) -> list[int]:
    """The times that are ticked, in minutes."""
    ticked = person.page.locator("dialog input[type=checkbox]:checked")
    return [
        int(name.removeprefix("before_"))
        for name in ticked.evaluate_all("all => all.map(each => each.name)")
    ]


def test_a_person_chooses_when_to_be_reminded_by_keyboard(
    gateway: str, as_person: AsPerson
) -> None:
    session = hosted(gateway, start_time=in_hours(30))
    yael_calls = api_of(gateway, "yael")
    yael_calls.join_study_session(session)
    yael = as_person("yael")
    yael.open(f"/study-sessions/{session}")
    yael.sees("You are reminded 24 hours and 15 minutes before it begins.")
    yael.page.get_by_role("button", name="Change reminders").focus()
    yael.press("Enter")
    usual = yael.page.get_by_role("radio", name="As usual")
    expect(usual).to_be_checked()
    usual.focus()
    yael.press("ArrowDown")
    for minutes in (120, 5):
        yael.page.locator(f"[name=before_{minutes}]").focus()
        yael.press("Space")
    yael.page.get_by_role("button", name="Save").focus()
    yael.press("Enter")
    yael.sees("You are reminded 2 hours and 5 minutes before it begins.")
    assert yael_calls.get_study_session_reminders(session)["minutes_before"] == [120, 5]
    expect(yael.page.get_by_role("button", name="Change reminders")).to_be_focused()
    yael.page.get_by_role("button", name="Change reminders").click()
    assert times(yael) == [120, 5]
    yael.page.get_by_label("Not at all").click()
    yael.page.get_by_role("button", name="Save").click()
    yael.sees("You are not reminded of it.")
    assert yael_calls.get_study_session_reminders(session)["minutes_before"] == []


def test_a_member_chooses_when_to_be_reminded(gateway: str, as_person: AsPerson) -> None:
    ruth_calls = api_of(gateway, "ruth")
    havruta = ruth_calls.create_havruta({"name": "Mornings", "book": "Ruth"})
    plan = {"type": "scheduled", "start_time": in_hours(30)}
    session = ruth_calls.create_havruta_session(havruta["id"], plan)["id"]
    ruth = as_person("ruth")
    ruth.open(f"/havruta-sessions/{session}")
    ruth.page.get_by_role("button", name="Change reminders").click()
    ruth.page.get_by_label("At other times").click()
    ruth.page.locator("[name=before_60]").click()
    ruth.page.get_by_role("button", name="Save").click()
    ruth.sees("You are reminded 1 hour before it begins.")
    assert ruth_calls.get_havruta_session_reminders(session)["minutes_before"] == [60]


def marks_of(person: Person, name: str) -> Locator:
    """The two buttons next to someone."""
    label = re.compile(MARKS.join(["Whether ", f"{name}.*", " came"]))
    return person.page.get_by_role("group", name=label)


def test_the_host_marks_who_came_and_takes_a_mark_back(gateway: str, as_person: AsPerson) -> None:
    session = hosted(gateway, start_time=in_hours(0))
    yael_calls = api_of(gateway, "yael")
    yael_calls.join_study_session(session)
    ruth = as_person("ruth")
    ruth.open(f"/study-sessions/{session}")
    missed = marks_of(ruth, "Yael").get_by_role("button", name="Absent")
    missed.click()
    expect(missed).to_have_attribute("aria-pressed", "true")
    before = yael_calls.get_own_attendance()["missed"]
    assert before >= 1
    yael = as_person("yael")
    yael.open("/study-sessions?when=past")
    yael.sees("Only you see this.")
    missed.click()
    expect(missed).to_have_attribute("aria-pressed", "false")
    assert yael_calls.get_own_attendance()["missed"] == before - 1


def test_the_host_marks_who_came_by_keyboard(gateway: str, as_person: AsPerson) -> None:
    session = hosted(gateway, "yael", start_time=in_hours(0))
    ruth = as_person("ruth")
    ruth.open(f"/study-sessions/{session}")
    came = marks_of(ruth, "Yael").get_by_role("button", name="Came")
    missed = marks_of(ruth, "Yael").get_by_role("button", name="Absent")
    ruth.tab_to("Came")
    expect(came).to_be_focused()
    ruth.press("Tab", "Space")
    expect(missed).to_have_attribute("aria-pressed", "true")
    expect(missed).to_be_focused()
    ruth.press("Shift+Tab", "Enter")
    expect(came).to_have_attribute("aria-pressed", "true")
    expect(missed).to_have_attribute("aria-pressed", "false")
    ruth.press("Enter")
    expect(came).to_have_attribute("aria-pressed", "false")
    expect(came).to_be_focused()


def test_a_mark_that_is_answered_late_takes_none_back(gateway: str, as_person: AsPerson) -> None:
    session = hosted(gateway, "yael", "miriam", start_time=in_hours(0))
    held: list[Route] = []
    ruth = as_person("ruth")
    ruth.page.route("**/participants/*/attendance", lambda route: held.append(route))
    ruth.open(f"/study-sessions/{session}")
    first = marks_of(ruth, "Yael").get_by_role("button", name="Came")
    second = marks_of(ruth, "Miriam").get_by_role("button", name="Came")
    first.focus()
    ruth.press("Enter")
    second.focus()
    with ruth.page.expect_request("**/participants/*/attendance"):
        ruth.press("Enter")
    held[1].continue_()
    expect(second).to_have_attribute("aria-pressed", "true")
    held[0].continue_()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(second).to_have_attribute("aria-pressed", "true")


def test_reminders_and_marks_keep_no_one_out(gateway: str, browsers: Browsers) -> None:
    ahead = hosted(gateway, "yael")
    begun = hosted(gateway, "yael", start_time=in_hours(0))
    for form in FORMS:
        with browsers.person("ruth", form) as ruth:
            ruth.open(f"/study-sessions/{begun}")
            expect(ruth.page.locator(".marks")).to_have_count(1)
            ruth.check_access()
            ruth.open(f"/study-sessions/{ahead}")
            ruth.page.locator(".reminders button").click()
            ruth.page.locator("dialog input[value=own]").click()
            expect(ruth.page.locator("dialog input[type=checkbox]")).to_have_count(5)
            ruth.check_access()
