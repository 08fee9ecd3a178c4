"""RULES: for which site passkeys are made, and from which pages of it they are taken."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chassis.config import InvalidSettings

LOCAL = "localhost"


@dataclass(frozen=True)
class RelyingParty:
    """The site (WebAuthn, level 3, section 4: RP ID), and the origins of its pages."""

    id: str
    origins: tuple[str, ...]
    name: str = "Lyceum"


def relying_party(public_url: str, more: str = "") -> RelyingParty | None:
    """The site at this address, with more origins separated by commas; None if it has no name.

    Browsers make passkeys for names alone, not for IP addresses. This machine itself has one: `localhost`.
    `InvalidSettings` for another origin than those of the name and of the names below it.
    """
    parts = urlsplit(public_url)
    name = _name_of(parts)
    further = tuple(each.strip() for each in more.split(",") if each.strip())
    if name is None:
        if further:
            raise InvalidSettings("cannot start: PASSKEY_ORIGINS needs a PUBLIC_URL with a name")
        return None
    for origin in further:
        if not _belongs(origin, name):
            raise InvalidSettings(
                f"cannot start: PASSKEY_ORIGINS has {origin!r}, which is no origin like https://{name}"
            )
    return RelyingParty(name, (_origin(parts, name), *further))


def _name_of(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return LOCAL if address.is_loopback else None


def _belongs(origin: str, name: str) -> bool:
    """Whether browsers would take a passkey of the name on a page of this origin."""
    try:
        parts = urlsplit(origin)
        written = _origin(parts, parts.hostname or "")
    except ValueError:  # of a port that is no number
        return False
    host = parts.hostname or ""
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and host == LOCAL)
    is_below = host == name or host.endswith(f".{name}")
    return is_secure and is_below and origin == written


def _origin(parts: SplitResult, host: str) -> str:
    """As browsers write it (RFC 6454): without a port that the scheme implies."""
    implied = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, implied} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
