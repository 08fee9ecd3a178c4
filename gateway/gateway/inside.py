"""What is for the operators alone: figures, and the state of the services."""

from ipaddress import ip_address, ip_network

from flask import Flask, request

from chassis.errors import NotFound

PATHS = frozenset({"/metrics", "/readyz"})
# RFC 1918, RFC 4193, and addresses of the machine and of its links.
NETWORKS = tuple(
    map(
        ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def install(app: Flask) -> None:
    """Answer clients from other networks as if there were nothing."""

    @app.before_request
    def keep_inside() -> None:
        if request.path in PATHS and not is_inside(request.remote_addr or ""):
            raise NotFound


def is_inside(address: str) -> bool:
    """Whether a client with this address is in a private network."""
    try:
        client = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return any((mapped or client) in network for network in NETWORKS)
