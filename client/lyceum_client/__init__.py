"""Lyceum's API for Python: `Lyceum("http://127.0.0.1:8080").log_in({"login": "ruth", "password": "…"})`."""

from lyceum_client.operations import Operations as Lyceum
from lyceum_client.transport import LiveEvent, Refused

__all__ = ["LiveEvent", "Lyceum", "Refused"]
