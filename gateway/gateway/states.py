"""What services say of themselves, at their internal listeners: how each is, and which build of it runs.

The gateway follows nothing but the grades: services of neighbouring versions work together. What another
version may say differently is left out.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from cachetools import TTLCache, cached

from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import Problem
from chassis.json_schema import MAP, TEXT_OR_NULL, an_object
from chassis.telemetry.build import Build
from gateway.upstream import Question, Upstream, ask

STATUS = "/internal/status"
DEADLINE = 1.0  # seconds for all services together
MEMORY = 1.0  # seconds: asking the gateway often does not mean asking the services often

# What is read of an answer. A service that is older does not say which build it is.
STATE = an_object(
    optional=("version", "revision"), checks=MAP, version=TEXT_OR_NULL, revision=TEXT_OR_NULL
)


class Grade(StrEnum):
    """The state of a service; the worst last."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


GRADES = list(Grade)
USABLE = {Grade.OK, Grade.DEGRADED}


@dataclass(frozen=True)
class State:
    """How a service is, and which build of it runs; None if it does not answer."""

    grade: Grade
    build: Build | None = None


def asking(
    identity: ServiceIdentity, internal: Mapping[str, Upstream]
) -> Callable[[], dict[str, State]]:
    """What asks all services at once, and gives their states by name."""

    @cached(TTLCache(maxsize=1, ttl=MEMORY))
    def states() -> dict[str, State]:
        asked = {
            name: upstream.question(STATUS, identity.token_for(name), deadline=DEADLINE)
            for name, upstream in internal.items()
        }
        ask(*asked.values())
        return {name: state_of(answer) for name, answer in asked.items()}

    return states


def state_of(asked: Question) -> State:
    """What a service says of itself; `unreachable` if it does not answer."""
    try:
        status = asked.json()
    except Problem:
        return State(Grade.UNREACHABLE)
    return State(grade_of(status), build_in(status))


def grade_of(status: Any) -> Grade:
    """The worst of a service's own checks."""
    try:
        # An unknown word is no good sign: index raises, and the service counts as unreachable.
        return GRADES[max(map(GRADES.index, status["checks"].values()), default=0)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return Grade.UNREACHABLE


def build_in(status: Any) -> Build | None:
    """What a service says of its build."""
    if not isinstance(status, dict):
        return None
    said = (status.get(name) for name in ("version", "revision"))
    return Build(*(value if isinstance(value, str) else None for value in said))


def running_versions(builds: Mapping[str, Build]) -> list[dict[str, Any]]:
    """Each build with the programs that are of it, in their order."""
    programs: dict[Build, list[str]] = defaultdict(list)
    for name, build in builds.items():
        programs[build].append(name)
    return [{**asdict(build), "programs": names} for build, names in programs.items()]
