"""People in front of a browser, so that tests read as what they do."""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    APIResponse,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    expect,
)

# The first has no windows: a page costs a third of the processor time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
MISSING = "needs the browser of Debian: apt-get install chromium-headless-shell"
PASSWORD = "study-together-daily"  # of the demo's people
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
)
MARKS = "[\u2068\u2069]*"
PATIENCE = 10_000  # milliseconds: much longer than anything takes on an idle machine
expect.set_options(timeout=PATIENCE)
REFUSED = "Failed to load resource: the server responded with a status of"
# WCAG 2.2, level AA.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
EACH_FORM: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "hebrew": {"locale": "he-IL"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
TOGETHER = "hebrew, on a phone, in the dark"
EACH_FORM[TOGETHER] = EACH_FORM["dark"] | EACH_FORM["hebrew"] | EACH_FORM["phone"]
# One look finds what several forms do wrong; `make web-test` takes them one by one.
FORMS = tuple(EACH_FORM) if "LYCEUM_SOAK" in os.environ else (TOGETHER,)
"""The forms that each page is looked at in."""


def launched(playwright: Playwright) -> Browser:
    """The browser of the machine: none is downloaded."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])


def fetched(route: Route) -> APIResponse:
    """What the platform answers to a request of a page; that it comes from one, browsers say themselves."""
    headers = {**route.request.headers, "sec-fetch-site": "same-origin"}
    return route.fetch(headers=headers)


def register(gateway: str, display_name: str = "Rotem Example") -> str:
    """A new account, with the password of all: its username."""
    name = f"w{secrets.token_hex(6)}"
    account = {
        "email": f"{name}@lyceum.example",
        "username": name,
        "display_name": display_name,
        "password": PASSWORD,
    }
    requests.post(f"{gateway}/api/auth/register", json=account, timeout=15).raise_for_status()
    return name


@dataclass
class Person:
    """Someone in front of a browser. What a page must never do is noted in `faults`."""

    page: Page
    gateway: str
    faults: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    """The statuses that the platform is expected to refuse something with."""

    @property
    def context(self) -> BrowserContext:
        """The browser's own store: its tabs share it."""
        return self.page.context

    def open(self, path: str) -> None:
        """Go to the page by its address, and wait for its heading."""
        self.page.goto(f"{self.gateway}{path}")
        self.page.locator("h1").wait_for()

    def sign_in(self, username: str) -> None:
        """Sign in by the form, as one of the demo's people."""
        self.open("/sign-in")
        self.fill_sign_in(username)
        self.page.locator(".menu").wait_for()

    def fill_sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Fill in the form, and send it."""
        self.page.get_by_label("E-mail address or username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def sees(self, words: str) -> None:
        """The words are on the page, or come soon."""
        # Marks of direction stand round what is put into a sentence.
        letters = MARKS.join(map(re.escape, words))
        expect(self.page.locator("main")).to_contain_text(re.compile(letters))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name: str) -> None:
        """Go with the Tab key to what has this name."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(
                "() => { const e = document.activeElement; const by = e.labels?.[0];"
                " return (e.getAttribute('aria-label') || by?.textContent || e.textContent || '').trim() }"
            )
            if focused.startswith(name):
                return
        raise AssertionError(f"Tab does not lead to {name!r}")

    def open_folds(self) -> None:
        """Open all that is folded, so that it is looked at, too."""
        self.page.evaluate(
            "() => document.querySelectorAll('details.fold').forEach((fold) => { fold.open = true })"
        )

    def check_access(self) -> None:
        """Nothing on the page keeps anyone out, as far as axe can tell."""
        results = Axe().run(self.page, options=RULES)
        assert results.violations_count == 0, results.generate_report()
        width = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"the page is {width} px wider than the window"

    def watch(self) -> None:
        """Note what the page does wrong."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", lambda request: self._on_request(request.url))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or "net::ERR_" in message.text:
            return
        if message.text.startswith(REFUSED):
            status = int(message.text.removeprefix(REFUSED).split()[0])
            if status in self.refusals:
                return
        self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, url: str) -> None:
        if not url.startswith((self.gateway, "data:", "blob:")):
            self.faults.append(f"asks another server: {url}")


class Browsers:
    """Gives each person a browser without a past, or one that has signed in already."""

    def __init__(self, browser: Browser, gateway: str) -> None:
        self._browser = browser
        self._gateway = gateway
        self._signed_in: dict[str, Any] = {}

    @contextlib.contextmanager
    def person(
        self, username: str | None = None, form: str = "light", **more: Any
    ) -> Iterator[Person]:
        """Someone with a browser of their own; at the end it must have done nothing wrong."""
        # Without a graphics processor, each frame of an animation costs what a page costs.
        options: dict[str, Any] = {
            "locale": "en-GB",
            "timezone_id": "Asia/Jerusalem",
            "reduced_motion": "reduce",
        }
        options |= EACH_FORM[form] | more
        if username:
            options["storage_state"] = self._state_of(username)
        context = self._browser.new_context(**options)
        try:
            person = Person(context.new_page(), self._gateway)
            person.watch()
            yield person
            assert not person.faults, person.faults
            for page in context.pages:
                # What still answers in the page's place ends before the page does.
                page.unroute_all(behavior="wait")
        finally:
            context.close()

    def _state_of(self, username: str) -> Any:
        """Cookies and store of someone who has signed in: once, as that takes a while."""
        if username not in self._signed_in:
            with self.person() as person:
                person.sign_in(username)
                self._signed_in[username] = person.context.storage_state()
        return self._signed_in[username]
