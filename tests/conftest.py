"""The whole platform, started once for all journeys; or the one at GATEWAY_URL, with its demo data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.ephemeral import LOW_COST, EphemeralPlatform
from dev.mailbox import Mailbox, MailFolder, Mailpit, Receiver, receiving

from .support.certificates import Certificate
from .support.containers import ARE_CONTAINERS, Containers
from .support.forged_tokens import Issuer
from .support.fronts import MISSING, NAME, PROGRAMS
from .support.people import IS_ELSEWHERE, People

# What containers of this machine show of a platform that runs already.
SHOWN_BY_CONTAINERS = {
    "the services' own addresses",
    "the services' keys and own addresses",
    "the key that signs access tokens, and the services' own addresses",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(insides): what only a platform of our own lets a test reach"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys in one of the parallel test processes, so that the platform is started once."""
    for item in items:
        if item.path.parent.name == "tests" and item.path.parent.parent == item.config.rootpath:
            item.add_marker(pytest.mark.xdist_group("platform"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    needed = item.get_closest_marker("needs")
    if needed and IS_ELSEWHERE and not (ARE_CONTAINERS and needed.args[0] in SHOWN_BY_CONTAINERS):
        pytest.skip(f"needs {needed.args[0]}")


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The server for platforms of our own; tests that need one are skipped with GATEWAY_URL."""
    if IS_ELSEWHERE:
        pytest.skip("needs a platform of its own")
    return os.environ["TEST_POSTGRES_URL"]


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Where a platform of our own sends its e-mails."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def mailbox(request: pytest.FixtureRequest) -> Mailbox:
    """The e-mails that the platform sends."""
    if not IS_ELSEWHERE:
        return request.getfixturevalue("receiver")
    if url := os.environ.get("MAILPIT_URL"):
        return Mailpit(url)
    if folder := os.environ.get("MAIL_FOLDER"):
        return MailFolder(Path(folder))
    pytest.skip("needs MAILPIT_URL or MAIL_FOLDER: where the platform's e-mails are")


@pytest.fixture(scope="session")
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EphemeralPlatform | Containers]:
    """A platform whose insides are known: one of our own, or one in containers."""
    if ARE_CONTAINERS:
        yield Containers(os.environ["GATEWAY_URL"], tmp_path_factory.mktemp("containers"))
        return
    postgres_url = request.getfixturevalue("postgres_url")
    receiver = request.getfixturevalue("receiver")
    # Many people sign in here. The platforms of single files have the usual cost.
    with EphemeralPlatform(
        postgres_url, demo=True, smtp_url=receiver.url, password_cost=LOW_COST
    ) as platform:
        yield platform


@pytest.fixture(scope="session")
def gateway(request: pytest.FixtureRequest) -> str:
    """The gateway's address."""
    return os.environ.get("GATEWAY_URL") or request.getfixturevalue("platform").gateway_url


@pytest.fixture(scope="session")
def people(gateway: str) -> People:
    """The demo's people."""
    return People(gateway)


@pytest.fixture(scope="session")
def issuer(platform: EphemeralPlatform) -> Issuer:
    """Signs tokens as the platform's user-service does."""
    return Issuer.of_keys(platform.layout.keys.signing, platform.gateway_url)


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    """Each server in front; its tests are skipped where it is not installed."""
    if PROGRAMS[request.param] is None:
        pytest.skip(MISSING.format(request.param))
    return str(request.param)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The certificate of servers in front."""
    return Certificate.made(tmp_path_factory.mktemp("certificate"), NAME)
