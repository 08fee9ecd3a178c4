"""The operations of the service."""

from user_service.api import (
    accounts,
    admin,
    calendar_feeds,
    email_links,
    export,
    notifications,
    passkeys,
    profiles,
    registration,
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
    profiles.blueprint,
    notifications.blueprint,
    calendar_feeds.blueprint,
    signing.blueprint,
    export.blueprint,
)
