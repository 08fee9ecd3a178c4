"""RULES: an order that looks random and is the same for ever, on every device and version of Python."""

import hashlib

from assessment_service.kinds import Arrange


def shuffled(seed: int, salt: str) -> Arrange:
    """Puts keys in the order that belongs to the session's seed; the salt names what they are keys of."""

    # Not by `random`, whose orders may differ between versions of Python.
    def digest(key: str) -> bytes:
        return hashlib.sha256(f"{seed}:{salt}:{key}".encode()).digest()

    return lambda keys: sorted(keys, key=digest)
