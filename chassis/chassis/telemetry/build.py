"""Which build of a program runs: the version of its package, and the commit that its image was built from."""

import os
from dataclasses import dataclass
from importlib import metadata

from prometheus_client import Gauge

# A process takes its series with it, so that a version that ran before is not shown for longer.
INFO = Gauge(
    "build_info",
    "Always 1: the labels say which version of the program runs, and from which commit.",
    ["version", "revision"],
    multiprocess_mode="livemax",
)


@dataclass(frozen=True)
class Build:
    """What a program was built from; None stands for what is not known."""

    version: str | None
    revision: str | None


def build_of(program: str) -> Build:
    """The version of the package of this name, and the REVISION that an image has in its environment."""
    try:
        version = metadata.version(program)
    except metadata.PackageNotFoundError:
        version = None
    # An image that was built from a checkout has an empty one.
    return Build(version, os.environ.get("REVISION") or None)


def show(build: Build) -> None:
    """Have `/metrics` tell of it."""
    INFO.labels(build.version or "", build.revision or "").set(1)
