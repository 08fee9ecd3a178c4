"""Limits the requests of one person, or of one address without a token, in a minute.

Redis counts for all gateways together; while it is away, each gateway counts for itself. A gateway takes a
share of a quota at a time and spends it by itself, so that hardly any request waits for Redis. Up to a
share of each gateway may pass beyond the quota.
"""

import ipaddress
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import TTLCache
from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from chassis.errors import TooManyRequests
from chassis.redis_client import Cache, connect
from gateway.auth import Gatekeeper
from gateway.routes import LIVE, READING, QuotaClass, route_of

WINDOW = 60  # seconds
# With more shares Redis is asked more often. With fewer, gateways let more pass beyond the quota.
SHARES = 20  # in a quota
LOOKUPS = 32  # at a time: fewer than the connections the Redis client will open
PATIENCE = 1.0  # seconds for which a refusal is not asked about again
COUNTED = ("/api/", "/.well-known/")
KINDS = {
    **{route.path: QuotaClass.STREAM for route in LIVE},
    "/api/me/export": QuotaClass.EXPORT,
}  # the others as the route says


@dataclass
class Allowance:
    """A subject's part of one quota: taken and not spent yet, and left to take when last seen."""

    taken: int = 0
    left: int = 0
    resets_at: float = 0.0
    refused_until: float = 0.0


@dataclass(frozen=True)
class QuotaStatus:
    """The state of the quota that a request counts against."""

    kind: QuotaClass
    quota: int
    allowed: bool
    remaining: int
    reset: int  # seconds until there is more

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell a client about it."""
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.kind}";r={self.remaining};t={self.reset}',
        }


class Quotas:
    """Counts requests of each kind by subject."""

    def __init__(self, cache_url: str, per_minute: Mapping[QuotaClass, int]) -> None:
        self._items = {
            kind: RateLimitItemPerMinute(number, namespace=kind)
            for kind, number in per_minute.items()
        }
        pool = connect(cache_url).connection_pool
        self._shared = SlidingWindowCounterRateLimiter(
            RedisStorage(cache_url, connection_pool=pool)
        )
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._cache = Cache(cache_url)
        self._places = threading.BoundedSemaphore(LOOKUPS)
        self._allowances: TTLCache[tuple[QuotaClass, str], Allowance] = TTLCache(
            maxsize=65536, ttl=WINDOW
        )

    def spend(self, kind: QuotaClass, subject: str) -> QuotaStatus:
        """Count a request of this kind against the subject's quota, if there is some left."""
        allowance = self._allowances.setdefault((kind, subject), Allowance())
        if not allowance.taken and allowance.refused_until <= time.time():
            self._replenish(kind, subject, allowance)
        # Other requests may have taken a share or spent it meanwhile.
        allowed = allowance.taken > 0
        allowance.taken -= allowed
        reset = max(1, math.ceil(allowance.resets_at - time.time()))
        return QuotaStatus(
            kind, self._items[kind].amount, allowed, allowance.taken + allowance.left, reset
        )

    def _replenish(self, kind: QuotaClass, subject: str, allowance: Allowance) -> None:
        with self._places:
            done = self._cache.run(
                lambda _: self._take(self._shared, kind, subject, allowance), fallback=False
            )
        if not done:
            self._take(self._local, kind, subject, allowance)

    def _take(
        self, counter: RateLimiter, kind: QuotaClass, subject: str, allowance: Allowance
    ) -> bool:
        item = self._items[kind]
        share = max(1, item.amount // SHARES)
        # Near the end of a quota a whole share is no longer left, but single requests may be.
        taken = next(
            (number for number in (share, 1) if counter.hit(item, subject, cost=number)), 0
        )
        allowance.taken += taken
        allowance.resets_at, allowance.left = counter.get_window_stats(item, subject)
        if not taken:
            allowance.refused_until = min(allowance.resets_at, time.time() + PATIENCE)
        return True


def install(app: Flask, quotas: Quotas, gatekeeper: Gatekeeper) -> None:
    """Count every request but those to the gateway's own documentation and health."""

    @app.before_request
    def count() -> None:
        kind = kind_of()
        if kind is None:
            return
        g.standing = standing = quotas.spend(kind, subject_of(kind, gatekeeper))
        if not standing.allowed:
            raise TooManyRequests(f"at most {standing.quota} a minute", retry_after=standing.reset)

    @app.after_request
    def tell(response: Response) -> Response:
        if "standing" in g:
            response.headers.update(g.standing.headers)
        return response


def kind_of() -> QuotaClass | None:
    """The kind of request that this counts as; None if it is not counted."""
    if request.url_rule and request.url_rule.rule in KINDS:
        return KINDS[request.url_rule.rule]
    route = route_of(request.path)
    if route and route.kind:
        return route.kind
    if not request.path.startswith(COUNTED):
        return None
    return QuotaClass.READ if request.method in READING else QuotaClass.WRITE


def subject_of(kind: QuotaClass, gatekeeper: Gatekeeper) -> str:
    """The owner of the quota: the person, or the address; for a sign-in always the address."""
    caller = None if kind is QuotaClass.SIGN_IN else gatekeeper.recognize(request.headers)
    return (
        f"user:{caller.id}" if caller else f"address:{network_of(request.environ['REMOTE_ADDR'])}"
    )


def network_of(address: str) -> str:
    """The address, or for IPv6 its network of 64 bits, which belongs to one customer."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket without an address
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    # A socket for both kinds of addresses writes IPv4 addresses in this form.
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
