"""Finding a session near a place."""

import pytest
from playwright.sync_api import Route, expect

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
    visitor.page.get_by_role("option", name="Jerusalem, Israel", exact=True).wait_for()
    visitor.press("Enter")
    visitor.sees("near Jerusalem, Israel")
    expect(visitor.page.get_by_role("link", name="Marine biology")).to_have_count(0)
    visitor.page.reload()
    visitor.sees("near Jerusalem, Israel")


def test_enter_takes_what_was_typed_last_however_late_the_answer_is(visitor: Person) -> None:
    visitor.open("/")
    visitor.tab_to("Where")
    visitor.page.keyboard.type("Je")
    visitor.page.get_by_role("option", name="Jeddah, Saudi Arabia").wait_for()
    held: list[Route] = []
    visitor.page.route("**/api/places?*", lambda route: held.append(route))
    visitor.page.keyboard.type("rus")
    visitor.press("Enter")
    while len(held) < 3:
        visitor.page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    visitor.sees("near Jerusalem, Israel")


def test_a_place_is_found_in_hebrew(visitor: Person) -> None:
    visitor.open("/")
    visitor.page.get_by_role("combobox", name="Where").fill("צפת")
    visitor.page.get_by_role("option", name="צפת").click()
    expect(visitor.page.get_by_role("combobox", name="Where")).to_have_value("צפת, Israel")


FLAT = """async ([version, ring]) => {
  const { flat } = await import(`/static/${version}/sessions/land.js`);
  return flat({ features: [{ geometry: { coordinates: [[ring]] } }] }).coordinates;
}"""


@pytest.mark.parametrize(
    ("ring", "drawn"),
    [
        ([[0, 0], [9, 0], [9, 9], [0, 0]], [[[[0, 0], [9, 0], [9, 9], [0, 0]]]]),
        (
            [[179, 60], [-179, 60], [-179, 61], [179, 60]],
            [
                [[[179, 60], [181, 60], [181, 61], [179, 60]]],
                [[[-181, 60], [-179, 60], [-179, 61], [-181, 60]]],
            ],
        ),
        (
            [[-180, -70], [-60, -75], [60, -70], [180, -70], [-180, -70]],
            [
                [
                    [
                        [-180, -70],
                        [-60, -75],
                        [60, -70],
                        [180, -70],
                        [180, -70],
                        [180, -90],
                        [-180, -90],
                    ]
                ]
            ],
        ),
    ],
    ids=["an island", "across the 180th meridian", "round the pole"],
)
def test_land_is_drawn_without_lines_across_the_map(
    visitor: Person, ring: object, drawn: object
) -> None:
    visitor.open("/sign-in")
    settings = visitor.page.request.get(f"{visitor.gateway}/web/settings.json").json()
    assert visitor.page.evaluate(FLAT, [settings["version"], ring]) == drawn


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
