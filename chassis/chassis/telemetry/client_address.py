"""Which address a request comes from."""

import ipaddress

from flask import has_request_context, request

UNKNOWN = "0.0.0.0"  # noqa: S104  # no address: a socket without one


def client_address() -> str:
    """The client's address: the last in X-Forwarded-For, which the gateway adds, or else the peer's."""
    if not has_request_context():
        return UNKNOWN
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    for address in (forwarded, request.remote_addr or ""):
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            continue
    return UNKNOWN
