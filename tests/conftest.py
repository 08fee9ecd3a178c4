"""The whole platform, started once for all journeys; or the one at GATEWAY_URL, with its demo data."""

import os
from collections.abc import Iterator

import pytest

from dev.throwaway import ThrowawayPlatform
from tests.forged_tokens import Issuer, issuer_of
from tests.mailbox import Mailbox, receiving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys in one of the parallel test processes, so that the platform is started once."""
    for item in items:
        if item.path.parent.name == "tests" and item.path.parent.parent == item.config.rootpath:
            item.add_marker(pytest.mark.xdist_group("platform"))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The server for platforms of our own; whoever needs it is skipped at somebody else's GATEWAY_URL."""
    if "GATEWAY_URL" in os.environ:
        pytest.skip("needs a platform of its own")
    return os.environ["TEST_POSTGRES_URL"]


@pytest.fixture(scope="session")
def mailbox(postgres_url: str) -> Iterator[Mailbox]:
    """The mails that the platform of our own sends."""
    with receiving() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def platform(postgres_url: str, mailbox: Mailbox) -> Iterator[ThrowawayPlatform]:
    """A platform of our own."""
    with ThrowawayPlatform(postgres_url, demo=True, smtp_url=mailbox.url) as platform:
        yield platform


@pytest.fixture(scope="session")
def gateway(request: pytest.FixtureRequest) -> str:
    """The gateway's address."""
    return os.environ.get("GATEWAY_URL") or request.getfixturevalue("platform").gateway_url


@pytest.fixture(scope="session")
def issuer(platform: ThrowawayPlatform) -> Issuer:
    """Signs tokens as the platform's user-service does."""
    return issuer_of(platform)
