import fcntl
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from dev import ephemeral
from dev.ephemeral import EphemeralPlatform
from dev.processes import ProcessDied, wait_until
from dev.services import SERVICES
from dev.supervision import keep_running
from dev.unprivileged import PUBLIC_STATE


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """A separate server: its templates are made from stand-ins."""
    with ephemeral.servers() as (postgres, _):
        yield postgres.url


@pytest.fixture(scope="module")
def platform(postgres_url: str, stand_ins: Path) -> Iterator[EphemeralPlatform]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(stand_ins))
        with EphemeralPlatform(postgres_url, demo=True) as platform:
            yield platform


def databases_of(postgres_url: str) -> set[str]:
    """The databases without the templates: those change with every source file."""
    with psycopg.connect(postgres_url) as connection:
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate"
        return {name for [name] in connection.execute(query)}


def guests_url(platform: EphemeralPlatform) -> str:
    return f"{platform.service_url('tutoring')}/guests"


def test_every_program_answers_at_both_its_addresses(platform: EphemeralPlatform) -> None:
    addresses = [platform.gateway_url]
    for service in SERVICES:
        addresses += [platform.service_url(service.name), platform.internal_url(service.name)]
    assert {requests.get(f"{address}/readyz", timeout=5).status_code for address in addresses} == {
        200
    }


def test_demo_data_are_loaded_on_request(platform: EphemeralPlatform) -> None:
    assert requests.get(guests_url(platform), timeout=5).json() == ["ruth"]


def test_platforms_side_by_side_share_nothing_but_the_server(
    platform: EphemeralPlatform, postgres_url: str, stand_ins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stand_ins))
    before = databases_of(postgres_url)
    with EphemeralPlatform(postgres_url, demo=True) as other:
        assert len(databases_of(postgres_url) - before) == len(SERVICES)
        with psycopg.connect(other.database_url("tutoring")) as connection:
            connection.execute("DELETE FROM guests")
        assert requests.get(guests_url(other), timeout=5).json() == []
        assert requests.get(guests_url(platform), timeout=5).json() == ["ruth"]
        assert other.redis.port != platform.redis.port
        folder = other.layout.state
    assert databases_of(postgres_url) == before
    assert not folder.exists()


def test_a_role_can_connect_to_its_own_database_only(platform: EphemeralPlatform) -> None:
    own = platform.database_url("tutoring")
    psycopg.connect(own).close()
    others = platform.database_url("user-service").rpartition("/")[2]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(own.replace(own.rpartition("/")[2], others))


def test_a_killed_service_is_gone_until_restarted(platform: EphemeralPlatform) -> None:
    platform.kill("tutoring-service")
    with pytest.raises(requests.ConnectionError):
        requests.get(guests_url(platform), timeout=5)
    wait_until(lambda: list(platform.deaths()), lambda: None, "the report of its death")
    assert [death.name for death in platform.deaths()] == ["tutoring-service"]
    platform.restart("tutoring-service")
    assert requests.get(guests_url(platform), timeout=5).ok
    assert list(platform.deaths()) == []


def test_a_stopped_service_hangs_until_continued(platform: EphemeralPlatform) -> None:
    platform.kill("tutoring-service", signal.SIGSTOP)
    with pytest.raises(requests.ReadTimeout):
        requests.get(guests_url(platform), timeout=0.5)
    platform.kill("tutoring-service", signal.SIGCONT)
    assert requests.get(guests_url(platform), timeout=5).ok


def test_the_gateway_restarts_too(platform: EphemeralPlatform) -> None:
    platform.restart("gateway")
    assert requests.get(f"{platform.gateway_url}/readyz", timeout=5).ok


def test_the_launcher_does_not_continue_without_a_server(platform: EphemeralPlatform) -> None:
    platform.redis.stop()
    with pytest.raises(ProcessDied, match="redis ended"):
        keep_running(platform, [platform.redis])
    platform.redis.start()


def test_redis_comes_back_at_the_same_address(platform: EphemeralPlatform) -> None:
    address = platform.redis.cache_url
    platform.redis.stop()
    with pytest.raises(ProcessDied, match="ended with status 0"):
        platform.redis.check()
    platform.redis.start()
    platform.redis.check()
    assert platform.redis.cache_url == address


def test_folders_of_killed_launchers_are_swept_and_those_in_use_are_not() -> None:
    abandoned, held = (
        tempfile.mkdtemp(prefix=ephemeral.PREFIX, dir=PUBLIC_STATE) for _ in range(2)
    )
    open(f"{abandoned}/lock", "w").close()
    with open(f"{held}/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ephemeral.sweep()
        assert not os.path.exists(abandoned)
        assert os.path.exists(held)
    ephemeral.sweep()
    assert not os.path.exists(held)
