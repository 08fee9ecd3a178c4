"""Takes a picture of every page in four forms, to be looked at: `make web-shots`.

    python web/shots.py http://127.0.0.1:8080 FOLDER [part of an address]

The platform has the demo's data. A page about one thing is that of the first one in a list of the API.
"""

import sys
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsers import EACH_FORM, PASSWORD, launched

PAGES = {
    "": ["/", "/sign-in", "/register", "/forgot-password", "/courses", "/assessments"],
    "boaz": [
        "/dashboard",
        "/calendar",
        "/calendar?view=month",
        "/notifications",
        "/search?q=ge",
        "/study-sessions",
        "/study-sessions/new",
        "/havrutas",
        "/enrollments",
        "/account",
        "/account/security",
        "/account/devices",
        "/account/notifications",
        "/account/people",
        "/account/data",
    ],
    "ruth": ["/tutoring/availability", "/tutoring/profile"],
    "esther": ["/assessments/mine"],
}
FIRST = {
    "/study-sessions": ("boaz", "/api/study-sessions/mine"),
    "/havrutas": ("boaz", "/api/havrutas"),
    "/havruta-sessions": ("boaz", "/api/havruta-sessions"),
    "/courses": ("boaz", "/api/courses"),
    "/enrollments": ("boaz", "/api/enrollments"),
    "/sessions": ("boaz", "/api/sessions"),
}
"""Pages of one thing: who sees it, and the list that it is the first of."""
KEYS = ("id", "session_id", "slug")


def main(gateway: str, folder: Path, part: str = "") -> None:
    """Take the pictures of the pages whose address has this part."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for form in ("light", "dark", "hebrew", "phone"):
            for username, addresses in addresses_by_person(gateway).items():
                wanted = [address for address in addresses if part in address]
                if wanted:
                    shoot(browser, gateway, form, username, wanted, folder)


def addresses_by_person(gateway: str) -> dict[str, list[str]]:
    """The addresses of all pages, by who is to look at them."""
    found = {person: list(addresses) for person, addresses in PAGES.items()}
    for prefix, (person, path) in FIRST.items():
        items = listed(gateway, person, path)
        if items:
            key = next(key for key in KEYS if key in items[0])
            found[person].append(f"{prefix}/{items[0][key]}")
    return found


def listed(gateway: str, username: str, path: str) -> list[dict[str, str]]:
    """A list of the API, as this person sees it."""
    login = {"login": username, "password": PASSWORD}
    answer = requests.post(f"{gateway}/api/auth/login", json=login, timeout=15).json()
    token = {"Authorization": f"Bearer {answer['access_token']}"}
    items: list[dict[str, str]] = requests.get(
        f"{gateway}{path}", headers=token, timeout=15
    ).json()["items"]
    return items


def shoot(
    browser: Browser, gateway: str, form: str, username: str, addresses: list[str], folder: Path
) -> None:
    """Take the pictures of one person in one form."""
    options = {"locale": "en-GB", "timezone_id": "Asia/Jerusalem", "reduced_motion": "reduce"}
    context = browser.new_context(**options | EACH_FORM[form])
    page = context.new_page()
    if username:
        sign_in(page, gateway, username)
    for address in addresses:
        page.goto(f"{gateway}{address}")
        page.locator("h1").wait_for()
        page.wait_for_timeout(1500)
        name = address.strip("/").replace("/", "-").replace("?", "-") or "near"
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
