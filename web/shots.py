"""Takes a picture of every page in four forms, to be looked at: `make web-shots`.

    python web/shots.py http://127.0.0.1:8080 FOLDER [part of an address]

The platform has the demo's data. What a page is about is made for the picture.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsers import EACH_FORM, PASSWORD, launched
from tests.support.pages import PAGES, addresses_of

SEEN_OTHERWISE = ["/calendar?view=month"]
FORMS = ("light", "dark", "hebrew", "phone")


def main(gateway: str, folder: Path, part: str = "") -> None:
    """Take the pictures of the pages whose address has this part."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        username: [address for address in addresses_of(username, gateway) if part in address]
        for username in PAGES
    }
    pages["ruth"] += [address for address in SEEN_OTHERWISE if part in address]
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for form in FORMS:
            for username, addresses in pages.items():
                if addresses:
                    shoot(browser, gateway, form, username, addresses, folder)


def shoot(
    browser: Browser, gateway: str, form: str, username: str, addresses: list[str], folder: Path
) -> None:
    """Take the pictures of one person in one form."""
    options = {"locale": "en-GB", "timezone_id": "Asia/Jerusalem", "reduced_motion": "reduce"}
    context = browser.new_context(**options | EACH_FORM[form])
    page = context.new_page()
    if username != "nobody":
        sign_in(page, gateway, username)
    for address in addresses:
        page.goto(f"{gateway}{address}")
        page.locator("h1").wait_for()
        page.wait_for_timeout(1500)
        name = re.sub(r"[/?#]", "-", address.strip("/")) or "near"
        page.screenshot(path=folder / f"{name}-{form}.png", full_page=True)
        print(folder / f"{name}-{form}.png")
    context.close()


def sign_in(page: Page, gateway: str, username: str) -> None:
    page.goto(f"{gateway}/sign-in")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    page.locator(".menu").first.wait_for()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
