"""Where a request comes from: the address that the gateway saw, and the device that the client names."""

import re
from collections.abc import Mapping

from flask import request

from chassis.telemetry.client_address import client_address
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
    return Origin(client_address(), device_of(request.headers.get("User-Agent", "")))


def device_of(user_agent: str) -> str:
    """What to call a device in a list of devices: `Firefox on Linux`."""
    browser, system = _named(BROWSERS, user_agent), _named(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    if browser or system:
        return browser or system
    product = PRODUCT.match(user_agent)
    return product[0] if product else UNKNOWN


def _named(marks: Mapping[str, str], user_agent: str) -> str:
    for mark, name in marks.items():
        if mark in user_agent:
            return name
    return ""
