"""When a tutor teaches, and what they say about themselves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .support.accounts import signed_in
from .support.browsers import Browsers, Person
from .support.lessons import look_in_all_forms


def test_hours_are_set_by_keyboard(gateway: str, as_person: Callable[..., Person]) -> None:
    api = signed_in(gateway, "hillel")
    hours = {"weekday": "Monday", "start_time": "10:00", "end_time": "12:00"}
    api.set_availability({"timezone": "Asia/Jerusalem", "weekly": [hours], "exceptions": []})
    hillel = as_person("hillel")
    hillel.refusals.add(422)
    hillel.open("/tutoring/availability")
    hillel.tab_to("Add hours: \u2068Monday")
    hillel.press("Enter")
    monday = hillel.page.get_by_role("group", name="Monday")
    until = monday.get_by_label("until").last
    until.fill("11:00")
    hillel.tab_to("Save")
    hillel.press("Enter")
    hillel.sees("Hours must end after they begin.")
    until.fill("14:00")
    hillel.page.get_by_label("Date").fill("2030-01-07")
    hillel.page.get_by_role("button", name="Add this day").click()
    hillel.page.get_by_role("button", name="Save").click()
    said = hillel.page.get_by_role("status").filter(has_text="Your hours are saved.")
    expect(said).to_be_visible()
    declared = api.get_availability(api.get_own_account()["id"])
    assert [each["end_time"][:5] for each in declared["weekly"]] == ["12:00", "14:00"]
    assert declared["exceptions"] == [{"date": "2030-01-07", "hours": []}]


@pytest.mark.thorough
def test_removed_hours_leave_the_focus_on_the_page(
    gateway: str, as_person: Callable[..., Person]
) -> None:
    ruth = as_person("ruth")
    ruth.open("/tutoring/availability")
    day = ruth.page.get_by_role("group", name="Monday")
    day.get_by_role("button", name="Remove").focus()
    ruth.press("Enter")
    expect(day).to_contain_text("No lessons")
    expect(day.get_by_role("button", name="Add hours")).to_be_focused()


@pytest.mark.thorough
def test_a_tutor_says_who_they_are(gateway: str, as_person: Callable[..., Person]) -> None:
    hillel = as_person("hillel")
    hillel.open("/tutoring/profile")
    about = hillel.page.get_by_label("About you as a tutor")
    about.fill("I read slowly.")
    hillel.page.get_by_label("Yiddish").check()
    hillel.tab_to("Save")
    hillel.press("Enter")
    expect(hillel.page.get_by_role("heading", level=1)).to_have_text("Hillel Weiss")
    hillel.sees("I read slowly.")
    hillel.sees("Yiddish")


@pytest.mark.thorough
def test_hours_are_for_tutors(as_person: Callable[..., Person]) -> None:
    david = as_person("david")
    david.open("/tutoring/availability")
    david.sees("This page is for tutors.")


def test_the_pages_of_tutors_keep_no_one_out(browsers: Browsers) -> None:
    pages = {"/tutoring/availability": "Sunday", "/tutoring/profile": "Yiddish"}
    look_in_all_forms(browsers, "ruth", pages)
