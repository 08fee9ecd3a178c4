"""The operations of the service."""

from user_service.api import (
    accounts,
    admin,
    applications,
    blocks,
    calendar_feeds,
    email_links,
    export,
    notifications,
    passkeys,
    profiles,
    registration,
    reports,
    roles,
    second_factor,
    sign_ins,
    signing,
)

BLUEPRINTS = (
    registration.blueprint,
    sign_ins.blueprint,
    email_links.blueprint,
    accounts.blueprint,
    second_factor.blueprint,
    passkeys.blueprint,
    roles.blueprint,
    admin.blueprint,
    applications.blueprint,
    profiles.blueprint,
    blocks.blueprint,
    reports.blueprint,
    notifications.blueprint,
    calendar_feeds.blueprint,
    signing.blueprint,
    export.blueprint,
)
