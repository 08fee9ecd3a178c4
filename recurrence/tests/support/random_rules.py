"""Strategies for the parts of rules."""

from typing import Any

from hypothesis import strategies as st

from recurrence import Day, Freq

WEEKDAYS = st.integers(0, 6)
ORDINALS = st.integers(1, 5) | st.integers(-5, -1)
MONTH_DAYS = st.integers(1, 31) | st.integers(-31, -1)
EACH = WEEKDAYS.map(Day)
NUMBERED = st.builds(Day, WEEKDAYS, ORDINALS)


@st.composite
def endless(draw: st.DrawFn, *, mixed: bool) -> dict[str, Any]:
    """All parts of a rule except its end; `mixed`: weekdays with and without ordinals in one rule."""
    freq = draw(st.sampled_from(Freq))
    parts = {
        "freq": freq,
        "interval": draw(st.integers(1, 4) | st.integers(1, 52)),
        "by_day": draw(some(EACH)),
        "by_month": draw(some(st.integers(1, 12))),
    }
    if freq != Freq.WEEKLY:
        parts["by_month_day"] = draw(some(MONTH_DAYS))
    if freq == Freq.MONTHLY and mixed:
        parts["by_day"] = draw(some(EACH | NUMBERED))
    elif freq == Freq.MONTHLY:
        parts["by_day"] = draw(some(EACH) | some(NUMBERED))
    return parts


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, unique=True, max_size=3).map(tuple)
