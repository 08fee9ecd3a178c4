"""Gives every package and the changelog the next version: `python -m dev.version 0.2.0`."""

import re
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBER = r"(?:0|[1-9]\d*)"
VERSION = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}")
LINE = re.compile(r'^version = "[^"]*"$', re.MULTILINE)
TAG = re.compile(r"(?<=newTag: )[\w.-]+")
UNRELEASED = "## [Unreleased]\n"


class NotChanged(Exception):
    """Nothing was written; the message says why."""


def main() -> None:
    try:
        changed = change(ROOT, "".join(sys.argv[1:]), today=datetime.now(UTC).date())
    except NotChanged as error:
        sys.exit(f"Nothing is changed: {error}.")
    print(*(path.relative_to(ROOT) for path in changed), sep="\n")


def projects(root: Path) -> list[Path]:
    """The files that have the version of a package."""
    return [root / "pyproject.toml", *sorted(root.glob("*/pyproject.toml"))]


def version_in(project: Path) -> str:
    """The version of a package."""
    return str(tomllib.loads(project.read_text())["project"]["version"])


def change(root: Path, version: str, *, today: date) -> list[Path]:
    """Write the version everywhere, and return which files have changed.

    What is under [Unreleased] in the changelog becomes what this version brings. The overlays of Kubernetes
    get its tag. Raises NotChanged for what is no version, or none that comes after the present one.
    """
    if not VERSION.fullmatch(version):
        raise NotChanged(f"{version!r} is no version of three numbers")
    present = version_in(root / "pyproject.toml")
    if _numbers(version) <= _numbers(present):
        raise NotChanged(f"{version} does not come after {present}")
    changelog = root / "CHANGELOG.md"
    before, heading, after = changelog.read_text().partition(UNRELEASED)
    if not after.partition("\n## ")[0].strip():
        raise NotChanged("the changelog has nothing under [Unreleased]")
    texts = {changelog: f"{before}{heading}\n## [{version}] - {today}\n{after}"}
    for project in projects(root):
        texts[project] = LINE.sub(f'version = "{version}"', project.read_text(), count=1)
    for overlay in sorted(root.glob("deploy/kubernetes/overlays/*/kustomization.yaml")):
        texts[overlay] = TAG.sub(version, overlay.read_text())
    for path, text in texts.items():
        path.write_text(text)
    return list(texts)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


if __name__ == "__main__":
    main()
