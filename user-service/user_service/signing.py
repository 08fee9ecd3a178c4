"""The keys that sign access tokens. A new one is published before it signs; the old one stays until its tokens end."""

from pathlib import Path

from chassis.keys import read_private


class Keyring:
    """The private keys of a directory: `<kid>.pem` each, and `current` naming the one that signs."""

    def __init__(self, directory: Path) -> None:
        self._private = {path.stem: read_private(path) for path in sorted(directory.glob("*.pem"))}
        self.current = (directory / "current").read_text().strip()
        self.signing = self._private[self.current]
        self.public = {kid: key.public_key() for kid, key in self._private.items()}
