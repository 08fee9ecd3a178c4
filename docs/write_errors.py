"""Writes `docs/errors.md` out of the classes: `python -m docs.write_errors`."""

import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from chassis.errors import Problem

PAGE = Path(__file__).parent / "errors.md"
PROGRAMS = (
    "chassis",
    "gateway",
    "user_service",
    "study_session_service",
    "tutoring_service",
    "havruta_service",
    "assessment_service",
)
APART = (".migrations", ".testing", "gateway.server")
HEAD = """\
# Errors

Every refusal is a problem document (RFC 9457, `application/problem+json`). `code` is stable and has one
meaning in all services, `title` says what happened, `detail` what to do, `errors` names the wrong fields,
and `type` (`/problems/<code>`) is an address that explains it. Some codes come with members of their own,
which the title names.

Written by `python -m docs.write_errors` out of the classes; a test compares.

| status | code | what happened | who says it |
|---|---|---|---|
"""


def problem_classes() -> Iterator[type[Problem]]:
    """Every problem that a program of the platform may raise."""
    modules: set[str] = set()
    for program in PROGRAMS:
        package = import_module(program)
        for module in pkgutil.walk_packages(package.__path__, f"{program}."):
            if not any(part in module.name for part in APART):
                modules.add(import_module(module.name).__name__)
    # Tests define problems of their own in the same process.
    found = [problem for problem in _below(Problem) if problem.__module__ in modules]
    yield from sorted(found, key=lambda problem: (problem.status, problem.code))


def _below(parent: type[Problem]) -> set[type[Problem]]:
    children = set(parent.__subclasses__())
    return children.union(*(_below(child) for child in children))


def page() -> str:
    """The page as the classes have it."""
    said_by: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for problem in problem_classes():
        if not problem.__name__.startswith("_"):
            program = problem.__module__.partition(".")[0].replace("_", "-")
            said_by[problem.status, problem.code, problem.title()].add(program)
    rows = [
        f"| {status} | `{code}` | {title} | {_programs(programs)} |\n"
        for (status, code, title), programs in sorted(said_by.items())
    ]
    return HEAD + "".join(rows)


def _programs(names: set[str]) -> str:
    return "all" if "chassis" in names else ", ".join(sorted(names))


if __name__ == "__main__":
    PAGE.write_text(page())
