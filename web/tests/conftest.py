"""Browsers in front of a whole platform, which is started once; or of the one at GATEWAY_URL."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from dev.ephemeral import LOW_COST, EphemeralPlatform
from dev.mailbox import Mailbox, MailFolder, receiving

from .support.browsers import CHROMIUM, MISSING, Browsers, Person, launched

IS_ELSEWHERE = "GATEWAY_URL" in os.environ  # whether the platform runs already


HERE = Path(__file__).parent
RUNNING = contextlib.ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the browser with the last test of it: its event loop would disturb others in the process."""
    if nextitem is None or nextitem.path.parent != HERE:
        RUNNING.close()


@pytest.fixture(scope="session")
def mailbox() -> Mailbox:
    """The e-mails that the platform sends."""
    if folder := os.environ.get("MAIL_FOLDER"):
        return MailFolder(Path(folder))
    if IS_ELSEWHERE:
        pytest.skip("needs MAIL_FOLDER: where the platform's e-mails are")
    return RUNNING.enter_context(receiving())


@pytest.fixture(scope="session")
def gateway(request: pytest.FixtureRequest) -> str:
    """The platform's address."""
    if IS_ELSEWHERE:
        return os.environ["GATEWAY_URL"]
    server = os.environ["TEST_POSTGRES_URL"]
    receiver = request.getfixturevalue("mailbox")
    platform = EphemeralPlatform(server, demo=True, smtp_url=receiver.url, password_cost=LOW_COST)
    return RUNNING.enter_context(platform).gateway_url


@pytest.fixture(scope="session")
def browsers(request: pytest.FixtureRequest) -> Browsers:
    """Browsers for people; a test that needs one is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    gateway = request.getfixturevalue("gateway")
    browser = launched(RUNNING.enter_context(sync_playwright()))
    RUNNING.callback(browser.close)
    return Browsers(browser, gateway)


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
