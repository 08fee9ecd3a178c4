"""Rehearsing and writing migrations, on servers made for it."""

import contextlib
from collections.abc import Iterator

from dev import databases, throwaway
from dev.layout import Layout, Ports, Stores
from dev.platform import Platform
from dev.services import SERVICES, Service


def rehearse() -> None:
    """Fail unless every service's migrations go up, agree with the models, go down and up again."""
    with opened_platform() as platform:
        platform.run_in("rehearse", SERVICES)


def revise(service: Service, message: str) -> None:
    """Write the service's next migration."""
    with opened_platform() as platform:
        platform.run_in("revise", [service], message)


@contextlib.contextmanager
def opened_platform() -> Iterator[Platform]:
    """A platform of which nothing runs yet, on empty databases."""
    with throwaway.servers() as (postgres, redis), throwaway.state() as state:
        names = {service: service.database for service in SERVICES}
        addresses = throwaway.addresses(postgres.url, names)
        with databases.administration(postgres.url) as connection:
            databases.make_roles(connection, throwaway.OPEN_SECRET)
            for service, name in names.items():
                databases.make_database(connection, name, service)
        platform = Platform(
            Layout(state, Ports.anywhere(), Stores(addresses, redis.cache_url, redis.events_url))
        )
        try:
            platform.open()
            yield platform
        finally:
            platform.stop()
