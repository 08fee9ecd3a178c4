"""A service's README lists what the service consists of, each thing in its section."""

import dataclasses
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

from flask import Flask

from chassis.errors import Problem
from chassis.testing.structure import documented_path, operations

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def check_readme(app: Flask, readme: Path) -> None:
    """The README names every table, operation, error, live event and setting of the service."""
    package = app.import_name.partition(".")[0]
    consists_of = {
        "What it owns": app.extensions["sqlalchemy"].metadata.tables,
        "Operations": _operations(app),
        "Errors of its own": _codes(Problem, package),
        "Live events": chain.from_iterable(app.extensions["live_events"].values()),
        "Settings": [
            field.name.upper()
            for field in dataclasses.fields(import_module(f"{package}.config").Settings)
        ],
    }
    sections = _sections(readme.read_text())
    missing: set[tuple[str, str]] = set()
    for title, names in consists_of.items():
        section = sections.get(title, "")
        missing |= {(title, name) for name in names if f"`{name}`" not in section}
    assert missing == set()


def _operations(app: Flask) -> Iterator[str]:
    for operation in operations(app):
        if operation.id:
            yield f"{operation.method} {documented_path(operation.path)}"


def _codes(parent: type[Problem], package: str) -> Iterator[str]:
    """The codes of the problems that the package defines."""
    for problem in parent.__subclasses__():
        if problem.__module__.partition(".")[0] == package:
            yield problem.code
        yield from _codes(problem, package)


def _sections(text: str) -> dict[str, str]:
    """The text below each heading."""
    _, *parts = HEADING.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))
