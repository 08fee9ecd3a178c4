"""Aids for the tests of a service, and the pytest plugin that brings their fixtures."""

from chassis.testing.bounds import check_bounds
from chassis.testing.contracts import check_contracts
from chassis.testing.events import requested_notifications, signed
from chassis.testing.hostile import check_refused, hostile_bodies
from chassis.testing.kept_apart import HeardOf, heard
from chassis.testing.keys import KID, jwks, key_files
from chassis.testing.migrations import check_migrations
from chassis.testing.people import ISSUER, User, a_user, token_for
from chassis.testing.queries import count_compiled, count_queries, forget_compiled
from chassis.testing.races import overtaken, race, race_round, tried_once
from chassis.testing.readme import check_readme
from chassis.testing.servers import empty_database, redis_url, server
from chassis.testing.services import (
    INTERNAL_PORT,
    ApiClient,
    application,
    client,
    close,
    database,
    empty,
    environment,
    in_app,
    service,
    unpublished,
)
from chassis.testing.structure import check_document, check_examples, misfits, operations

__all__ = [
    "INTERNAL_PORT",
    "ISSUER",
    "KID",
    "ApiClient",
    "HeardOf",
    "User",
    "a_user",
    "application",
    "check_bounds",
    "check_contracts",
    "check_document",
    "check_examples",
    "check_migrations",
    "check_readme",
    "check_refused",
    "client",
    "close",
    "count_compiled",
    "count_queries",
    "database",
    "empty",
    "empty_database",
    "environment",
    "forget_compiled",
    "heard",
    "hostile_bodies",
    "in_app",
    "jwks",
    "key_files",
    "misfits",
    "operations",
    "overtaken",
    "race",
    "race_round",
    "redis_url",
    "requested_notifications",
    "server",
    "service",
    "signed",
    "token_for",
    "tried_once",
    "unpublished",
]
