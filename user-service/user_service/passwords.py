"""Passwords: which are refused, and how they are kept.

bcrypt reads 72 bytes at most; the SHA-256 in front of it makes every character of a longer password count.
"""

import base64
import contextlib
import hashlib
import os
import threading
import unicodedata
from collections.abc import Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import bcrypt
from prometheus_client import Counter

from chassis.errors import TooManyRequests, invalid
from user_service.words import DECORATION, LOOK_ALIKES, consists_of

# Checks that compute at the same time: each keeps a core busy for a quarter of a second.
AT_ONCE = 2
# Checks that wait for one of these to end; together fewer than the threads that answer requests.
WAITING = 4
PATIENCE = 2.0  # seconds that a check waits
# Added to the niceness of the threads that compute: they take the time that no other thread wants.
MODESTY = 10

CHECKS = Counter("password_checks_total", "Passwords compared with a hash, real or not.")
COMMONEST = Path(__file__).parent / "common_passwords.txt"
SEPARATED = str.maketrans(DECORATION, " " * len(DECORATION))
# Shorter parts of names stand in too many good passwords.
SHORTEST_PART = 4
# The list has no passwords of so simple a rule.
SHORTEST_UNIT = 5
SEQUENCES = ("0123456789" * 2, "abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשת")
# What comes to mind in front of this platform, and what it is called itself.
OUR_WORDS = """
lyceum havruta chavruta hevruta tutor tutors tutoring study studies studying session sessions
learn learner learners learning teach teacher teachers teaching student students course courses
lesson lessons school class torah talmud gemara mishnah tanakh
username password passwort login signin welcome letmein changeme changeit admin administrator
root support user guest test testing demo default secret חברותא לימוד תלמוד
"""


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
    """`Invalid` for a common password, for words of this platform, and for the person's own names."""
    plain = _plain(password)
    if any(_is_common(reading) for reading in _readings(plain)):
        raise invalid(field, "This is one of the commonest passwords.")
    if len(_once(plain)) < SHORTEST_UNIT or _is_sequence(plain):
        raise invalid(field, "A sequence or a few repeated characters are no password.")
    if consists_of(plain, OUR_WORDS.split()):
        raise invalid(field, "Words of this platform alone are no password.")
    wholes = {form for name in names for form in (_plain(name), _plain(name).partition("@")[0])}
    undecorated = {plain, plain.strip(DECORATION)}
    if undecorated & (wholes | {whole.strip(DECORATION) for whole in wholes} - {""}):
        raise invalid(field, "A name of the account is no password.")
    if consists_of(plain, _parts(wholes)):
        raise invalid(field, "Names of the account alone are no password.")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _commonest() -> str:
    # One text with a password in each line: as a set it would take ten times the memory, in each
    # process.
    return "\n" + COMMONEST.read_text()


def _is_common(word: str) -> bool:
    return bool(word) and f"\n{word}\n" in _commonest()


def _readings(plain: str) -> set[str]:
    """What may be meant: without what stands around it, with letters for signs, and once if repeated."""
    undecorated = {plain, plain.strip(DECORATION), plain.rstrip(DECORATION)}
    words = undecorated | {_once(word) for word in undecorated}
    readings = words | {word.translate(table) for word in words for table in LOOK_ALIKES}
    return readings | {_once(reading) for reading in readings}


def _once(text: str) -> str:
    """What the text repeats throughout; the text itself if it does not."""
    # Found inside of its double, the text is turned round by as much as it repeats.
    return text[: (text + text).find(text, 1)]


def _is_sequence(plain: str) -> bool:
    """Whether each character is the next one, or each the one before: `abcdefgh`, `87654321`."""
    return any(plain in sequence or plain[::-1] in sequence for sequence in SEQUENCES)


def _parts(names: Set[str]) -> frozenset[str]:
    """What a person's names consist of, also written together, and all of it backwards."""
    parts: set[str] = set()
    for name in names:
        words = name.translate(SEPARATED).split()
        parts.update(word for word in words if len(word) >= SHORTEST_PART)
        parts.add("".join(words))
    # The shortest username has three letters.
    return frozenset(part[::step] for part in parts if len(part) >= 3 for step in (1, -1))


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
