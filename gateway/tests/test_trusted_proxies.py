"""The address of a client that comes by way of a server in front."""

from collections.abc import Iterator

import pytest

from gateway.app import create_app
from gateway.edge.proxies import TrustedProxies

from .support.gateway_process import Doubles, Gateway, running, settings

TUTORING = "tutoring-service"
PROXIES = TrustedProxies(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("10.0.0.1", b"203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", b"198.51.100.9, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", b"203.0.113.7, 10.1.1.1 , 192.0.2.1", "203.0.113.7"),
        ("10.0.0.1", b"1.2.3.4, 203.0.113.7,2001:db8::5", "203.0.113.7"),
        ("10.0.0.1", b"10.2.2.2", "10.2.2.2"),
        ("10.0.0.1", b"", "10.0.0.1"),
        ("10.0.0.1", b"unknown", "10.0.0.1"),
        ("10.0.0.1", b"203.0.113.7, unknown", "10.0.0.1"),
        ("10.0.0.1", b"203.0.113.7, 10.3.3.3, \xff", "10.0.0.1"),
        ("2001:db8::1", b"2001:470::9", "2001:470::9"),
        ("::ffff:10.0.0.1", b"203.0.113.7", "203.0.113.7"),
        ("203.0.113.200", b"198.51.100.9", "203.0.113.200"),
        ("", b"198.51.100.9", ""),
    ],
)
def test_the_right_most_untrusted_address_is_the_client(
    peer: str, forwarded_for: bytes, client: str
) -> None:
    assert PROXIES.client_of(peer, forwarded_for) == client


def test_nobody_is_believed_by_default() -> None:
    assert TrustedProxies([]).client_of("10.0.0.1", b"203.0.113.7") == "10.0.0.1"


@pytest.fixture
def behind_a_proxy(services: Doubles, internal: Doubles) -> Iterator[Gateway]:
    trusted = {"TRUSTED_PROXIES": "127.0.0.0/8, ::1/128", "SIGN_INS_PER_MINUTE": "3"}
    with running({**settings(services, internal), **trusted}) as gateway:
        yield gateway


def test_a_service_receives_the_address_of_the_client(
    behind_a_proxy: Gateway, services: Doubles
) -> None:
    forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}
    behind_a_proxy.get("/api/courses", headers=forwarded)
    assert services[TUTORING].asked[0].header("X-Forwarded-For") == "203.0.113.7"


def test_clients_behind_one_proxy_have_quotas_of_their_own(behind_a_proxy: Gateway) -> None:
    def sign_in(address: str) -> int:
        forwarded = {"X-Forwarded-For": f"9.9.9.9, {address}"}
        return behind_a_proxy.post("/api/auth/login", body=b"{}", headers=forwarded).status

    assert [sign_in("203.0.113.7") for _ in range(4)] == [200, 200, 200, 429]
    assert sign_in("203.0.113.8") == 200
    networks = ["2001:470:1:2::1", "2001:470:1:2:ffff::9", "2001:470:1:2::3", "2001:470:1:2::4"]
    assert [sign_in(address) for address in networks] == [200, 200, 200, 429]


def test_a_proxy_that_is_no_network_is_refused_at_the_start(
    services: Doubles, internal: Doubles
) -> None:
    with pytest.raises(SystemExit, match="TRUSTED_PROXIES"):
        create_app({**settings(services, internal), "TRUSTED_PROXIES": "10.0.0.0/99"})
