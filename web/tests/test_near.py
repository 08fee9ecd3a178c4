"""Finding a session near a place."""

from playwright.sync_api import expect

from .support.browsers import Browsers, Person

# Of the first load, without the map, which phones do not show at first.
MOST_BYTES = 120_000
MOST_REQUESTS = 15


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


def test_the_first_load_is_light_and_the_next_comes_from_the_browsers_store(
    browsers: Browsers,
) -> None:
    received: list[int] = []
    with browsers.person(form="phone") as visitor:
        devtools = visitor.context.new_cdp_session(visitor.page)
        devtools.send("Network.enable")
        devtools.on(
            "Network.loadingFinished", lambda event: received.append(event["encodedDataLength"])
        )
        for most_bytes, most_requests in ((MOST_BYTES, MOST_REQUESTS), (MOST_BYTES / 10, 3)):
            received.clear()
            visitor.open("/")
            visitor.page.locator("ol > li").first.wait_for()
            visitor.page.wait_for_load_state("networkidle")
            asked = [size for size in received if size]
            assert sum(asked) < most_bytes
            assert len(asked) <= most_requests
