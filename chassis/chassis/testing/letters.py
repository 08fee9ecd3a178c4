"""Whether the catalogues of e-mails have what the code says."""

import subprocess
import sys


def wrong_with_catalogues(package: str) -> str:
    """What is not translated, or not as the code says it."""
    check = [sys.executable, "-m", "chassis.letters.catalogues", package, "--check"]
    return subprocess.run(check, capture_output=True, text=True, check=False).stderr  # noqa: S603  # our own program
