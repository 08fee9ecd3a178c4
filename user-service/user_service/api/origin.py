"""Where a request comes from: the address that the gateway saw, and the device that the client says it is."""

import ipaddress
import re

from flask import request

from user_service.sign_ins import Origin

# The first that is found names the browser or the system: many call themselves by the names of
# others as well.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")
UNKNOWN = "Unknown device"


def origin() -> Origin:
    """That of the present request."""
    return Origin(client_ip(), device_of(request.headers.get("User-Agent", "")))


def client_ip() -> str:
    """The client's address: the last that was added to X-Forwarded-For, by the gateway, or else the
    peer's.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    for address in (forwarded, request.remote_addr or ""):
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            continue
    return "0.0.0.0"  # noqa: S104  # nobody: a socket without an address


def device_of(user_agent: str) -> str:
    """What to call a device in a list of devices: `Firefox on Linux`."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    product = PRODUCT.match(user_agent)
    return browser or system or (product[0] if product else UNKNOWN)
