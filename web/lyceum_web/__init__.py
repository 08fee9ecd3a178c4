"""The web client: a folder of files, which run as they are."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
