"""Finding a session near a place."""

from playwright.sync_api import expect

from .support.browsers import Person


def test_visitors_see_what_is_soon_and_come_to_one(visitor: Person) -> None:
    visitor.open("/")
    visitor.page.get_by_role("link", name="Tractate Berakhot, first chapter").wait_for()
    expect(visitor.page.locator(".leaflet-container")).to_be_visible()


def test_a_place_is_found_by_its_name_with_the_keyboard(visitor: Person) -> None:
    visitor.open("/")
    visitor.tab_to("Where")
    visitor.page.keyboard.type("Jeru")
    visitor.page.get_by_role("option", name="Jerusalem, Israel").wait_for()
    visitor.press("Enter")
    visitor.sees("near Jerusalem, Israel")
    expect(visitor.page.get_by_role("link", name="Marine biology")).to_have_count(0)
    visitor.page.reload()
    visitor.sees("near Jerusalem, Israel")


def test_a_place_is_found_in_hebrew(visitor: Person) -> None:
    visitor.open("/")
    visitor.page.get_by_role("combobox", name="Where").fill("צפת")
    visitor.page.get_by_role("option", name="צפת").click()
    expect(visitor.page.get_by_role("combobox", name="Where")).to_have_value("צפת, Israel")
