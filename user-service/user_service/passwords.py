"""Passwords: which are refused, and how they are kept.

bcrypt reads 72 bytes at most; the SHA-256 in front of it makes every character of a longer password count.
"""

import base64
import contextlib
import hashlib
import os
import threading
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import bcrypt
from prometheus_client import Counter

from chassis.errors import TooManyRequests, invalid

# Checks that compute at the same time: each keeps a core busy for a quarter of a second.
AT_ONCE = 2
# Checks that wait for one of these to end; together fewer than the threads that answer requests.
WAITING = 4
PATIENCE = 2.0  # seconds that a check waits
# Added to the niceness of the threads that compute: they take the time that no other thread wants.
MODESTY = 10

CHECKS = Counter("password_checks_total", "Passwords compared with a hash, real or not.")
COMMONEST = frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
DECORATION = "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "


class TooBusy(TooManyRequests):
    """Too many people are signing in at once; try again in a moment."""

    code = "too_busy"


class Hasher:
    """Makes and checks hashes, a few at a time, so that a flood of logins leaves room for everything else."""

    def __init__(self, cost: int) -> None:
        self._cost = cost
        self._admitted = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        # Threads of its own, because only these step back: a thread that answers requests keeps its
        # priority.
        self._workers = ThreadPoolExecutor(AT_ONCE, "passwords", _step_back)
        # A salt and a digest of zeros: as costly to check as any hash, and no password has it.
        self.unmatched = f"$2b${cost:02}${'.' * 53}"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn to compute; `TooBusy` if too many are waiting already."""
        if not self._admitted.acquire(blocking=False):
            raise TooBusy(retry_after=1)
        try:
            if not self._turns.acquire(timeout=PATIENCE):
                raise TooBusy(retry_after=1)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._admitted.release()

    def hash(self, password: str) -> str:
        """The hash to keep. The caller has the turn."""
        salt = bcrypt.gensalt(self._cost)
        return self._workers.submit(bcrypt.hashpw, _digest(password), salt).result().decode()

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether the hash is of this password. The caller has the turn."""
        CHECKS.inc()
        check = self._workers.submit(bcrypt.checkpw, _digest(password), password_hash.encode())
        return check.result()

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than new ones are."""
        return not password_hash.startswith(f"$2b${self._cost:02}$")


def check_strength(password: str, *names: str, field: str = "password") -> None:
    """`Invalid` for one of the commonest passwords or for the person's own names, however decorated."""
    plain = password.casefold()
    refused = {plain, plain.strip(DECORATION)} - {""}
    if refused & COMMONEST:
        raise invalid(field, "This is one of the commonest passwords.")
    for name in names:
        whole = name.casefold()
        for own in (whole, whole.partition("@")[0]):
            if refused & {own, own.strip(DECORATION)}:
                raise invalid(field, "A name of the account is no password.")


def _step_back() -> None:
    """Let every other thread and process come first. On Linux a thread has a priority of its own."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.nice(0) + MODESTY)


def _digest(password: str) -> bytes:
    # Keyboards differ in how they send the same letter.
    composed = unicodedata.normalize("NFC", password)
    # As text: implementations of bcrypt end a password at a zero byte, and one digest in eight has
    # one.
    return base64.b64encode(hashlib.sha256(composed.encode()).digest())
