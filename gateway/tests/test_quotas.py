"""How many requests a person or an address may send in a minute."""

import re
import secrets
from collections.abc import Callable, Iterator
from itertools import product

import pytest
import redis
from flask import Flask

from chassis import testing
from chassis.testing import a_user, race
from gateway import docs, views
from gateway.app import create_app
from gateway.edge.quotas import SHARES, UNIT, Counter, Quotas, Standing, network_of
from gateway.openapi import Documents
from gateway.routes import ROUTES, QuotaClass

from .support.event_loop import Loop, wait_until
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


class Counting:
    """Quotas on a loop of their own."""

    def __init__(self, url: str, quota: int, loop: Loop) -> None:
        per_minute = dict.fromkeys(QuotaClass, quota)
        self._loop = loop
        self._quotas = Quotas(Counter(url, per_minute), per_minute, loop.loop, loop.threads)

    def spend(self, kind: QuotaClass, subject: str) -> Standing:
        def spend(then: Callable[[Standing], None]) -> None:
            standing = self._quotas.spend(kind, subject)
            if standing:
                then(standing)
            else:
                self._quotas.ask(kind, subject, then)

        return self._loop.wait_for(spend)

    def charge(self, kind: QuotaClass, subject: str, size: int) -> None:
        self._loop.call(self._quotas.charge, kind, subject, size)


def a_person() -> str:
    return f"user:{secrets.token_hex(8)}"


@pytest.mark.parametrize("url", ["Redis", NOWHERE])
@pytest.mark.parametrize("quota", [1, 7, 20, 100])
def test_requests_beyond_the_quota_are_refused(url: str, quota: int, loop: Loop) -> None:
    redis_url = testing.redis_url() if url == "Redis" else url
    quotas, ruth = Counting(redis_url, quota, loop), a_person()
    standings = [quotas.spend(QuotaClass.READ, ruth) for _ in range(quota + 5)]
    assert [standing.allowed for standing in standings] == [True] * quota + [False] * 5
    assert [standing.remaining for standing in standings[:quota]] == list(range(quota - 1, -1, -1))
    assert 1 <= standings[-1].reset <= 60


def test_each_person_has_a_separate_quota_of_each_class(loop: Loop) -> None:
    quotas, ruth = Counting(testing.redis_url(), 1, loop), a_person()
    assert quotas.spend(QuotaClass.READ, ruth).allowed
    assert quotas.spend(QuotaClass.WRITE, ruth).allowed
    assert quotas.spend(QuotaClass.READ, a_person()).allowed
    assert not quotas.spend(QuotaClass.READ, ruth).allowed


def test_several_gateways_share_one_count(loop: Loop) -> None:
    gateways = [Counting(testing.redis_url(), 100, loop) for _ in range(3)]
    ruth = a_person()
    allowed = [
        gateway.spend(QuotaClass.READ, ruth).allowed for _ in range(100) for gateway in gateways
    ]
    assert 100 - 3 * 100 // SHARES <= sum(allowed) <= 100


def test_a_large_answer_counts_as_several_requests(loop: Loop) -> None:
    quotas, ruth = Counting(testing.redis_url(), 100, loop), a_person()
    assert quotas.spend(QuotaClass.READ, ruth).remaining == 99
    quotas.charge(QuotaClass.READ, ruth, 10 * UNIT)
    assert quotas.spend(QuotaClass.READ, ruth).remaining == 88
    quotas.charge(QuotaClass.READ, ruth, 200 * UNIT)
    assert not quotas.spend(QuotaClass.READ, ruth).allowed


def test_a_very_large_answer_takes_no_more_than_the_next_minute(loop: Loop) -> None:
    quotas, ruth = Counting(testing.redis_url(), 6, loop), a_person()
    assert quotas.spend(QuotaClass.EXPORT, ruth).allowed
    quotas.charge(QuotaClass.EXPORT, ruth, 10_000 * UNIT)
    assert not quotas.spend(QuotaClass.EXPORT, ruth).allowed
    with redis.Redis.from_url(testing.redis_url()) as counts:
        # As when the minute is over.
        counts.delete(*counts.scan_iter(f"*{ruth}*"))
    wait_until(lambda: quotas.spend(QuotaClass.EXPORT, ruth).allowed)


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


def addresses() -> list[str]:
    """An address of everything that the gateway serves, and one that it does not."""
    app = Flask("views")
    views.install(app)
    docs.install(app, Documents({}))
    own = [re.sub(r"<.*?>", "1", rule.rule) for rule in app.url_map.iter_rules()]
    return sorted({*own, *(route.prefix for route in ROUTES), "/", "/nowhere"} - {"/healthz"})


@pytest.mark.parametrize("address", addresses())
def test_every_request_counts(gateway: Gateway, services: Doubles, address: str) -> None:
    assert "RateLimit" in gateway.get(address).headers


def test_a_refused_token_counts_against_its_address(small: Gateway, services: Doubles) -> None:
    statuses = [small.get("/api/courses", token=f"a.b.{n}").status for n in range(READS + 5)]
    assert statuses.count(401) <= READS
    assert statuses[-1] == 429


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
