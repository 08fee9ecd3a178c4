"""What a platform on this machine spends: processor time by program, rows and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

import psycopg

from benchmarks.processes import Family
from chassis import redis_client
from dev.services import GATEWAY, SERVICES

WORKERS, POSTGRESQL, REDIS = "workers", "postgresql", "redis"
PROGRAMS = (GATEWAY, *(service.name for service in SERVICES), WORKERS, POSTGRESQL, REDIS)
# Rows of these tables are deleted after two months at most; those of all others are kept.
PASSING = ["outbox", "inbox", "idempotency_keys", "mails", "failed_events"]
SIZES = """
SELECT coalesce(sum(pg_total_relation_size(relid)) FILTER (WHERE relname <> ALL (%(passing)s)), 0)::bigint,
       coalesce(sum(pg_total_relation_size(relid)) FILTER (WHERE relname = ANY (%(passing)s)), 0)::bigint,
       coalesce(sum(n_tup_ins - n_tup_del) FILTER (WHERE relname <> ALL (%(passing)s)), 0)::bigint
FROM pg_stat_user_tables
"""
LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"


@dataclass(frozen=True)
class Spent:
    """What was spent so far, or between two moments.

    `seconds` of processor time, by program; `kept` and `passing` bytes of tables with their indexes, by how
    long their rows stay; `rows` that are kept; bytes of the write-ahead `log`, and of Redis.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    kept: int = 0
    passing: int = 0
    rows: int = 0
    log: int = 0
    in_redis: int = 0

    def __sub__(self, earlier: "Spent") -> "Spent":
        counts = {
            each.name: getattr(self, each.name) - getattr(earlier, each.name)
            for each in fields(self)
            if each.name != "seconds"
        }
        seconds = {name: self.seconds[name] - earlier.seconds[name] for name in self.seconds}
        return Spent(seconds, **counts)


class Ledger:
    """Reads what a platform spends.

    `addresses` are those of `dev.layout.Layout.addresses`, which `make run` writes into the file `env`.
    Raises LookupError if a program does not run on this machine.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._databases = [addresses[f"{service.variable}_DATABASE_URL"] for service in SERVICES]
        self._redis = redis_client.connect(addresses["EVENTS_URL"], timeout=5)
        services = {
            service.name: Family.at(_port(addresses[f"{service.variable}_URL"]))
            for service in SERVICES
        }
        # One program starts all services and their workers.
        others = tuple(services.values())
        self._families = {
            GATEWAY: Family.at(_port(addresses["GATEWAY_URL"])),
            **services,
            WORKERS: Family.of_parent(others[0].root, others),
            POSTGRESQL: self._postgresql(),
        }

    def pin(self) -> None:
        """Keep the programs on the core for what is measured; PostgreSQL and Redis run on any."""
        for name in (GATEWAY, WORKERS):
            self._families[name].pin()

    def seconds(self) -> dict[str, float]:
        """Processor time of each program so far."""
        found = {name: family.seconds() for name, family in self._families.items()}
        told = self._redis.info("cpu")
        found[REDIS] = told["used_cpu_user"] + told["used_cpu_sys"]
        return found

    def read(self) -> Spent:
        """Everything that was spent so far. The counts of rows are those of a second ago."""
        kept = passing = rows = log = 0
        for url in self._databases:
            with psycopg.connect(url) as connection:
                [sizes] = connection.execute(SIZES, {"passing": PASSING})
                [(log,)] = connection.execute(LOG)
            kept, passing, rows = kept + sizes[0], passing + sizes[1], rows + sizes[2]
        in_redis = self._redis.info("memory")["used_memory"]
        return Spent(self.seconds(), kept, passing, rows, log, in_redis)

    def close(self) -> None:
        """Close the connection to Redis."""
        self._redis.close()

    def _postgresql(self) -> Family:
        # The process that serves a connection is a child of the server.
        with psycopg.connect(self._databases[0]) as connection:
            return Family.of_parent(connection.info.backend_pid)


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port
