"""How an operation that changes nothing reads: a view declares it, and `Service` runs it accordingly."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Reading(Enum):
    """What the statements of a read see of the changes that others commit meanwhile."""

    ALONE = "each statement sees what was committed before it"
    SNAPSHOT = "all see what was committed before the first"


def only_reads(how: Reading = Reading.ALONE) -> Callable[[View], View]:
    """The view changes nothing, locks nothing, and reads like this."""

    def declare(view: View) -> View:
        view._reading = how  # type: ignore[attr-defined]  # a mark on the function
        return view

    return declare


def reading_of(view: Any) -> Reading | None:
    """How a view reads; None if it may make changes, and so has a transaction."""
    return getattr(view, "_reading", None)
