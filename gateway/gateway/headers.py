"""Which headers pass: from the client those in a list, from a service all but those of the connection."""

import re
from collections.abc import Iterable, Mapping

from urllib3 import HTTPHeaderDict
from urllib3.util import SKIP_HEADER
from werkzeug.datastructures import Headers

from gateway.errors import BadGateway

# No header that names a person: a service believes the token alone, and the gateway adds nothing to it.
FROM_CLIENT = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "User-Agent",
)
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# The gateway writes these itself, but for cookies: no one signs in by cookie here.
REPLACED = {"content-length", "date", "server", "set-cookie", "x-request-id"}
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def for_service(received: Headers, peer: str) -> dict[str, str]:
    """The headers of the request to a service. `peer` is the address that our own socket saw."""
    passed = {name: received[name] for name in FROM_CLIENT if name in received}
    # A client can make up an X-Forwarded-For, so what it sent is dropped. Without a User-Agent of the
    # client's, SKIP_HEADER keeps urllib3 from adding its own.
    return {"User-Agent": SKIP_HEADER, **passed, "X-Forwarded-For": peer}


def for_client(answered: HTTPHeaderDict) -> list[tuple[str, str]]:
    """The headers of the answer to a client; `BadGateway` if one of them cannot stand in an answer."""
    dropped = HOP_BY_HOP | REPLACED | set(_named(answered))
    passed = [(name, value) for name, value in answered.items() if name.lower() not in dropped]
    if not all(NAME.fullmatch(name) and VALUE.fullmatch(value) for name, value in passed):
        raise BadGateway("a header of the service's answer is malformed")
    return passed


def _named(answered: Mapping[str, str]) -> Iterable[str]:
    """The headers that the answer's `Connection` reserves for this connection."""
    return (name.strip().lower() for name in answered.get("Connection", "").split(","))
