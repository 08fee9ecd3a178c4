"""How often something may be tried: counted in Redis, and in this process while Redis does not answer."""

import hashlib
import ipaddress
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import redis
from cachetools import LRUCache

from chassis.clock import now
from chassis.errors import TooManyRequests
from chassis.redis_client import Cache

REMEMBERED = 10_000  # counts that one process holds by itself

# Takes one try from every allowance, or from none. Answers the seconds to wait, 0 if the try is
# granted.
TAKE = """
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
        return math.max(redis.call('TTL', key), 1)
    end
end
for i, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[2 * i]) end
end
return 0
"""
# A count whose period has ended stays away: DECR would make a new one, below zero and without an end.
GIVE_BACK = """
for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


class TooManyAttempts(TooManyRequests):
    """Too many attempts; try again later."""

    code = "too_many_attempts"


@dataclass(frozen=True)
class Allowance:
    """So many tries within a period that begins with the first."""

    key: str
    tries: int
    period: timedelta


def login_allowances(login: str, ip: str) -> list[Allowance]:
    """What may go wrong with the password of a name: from one address, and from all together.

    The name is counted as it was given, not the account: counts shared by a username and an e-mail address
    would tell whose the address is.
    """
    # The second stops guesses from many addresses. It also lets a stranger lock a person out: hence
    # `known_allowances` and `forget`.
    return _of_strangers("login", login, ip)


def code_allowances(user_id: UUID, ip: str) -> list[Allowance]:
    """What may go wrong with codes of a person's second factor, by however many tickets."""
    return _of_strangers("code", str(user_id), ip)


def passkey_allowances(ip: str) -> list[Allowance]:
    """What may go wrong with passkeys from one address.

    No account has a count: signatures are not guessed, so a stranger would only keep its owner out.
    """
    tag = _tag(_network(ip))
    return [
        Allowance(f"attempts:passkey:{tag}:minute", 20, timedelta(minutes=1)),
        Allowance(f"attempts:passkey:{tag}", 100, timedelta(minutes=15)),
    ]


def known_allowances(kind: str, known: UUID) -> list[Allowance]:
    """What may go wrong with what is proved where a person is known: on a device, or within a sign-in."""
    tag = _tag(str(known))
    return [
        Allowance(f"attempts:{kind}:{tag}:minute", 5, timedelta(minutes=1)),
        Allowance(f"attempts:{kind}:{tag}", 10, timedelta(minutes=15)),
    ]


def request_allowances(purpose: str, address: str, ip: str) -> list[Allowance]:
    """How many e-mails may be asked for to an address: from one network, and from all together."""
    tag = _tag(address)
    return [
        Allowance(f"mails:{purpose}:{tag}:{_network(ip)}", 3, timedelta(hours=1)),
        Allowance(f"mails:{purpose}:{tag}", 10, timedelta(hours=1)),
    ]


def delivery_allowances(kind: str, address: str, *, is_verified: bool) -> list[Allowance]:
    """How many e-mails an address gets in a day: few in all, as long as it is no one's.

    One that is verified has an allowance for each kind: no kind uses up what another needs.
    """
    tag = _tag(address)
    if is_verified:
        return [Allowance(f"mails:to:{tag}:{kind}", 30, timedelta(days=1))]
    return [Allowance(f"mails:to:{tag}", 12, timedelta(days=1))]


def _of_strangers(kind: str, name: str, ip: str) -> list[Allowance]:
    tag = _tag(name)
    return [
        Allowance(f"attempts:{kind}:{tag}:{_network(ip)}", 5, timedelta(minutes=1)),
        Allowance(f"attempts:{kind}:{tag}", 10, timedelta(minutes=15)),
    ]


class Attempts:
    """Counts tries. Never open: without Redis each process counts for itself."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: LRUCache[str, tuple[int, datetime]] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    def take(self, allowances: Sequence[Allowance]) -> None:
        """Use one try of each; `TooManyAttempts` if one of them has none left."""
        keys = [allowance.key for allowance in allowances]
        limits: list[int] = []
        for allowance in allowances:
            limits += [allowance.tries, int(allowance.period.total_seconds())]
        wait = self._cache.run(lambda r: _run(r, TAKE, keys, *limits), None)
        if wait is None:
            wait = self._take_here(allowances)
        if wait:
            raise TooManyAttempts(retry_after=wait)

    def give_back(self, allowances: Sequence[Allowance]) -> None:
        """Return the try: it was no failure."""
        keys = [allowance.key for allowance in allowances]
        if self._cache.run(lambda r: _run(r, GIVE_BACK, keys), None) is None:
            with self._lock:
                for key in keys:
                    count, end = self._counts.get(key, (0, now()))
                    self._counts[key] = (max(count - 1, 0), end)

    def are_used_up(self, allowances: Sequence[Allowance]) -> bool:
        """Whether the last of the allowances has no try left."""
        last = allowances[-1]
        taken = self._cache.run(lambda r: int(r.get(last.key) or 0), None)
        if taken is None:
            with self._lock:
                taken, _ = self._count(last, now())
        return taken >= last.tries

    def forget(self, *logins: str) -> None:
        """Let a person in again who has shown in another way that these names are theirs."""
        for login in logins:
            key = f"attempts:login:{_tag(login)}"
            self._cache.run(lambda r, key=key: r.delete(key), 0)  # type: ignore[misc]  # bound now
            with self._lock:
                self._counts.pop(key, None)

    def _take_here(self, allowances: Sequence[Allowance]) -> int:
        present = now()
        with self._lock:
            counts = [self._count(allowance, present) for allowance in allowances]
            for (count, end), allowance in zip(counts, allowances, strict=True):
                if count >= allowance.tries:
                    return max(int((end - present).total_seconds()), 1)
            for (count, end), allowance in zip(counts, allowances, strict=True):
                self._counts[allowance.key] = (count + 1, end)
        return 0

    def _count(self, allowance: Allowance, present: datetime) -> tuple[int, datetime]:
        count, end = self._counts.get(allowance.key, (0, present))
        if end > present:
            return count, end
        return 0, present + allowance.period


def _run(connection: "redis.Redis", script: str, keys: Sequence[str], *arguments: int) -> int:
    return int(connection.eval(script, len(keys), *keys, *map(str, arguments)))


def _tag(name: str) -> str:
    """The name in a key: not readable, and in braces, so that a cluster keeps its counts together."""
    spelled = unicodedata.normalize("NFC", name.strip()).lower()
    return "{" + hashlib.sha256(spelled.encode()).hexdigest()[:32] + "}"


def _network(ip: str) -> str:
    """The address; of IPv6 the /64, because one subscriber has all of it."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv4Address):
        return ip
    # How a socket for both versions names an IPv4 address; all of these are within one /64.
    return str(address.ipv4_mapped or ipaddress.ip_network(f"{ip}/64", strict=False))
