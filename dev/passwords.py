"""Passwords that are made once and kept in files."""

import secrets
from pathlib import Path


def kept_password(path: Path) -> str:
    """The password in the file, which only its owner may read; a new one if there is none."""
    # A program that was killed before it wrote the password has left an empty file.
    if not path.exists() or not path.read_text():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()
