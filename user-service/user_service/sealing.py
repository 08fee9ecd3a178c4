"""Secrets that have to be read again are kept sealed: who reads the database, or a backup, learns none.

The keys are in a file of their own, one in each line. The first one seals, and all open. This makes one:
`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`.
"""

from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from chassis.config import setting


class Sealer:
    """Seals and opens with the keys of a file, which is read at the start."""

    def __init__(self, keys: Path) -> None:
        with setting("SEALING_KEYS"):
            self._keys = MultiFernet([Fernet(line) for line in keys.read_text().split()])

    def seal(self, secret: str) -> bytes:
        """The secret as it is kept."""
        return self._keys.encrypt(secret.encode())

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret, sealed by the first key. `cryptography.fernet.InvalidToken` if no key opens it."""
        return self._keys.rotate(sealed)

    def open(self, sealed: bytes) -> str:
        """The secret itself. `cryptography.fernet.InvalidToken` if no key opens it."""
        return self._keys.decrypt(sealed).decode()
