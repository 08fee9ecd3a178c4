"""The address that a request comes from, also behind a server that ends TLS.

Such a server adds the address of its own client at the end of `X-Forwarded-For`. It is believed only if the
server's network is one of those in TRUSTED_PROXIES: any other client could write the header itself.
"""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """The networks of servers whose `X-Forwarded-For` is believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        """`ValueError` if one is no network, such as `10.0.0.0/8` or `2001:db8::1`."""
        self._networks: list[Network] = [ipaddress.ip_network(network) for network in networks]

    def trusts(self, address: str) -> bool:
        """Whether the address is one of a trusted server."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._networks)

    def client_of(self, peer: str, forwarded_for: bytes) -> str:
        """The right-most address that is not a trusted server's; the peer's if nothing better is known."""
        if not self._networks or not self.trusts(peer):
            return peer
        client = peer
        for hop in reversed(forwarded_for.decode("latin-1").split(",")):
            address = hop.strip()
            if not _is_address(address):
                break
            client = address
            if not self.trusts(address):
                break
        return client


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
