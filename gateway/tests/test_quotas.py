"""How many requests a person or an address may send in a minute."""

import secrets
from collections.abc import Iterator
from itertools import product

import pytest

from chassis import testing
from chassis.testing import a_user, race
from gateway.app import create_app
from gateway.quotas import SHARES, Quotas, network_of
from gateway.routes import QuotaClass

from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import as_json

NOWHERE = "redis://127.0.0.1:1/0"
READS, SIGN_INS = 40, 6
LOGIN = "/api/auth/login"


@pytest.fixture(scope="module")
def small(_doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    """A gateway with small quotas."""
    quotas = {
        "READS_PER_MINUTE": str(READS),
        "SIGN_INS_PER_MINUTE": str(SIGN_INS),
        "STREAMS_PER_MINUTE": "2",
    }
    with running({**settings(_doubles, _internal), **quotas}) as gateway:
        yield gateway


def counting(url: str, quota: int) -> Quotas:
    return Quotas(url, dict.fromkeys(QuotaClass, quota))


def a_person() -> str:
    return f"user:{secrets.token_hex(8)}"


@pytest.mark.parametrize("url", ["Redis", NOWHERE])
@pytest.mark.parametrize("quota", [1, 7, 20, 100])
def test_requests_beyond_the_quota_are_refused(url: str, quota: int) -> None:
    quotas, ruth = counting(testing.redis_url() if url == "Redis" else url, quota), a_person()
    standings = [quotas.spend(QuotaClass.READ, ruth) for _ in range(quota + 5)]
    assert [standing.allowed for standing in standings] == [True] * quota + [False] * 5
    assert [standing.remaining for standing in standings[:quota]] == list(range(quota - 1, -1, -1))
    assert 1 <= standings[-1].reset <= 60


def test_each_person_has_a_separate_quota_of_each_class() -> None:
    quotas, ruth = counting(testing.redis_url(), 1), a_person()
    assert quotas.spend(QuotaClass.READ, ruth).allowed
    assert quotas.spend(QuotaClass.WRITE, ruth).allowed
    assert quotas.spend(QuotaClass.READ, a_person()).allowed
    assert not quotas.spend(QuotaClass.READ, ruth).allowed


def test_several_gateways_share_one_count() -> None:
    gateways, ruth = [counting(testing.redis_url(), 100) for _ in range(3)], a_person()
    allowed = [
        gateway.spend(QuotaClass.READ, ruth).allowed for _ in range(100) for gateway in gateways
    ]
    assert 100 - 3 * 100 // SHARES <= sum(allowed) <= 100


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_an_answer_states_what_is_left_of_the_quota(small: Gateway, services: Doubles) -> None:
    reply = small.get("/api/courses", user=a_user())
    assert reply.headers["RateLimit-Policy"] == f'"reads";q={READS};w=60'
    assert reply.headers["RateLimit"].startswith(f'"reads";r={READS - 1};t=')


def test_a_request_over_the_quota_is_refused_with_retry_after(
    small: Gateway, services: Doubles
) -> None:
    ruth, boaz = a_user(), a_user()
    statuses = [small.get("/api/courses", user=ruth).status for _ in range(READS)]
    refused = small.get("/api/courses", user=ruth)
    assert set(statuses) == {200}
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"reads";r=0;t=')
    assert len(services["tutoring-service"].asked) == READS
    assert small.get("/api/courses", user=boaz).status == 200


def test_a_burst_does_not_exceed_the_quota(small: Gateway, services: Doubles) -> None:
    ruth = a_user()
    statuses = [
        reply.status for reply in race([lambda: small.get("/api/courses", user=ruth)] * (2 * READS))
    ]
    assert statuses.count(200) == READS
    assert statuses.count(429) == READS


def test_spoofed_addresses_and_other_methods_do_not_raise_the_quota(
    small: Gateway, services: Doubles
) -> None:
    spoofs = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "X-Client-IP"]
    variants = [("POST", LOGIN, b"{}"), ("HEAD", LOGIN, None), ("POST", f"{LOGIN}/", b"{}")]
    statuses: list[int] = []
    for number, (name, (method, path, body)) in enumerate(product(spoofs, variants)):
        headers = {name: f"192.0.2.{number}"}
        statuses.append(small.call(method, path, headers=headers, body=body).status)
    assert statuses.count(429) >= len(statuses) - SIGN_INS


def test_a_flood_of_logins_is_limited_without_limiting_reads(
    small: Gateway, services: Doubles
) -> None:
    services["user-service"].reply = lambda *_: as_json({}, 401)
    flood = [small.post(LOGIN, body=b"{}", user=a_user()).status for _ in range(50)]
    assert flood.count(429) >= 50 - SIGN_INS
    assert len(services["user-service"].asked) <= SIGN_INS
    assert small.get("/api/courses", user=a_user()).status == 200


def test_streams_have_their_own_quota(small: Gateway, services: Doubles, internal: Doubles) -> None:
    ruth = a_user()
    internal["user-service"].reply = lambda *_: as_json({}, 404)
    assert [small.get("/api/events", user=ruth).status for _ in range(3)] == [404, 404, 429]


def test_health_checks_use_up_no_quota(small: Gateway) -> None:
    assert {small.get("/healthz").status for _ in range(2 * READS)} == {200}
    assert "RateLimit" not in small.get("/healthz").headers


def test_a_gateway_without_redis_counts_by_itself(services: Doubles, internal: Doubles) -> None:
    quotas = {"READS_PER_MINUTE": "40", "CACHE_URL": NOWHERE}
    with running({**settings(services, internal), **quotas}) as gateway:
        ruth = a_user()
        statuses = [gateway.get("/api/courses", user=ruth).status for _ in range(50)]
    assert statuses == [200] * 40 + [429] * 10


def test_a_quota_of_zero_is_refused_at_the_start(services: Doubles, internal: Doubles) -> None:
    with pytest.raises(SystemExit, match="quota"):
        create_app({**settings(services, internal), "READS_PER_MINUTE": "0"})
