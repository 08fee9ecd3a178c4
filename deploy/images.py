"""Builds the images of a release: `make images registry=registry.example/lyceum`.

Each says of which version and commit it is, and holds its bill of materials. With a registry they are pushed
there, with what the builder attests; without one they stay on this machine. Their digests are printed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory

from dev import sbom

ROOT = Path(__file__).resolve().parents[1]
LOCAL = "lyceum"  # as in docker-compose.yml
ATTESTED = ("--push", "--sbom=true", "--provenance=mode=max")


class NotBuilt(Exception):
    """The message says why."""


@dataclass(frozen=True)
class Release:
    """What the images are built from: the version that the packages have, and the commit."""

    version: str
    revision: str
    tag: str


def release_of(root: Path) -> Release:
    """What is checked out: NotBuilt unless all of it is committed.

    The tag of images is the version where the commit is tagged so, and names the commit as well elsewhere.
    """
    if changed := run("git", "-C", str(root), "status", "--porcelain", stdout=PIPE):
        raise NotBuilt(f"not committed:\n{changed}")
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    version = str(project["version"])
    revision = run("git", "-C", str(root), "rev-parse", "HEAD", stdout=PIPE).strip()
    tags = run("git", "-C", str(root), "tag", "--points-at", "HEAD", stdout=PIPE).split()
    tag = version if f"v{version}" in tags else f"{version}-{revision[:12]}"
    return Release(version, revision, tag)


def build_all(release: Release, registry: str, folder: Path) -> list[str]:
    """Build every image, and return their names with their digests.

    These are written into a folder too, next to the bills of materials. With a registry images are pushed.
    """
    sbom.write(folder)
    names = [build(image, release, registry, folder / sbom.name_of(image)) for image in sbom.IMAGES]
    (folder / "images.txt").write_text("".join(f"{name}\n" for name in names))
    return names


def build(image: str, release: Release, registry: str, bill: Path) -> str:
    """Build one image with its bill of materials, and return its name with its digest."""
    name = f"{registry or LOCAL}/{image}:{release.tag}"
    with TemporaryDirectory() as work, TemporaryDirectory() as given:
        Path(given).chmod(0o755)  # as it is in the image, whose user is another
        shutil.copy(bill, given)
        metadata = Path(work, "metadata.json")
        run(
            *("docker", "buildx", "build", "--file", f"{image}/Dockerfile", "--tag", name),
            *("--build-arg", f"VERSION={release.version}"),
            *("--build-arg", f"REVISION={release.revision}"),
            *("--build-context", f"sbom={given}"),
            *("--metadata-file", str(metadata)),
            *(ATTESTED if registry else ("--load",)),
            ".",
        )
        return f"{name}@{json.loads(metadata.read_text())['containerimage.digest']}"


def run(*command: str, stdout: int | None = None) -> str:
    """Run a command, and return what it prints if `stdout` is PIPE. Raise NotBuilt if it fails."""
    try:
        finished = subprocess.run(command, cwd=ROOT, stdout=stdout, text=True)  # noqa: S603  # no shell
    except FileNotFoundError:
        raise NotBuilt(f"{command[0]} is missing") from None
    if finished.returncode:
        raise NotBuilt(f"`{' '.join(command)}` failed")
    return finished.stdout or ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make images", description=__doc__)
    parser.add_argument(
        "--registry", default="", help="where to push, such as registry.example/lyceum"
    )
    parser.add_argument("--tag", default="", help="another tag than that of the version")
    options = parser.parse_args()
    try:
        found = release_of(ROOT)
        release = Release(found.version, found.revision, options.tag or found.tag)
        digests = build_all(release, options.registry, ROOT / "sbom")
    except NotBuilt as error:
        sys.exit(f"Not built: {error}")
    print(*digests, sep="\n")  # noqa: T201  # for the operator
