"""Rehearses and writes migrations, on ephemeral servers."""

import contextlib
from collections.abc import Iterator

from dev import databases, ephemeral
from dev.layout import Layout, Ports, StoreUrls
from dev.platform import Platform
from dev.services import SERVICES, Service


def rehearse() -> None:
    """Raise ProcessDied unless every service's migrations go up, agree with the models, go down and
    go up again.
    """
    with platform_without_programs() as platform:
        platform.run_in("rehearse", SERVICES)


def revise(service: Service, message: str) -> None:
    """Write a service's next migration."""
    with platform_without_programs() as platform:
        platform.run_in("revise", [service], message)


@contextlib.contextmanager
def platform_without_programs() -> Iterator[Platform]:
    """A platform with empty databases and a fork server; none of its programs runs."""
    with ephemeral.servers() as (postgres, redis), ephemeral.state_folder() as state:
        names = {service: service.database for service in SERVICES}
        urls = ephemeral.database_urls(postgres.url, names)
        with databases.admin_connection(postgres.url) as connection:
            databases.create_roles(connection, ephemeral.ROLE_PASSWORD)
            for service, name in names.items():
                databases.create_database(connection, name, service)
        stores = StoreUrls(urls, redis.cache_url, redis.events_url, redis.users)
        platform = Platform(Layout(state, Ports.any_free(), stores))
        try:
            platform.start_fork_server()
            yield platform
        finally:
            platform.stop()
