"""The cookies that sign a browser in: what they are called, what sets and removes them, how they are read.

No script can read a token. Each cookie goes to the one part of the platform that reads it, and with no
request that another site has caused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

# What a service's tokens look like that are no JWT; what else is sent in a cookie cannot be one.
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,200}")
DAY = 24 * 3600  # seconds
# The user-service ends a sign-in then, however often it is refreshed.
LONGEST_SIGN_IN = 180 * DAY
# It forgets a device that was not used for as long.
YEAR = 365 * DAY


@dataclass(frozen=True)
class Cookie:
    """A cookie for what lies below a path."""

    name: str
    path: str
    is_secure: bool
    is_for_script: bool = False

    def set(self, response: Response, value: str, seconds: int) -> None:
        """Have the browser keep a value for so long."""
        response.set_cookie(
            self.name,
            value,
            max_age=seconds,
            path=self.path,
            secure=self.is_secure,
            httponly=not self.is_for_script,
            samesite="Strict",
        )

    def remove(self, response: Response) -> None:
        """Have the browser forget it."""
        self.set(response, "", 0)

    def sent(self) -> str | None:
        """The token that the present request has in this cookie."""
        header = request.headers.get("Cookie", "").encode("latin-1")
        value = value_of(self.name.encode(), header).decode("latin-1")
        return value if OPAQUE.fullmatch(value) else None


class Cookies:
    """Those of one platform: with TLS browsers take them by TLS alone (RFC 6265bis, section 4.1.3.1)."""

    def __init__(self, *, is_https: bool) -> None:
        prefix = "__Secure-" if is_https else ""
        self.access = Cookie(f"{prefix}lyceum-access", "/api", is_https)
        self.refresh = Cookie(f"{prefix}lyceum-refresh", "/web", is_https)
        self.device = Cookie(f"{prefix}lyceum-device", "/web", is_https)
        # No secret: a page that is opened knows by it whether to ask who is signed in.
        self.signed_in = Cookie("lyceum-signed-in", "/", is_https, is_for_script=True)

    def sign_in(self, response: Response, tokens: Mapping[str, str]) -> None:
        """Have the browser keep these tokens."""
        # Longer than it is valid: a page whose token has expired is told so, and not taken for a visitor's.
        self.access.set(response, tokens["access_token"], LONGEST_SIGN_IN)
        self.refresh.set(response, tokens["refresh_token"], LONGEST_SIGN_IN)
        self.signed_in.set(response, "1", LONGEST_SIGN_IN)
        if "device_token" in tokens:
            self.device.set(response, tokens["device_token"], YEAR)

    def sign_out(self, response: Response) -> Response:
        """Have the browser forget the sign-in, and remember the device."""
        for cookie in (self.access, self.refresh, self.signed_in):
            cookie.remove(response)
        return response


def value_of(name: bytes, header: bytes) -> bytes:
    """The value of a cookie in a `Cookie` header; nothing if it is not there.

    Another host of the same site may have set a second one of the name. Together they are no token: which one
    is ours cannot be told.
    """
    pairs = (pair.strip().partition(b"=") for pair in header.split(b";"))
    return b",".join(value for found, _, value in pairs if found == name)
