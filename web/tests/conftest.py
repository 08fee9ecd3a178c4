"""Browsers in front of a whole platform, which is started once; or of the one at GATEWAY_URL."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from dev.ephemeral import EphemeralPlatform
from dev.mailbox import Mailbox, MailFolder, receiving

from .support.browsers import CHROMIUM, MISSING, Browsers, Person, launched

IS_ELSEWHERE = "GATEWAY_URL" in os.environ  # whether the platform runs already


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """The e-mails that the platform sends."""
    if folder := os.environ.get("MAIL_FOLDER"):
        yield MailFolder(Path(folder))
    elif IS_ELSEWHERE:
        pytest.skip("needs MAIL_FOLDER: where the platform's e-mails are")
    else:
        with receiving() as receiver:
            yield receiver


@pytest.fixture(scope="session")
def gateway(request: pytest.FixtureRequest) -> Iterator[str]:
    """The platform's address."""
    if IS_ELSEWHERE:
        yield os.environ["GATEWAY_URL"]
        return
    server = os.environ["TEST_POSTGRES_URL"]
    receiver = request.getfixturevalue("mailbox")
    with EphemeralPlatform(server, demo=True, smtp_url=receiver.url) as platform:
        yield platform.gateway_url


@pytest.fixture(scope="session")
def browsers(request: pytest.FixtureRequest) -> Iterator[Browsers]:
    """Browsers for people; a test that needs one is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    gateway = request.getfixturevalue("gateway")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield Browsers(browser, gateway)
        browser.close()


@pytest.fixture
def visitor(browsers: Browsers) -> Iterator[Person]:
    """Someone who has not signed in."""
    with browsers.person() as person:
        yield person


@pytest.fixture
def as_person(browsers: Browsers) -> Iterator[Callable[..., Person]]:
    """Gives people who have signed in, such as `as_person("ruth")`, each with a browser of their own."""
    with contextlib.ExitStack() as people:
        yield lambda *args, **kwargs: people.enter_context(browsers.person(*args, **kwargs))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: takes long, and runs in `make web-test`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long."""
    if "LYCEUM_SOAK" in os.environ:
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("thorough")]
