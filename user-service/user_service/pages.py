"""RULES: the pages of the web client to which e-mails lead."""

import re
from urllib.parse import urlencode

from user_service.runtime import runtime

# What has a page with the API's own address, without `/api`; what lies below is shown there.
THINGS = (
    "study-sessions",
    "sessions",
    "enrollments",
    "courses",
    "havrutas",
    "havruta-sessions",
)
THING = re.compile(rf"/api/(?:v2/)?((?:{'|'.join(THINGS)})(?:/[\w-]+)?)(?:/.*)?", re.ASCII)
INVITATIONS = "/api/invitations/mine"


def page_of(path: object) -> str:
    """The address of the page of what the API has at this path, or of the inbox if there is none."""
    if path == INVITATIONS:
        return address("invitations")
    thing = THING.fullmatch(path) if isinstance(path, str) else None
    return address(thing[1] if thing else "notifications")


def address(page: str) -> str:
    """The address of a page of the web client."""
    return f"{runtime().public_url}/{page}"


def link(page: str, token: str, **more: str) -> str:
    """The token stands behind the `#`: browsers do not send it, so no log on the way holds it.

    `more` is what the page says of it before it is used.
    """
    return f"{address(page)}#{urlencode({'token': token, **more})}"
