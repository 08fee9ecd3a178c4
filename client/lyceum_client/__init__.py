"""Lyceum's API for Python: `Lyceum("http://127.0.0.1:8080").sign_in("ruth", "…").get_own_account()`."""

from lyceum_client.answers import Answer, answer_of, etag
from lyceum_client.errors import (
    LyceumError,
    Refused,
    SignInEnded,
    TimedOut,
    Unreachable,
    Unreadable,
)
from lyceum_client.exchange import Patience
from lyceum_client.live import LiveEvent
from lyceum_client.operations import Lyceum
from lyceum_client.transport import EventStream

__all__ = [
    "Answer",
    "EventStream",
    "LiveEvent",
    "Lyceum",
    "LyceumError",
    "Patience",
    "Refused",
    "SignInEnded",
    "TimedOut",
    "Unreachable",
    "Unreadable",
    "answer_of",
    "etag",
]
