"""Ports of this machine that no program listens on."""

import random
import socket

# Below the range of outgoing connections: the kernel could give one of those a port that was
# just found free.
PORTS = range(10_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Like the servers: a connection that ended a minute ago does not occupy the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """The preferred port if it is free, or any other that is."""
    port = preferred
    while not port or not is_free(port):
        port = random.choice(PORTS)  # noqa: S311  # not a secret
    return port
