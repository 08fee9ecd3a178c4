"""E-mails lead to pages that the web client has."""

from pathlib import Path

import pytest

from user_service.pages import THINGS

ROUTES = Path(__file__).parents[1] / "web" / "lyceum_web" / "static" / "routes.js"
PAGES = (
    "notifications",
    "notifications/unsubscribe",
    "account/notifications",
    "account/devices",
    "forgot-password",
    "invitations",
    "verify-email",
    "reset-password",
    "change-email",
    "revert-email",
)


@pytest.mark.parametrize("page", [*(f"{thing}/:id" for thing in THINGS), *PAGES])
def test_every_page_that_an_email_leads_to_is_there(page: str) -> None:
    assert f'pattern: "/{page}"' in ROUTES.read_text()
