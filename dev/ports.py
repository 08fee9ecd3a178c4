"""Ports of this machine that nobody listens on."""

import random
import socket

# Below the range from which the kernel takes ports for outgoing connections: one of those could
# come in between.
CHOICE = range(10_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do it: connections that ended a minute ago do not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """The preferred port if it is free, else any that is."""
    if preferred and is_free(preferred):
        return preferred
    return next(port for port in iter(lambda: random.choice(CHOICE), None) if is_free(port))  # noqa: S311
