"""Addresses of Redis: one server, or the sentinels that know which one."""

from pathlib import Path

import pytest
from redis.sentinel import SentinelManagedSSLConnection

from chassis.config import InvalidSettings, ServiceSettings, from_environment
from chassis.redis_client import connect, locate

SENTINELS = "sentinel://user-service@s1:26380,s2/3?name=events"


@pytest.fixture
def passfile(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("secret\n")
    return path


def test_a_server_without_a_file_of_passwords_stays_as_it_is() -> None:
    for url in ("redis://someone:word@cache:6379/0?max_connections=5", "rediss://cache"):
        where = locate(url)
        assert (where.url, where.credentials, where.sentinels) == (url, {}, ())


def test_a_user_has_their_password_from_a_file(passfile: Path) -> None:
    where = locate(f"rediss://user-service@cache:6379/0?max_connections=5&passfile={passfile}")
    assert where.url == "rediss://cache:6379/0?max_connections=5"
    assert where.credentials["credential_provider"].get_credentials() == ("user-service", "secret")
    assert where.is_encrypted


def test_sentinels_are_named_in_place_of_the_server(passfile: Path) -> None:
    where = locate(f"{SENTINELS}&passfile={passfile}&sentinel_passfile={passfile}")
    assert where.sentinels == [("s1", 26380), ("s2", 26379)]
    assert (where.name, where.is_encrypted) == ("events", False)
    assert where.credentials["credential_provider"].get_credentials() == ("user-service", "secret")
    asking = where.sentinel_credentials["credential_provider"]
    assert asking.get_credentials() == ("default", "secret")


def test_a_client_of_sentinels_has_the_database_and_the_options_of_the_address() -> None:
    with connect(f"{SENTINELS}&max_connections=7".replace("sentinel:", "sentinels:")) as client:
        pool = client.connection_pool
        assert (pool.connection_kwargs["db"], pool.max_connections) == (3, 7)
        assert pool.connection_class is SentinelManagedSSLConnection


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sentinel://s1,s2/0", r"names sentinels, but no Redis that they watch \(\?name=\)"),
        ("sentinel://s1:redis/0?name=events", "names a sentinel whose port is 'redis'"),
        ("http://cache", "Redis URL must specify one of the following schemes"),
        ("redis://cache/0?socket_timeout=soon", "Invalid value for 'socket_timeout'"),
    ],
)
def test_an_address_that_cannot_be_read_stops_the_program(url: str, reason: str) -> None:
    with pytest.raises(InvalidSettings, match=f"CACHE_URL {reason}"):
        from_environment(ServiceSettings, {"CACHE_URL": url})
