"""Limits the requests of one person, or of one address without a token, in a minute.

Redis counts for all gateways together; while it is away, each process counts for itself. A process takes a
share of a quota at a time and spends it by itself, so that hardly any request waits for Redis; the next share
is taken before the last is spent. Up to a share of each process may pass beyond the quota.
"""

import asyncio
import ipaddress
import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic, time
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from chassis.redis_client import Cache, connect, locate
from gateway.edge.memory import Memory
from gateway.routes import QuotaClass

WINDOW = 60  # seconds
# With more shares Redis is asked more often. With fewer, gateways let more pass beyond the quota.
SHARES = 20  # in a quota
PATIENCE = 1.0  # seconds for which a refusal is not asked about again
UNIT = 64 * 1024  # bytes: an answer of more counts as so many requests
MOST = 65_536  # subjects


@dataclass(slots=True)
class Share:
    """What was taken of a quota, what was left of it then, and until when."""

    taken: int
    left: int
    resets_at: float


class Quota(NamedTuple):
    """How many requests of a kind a subject has in a minute."""

    number: int
    early: int  # with so many left of a share, the next one is taken
    lines: bytes  # the headers about it, but for what is left and when there is more


@dataclass(slots=True)
class Allowance:
    """A subject's part of one quota: taken and not spent yet, and left to take when last seen."""

    quota: Quota
    taken: int = 0
    left: int = 0
    resets_at: float = 0.0
    refused_until: float = 0.0
    asked: bool = False
    waiting: "list[Callable[[], None]]" = field(default_factory=list)


class Standing(NamedTuple):
    """The state of the quota that a request counts against."""

    quota: int
    allowed: bool
    remaining: int
    reset: int  # seconds until there is more
    lines: bytes  # the headers that tell a client about it


class Counter:
    """Takes shares of quotas, from Redis or from this process's own count. For threads: Redis may be slow."""

    def __init__(self, cache_url: str, per_minute: Mapping[QuotaClass, int]) -> None:
        self._items = {
            kind: RateLimitItemPerMinute(number, namespace=kind)
            for kind, number in per_minute.items()
        }
        pool = connect(cache_url).connection_pool
        self._shared = SlidingWindowCounterRateLimiter(
            RedisStorage(locate(cache_url).url, connection_pool=pool)
        )
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._cache = Cache(cache_url)

    def take(self, kind: QuotaClass, subject: str) -> Share:
        """A share of the subject's quota, or what is left of it."""
        # The local count does not fail, and stands in for Redis.
        shared: Share | None = self._cache.run(
            lambda _: self._take(self._shared, kind, subject), fallback=None
        )
        return shared or self._take(self._local, kind, subject)

    def _take(self, counter: RateLimiter, kind: QuotaClass, subject: str) -> Share:
        item = self._items[kind]
        share = max(1, item.amount // SHARES)
        # Near the end of a quota a whole share is no longer left, but single requests may be.
        taken = next(
            (number for number in (share, 1) if counter.hit(item, subject, cost=number)), 0
        )
        resets_at, left = counter.get_window_stats(item, subject)
        return Share(taken, left, resets_at)


class Quotas:
    """Counts requests of each kind by subject."""

    def __init__(
        self,
        counter: Counter,
        per_minute: Mapping[QuotaClass, int],
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._counter = counter
        self._quotas = {kind: _quota(kind, number) for kind, number in per_minute.items()}
        self._loop = loop
        self._threads = threads
        self._allowances: Memory[tuple[QuotaClass, str], Allowance] = Memory(
            WINDOW, MOST, monotonic
        )

    def spend(self, kind: QuotaClass, subject: str) -> Standing | None:
        """Count a request against the subject's quota; None if Redis has to be asked first."""
        allowance = self._allowances.get((kind, subject))
        if allowance is None:
            return None
        now = time()
        refused = allowance.refused_until > now
        if allowance.taken <= 0 and not refused:
            return None
        if allowance.taken <= allowance.quota.early and not (refused or allowance.asked):
            self._replenish(kind, subject, allowance)
        return _spent(allowance, now)

    def ask(self, kind: QuotaClass, subject: str, then: Callable[[Standing], None]) -> None:
        """Count the request once Redis has been asked, and call `then`."""
        allowance = self._allowances.get((kind, subject))
        if allowance is None:
            allowance = self._allowances[kind, subject] = Allowance(self._quotas[kind])
        allowance.waiting.append(lambda: then(_spent(allowance, time())))
        if not allowance.asked:
            self._replenish(kind, subject, allowance)

    def charge(self, kind: QuotaClass, subject: str, size: int) -> None:
        """Count an answer of so many bytes, beyond the request itself."""
        if size < UNIT:
            return
        allowance = self._allowances.get((kind, subject))
        if allowance:
            # It may be spent on credit, which the next shares pay back: but no more than a minute's quota, or
            # an answer of hundreds of megabytes would be the last for hours.
            allowance.taken = max(allowance.taken - size // UNIT, -allowance.quota.number)

    def _replenish(self, kind: QuotaClass, subject: str, allowance: Allowance) -> None:
        allowance.asked = True

        def ask() -> None:
            share = self._counter.take(kind, subject)
            self._loop.call_soon_threadsafe(self._taken, kind, subject, allowance, share)

        self._threads.submit(ask)

    def _taken(self, kind: QuotaClass, subject: str, allowance: Allowance, share: Share) -> None:
        allowance.asked = False
        allowance.taken += share.taken
        allowance.left, allowance.resets_at = share.left, share.resets_at
        if not share.taken:
            allowance.refused_until = min(share.resets_at, time() + PATIENCE)
        waiting, allowance.waiting = allowance.waiting, []
        while waiting and (allowance.taken > 0 or not share.taken):
            waiting.pop(0)()
        if waiting:
            # More have come meanwhile than the share allows.
            allowance.waiting = waiting
            self._replenish(kind, subject, allowance)


def _spent(allowance: Allowance, now: float) -> Standing:
    allowed = allowance.taken > 0
    if allowed:
        allowance.taken -= 1
    remaining = max(0, allowance.taken + allowance.left)
    reset = max(1, math.ceil(allowance.resets_at - now))
    quota = allowance.quota
    return Standing(quota.number, allowed, remaining, reset, quota.lines % (remaining, reset))


def _quota(kind: QuotaClass, number: int) -> Quota:
    policy = f'RateLimit-Policy: "{kind}";q={number};w={WINDOW}\r\n'
    lines = f'{policy}RateLimit: "{kind}";r=%d;t=%d\r\n'.encode()
    return Quota(number, max(1, number // SHARES) // 4, lines)


@lru_cache(4096)
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
