"""The ports of a platform."""

import socket

from dev.layout import Ports
from dev.ports import free_port, is_free
from dev.services import SERVICES


def test_ports_keep_their_offset_from_the_gateway_unless_taken() -> None:
    gateway = free_port()
    while not all(is_free(gateway + offset) for offset in (21, 23, 123)):
        gateway = free_port()
    user = SERVICES[0]
    taken = gateway + user.port_offset
    with socket.create_server(("127.0.0.1", taken)):
        ports = Ports.relative_to(gateway)
    assert ports.public[user.name] != taken
    assert ports.public["tutoring-service"] == gateway + 23
    assert ports.internal["tutoring-service"] == gateway + 123
