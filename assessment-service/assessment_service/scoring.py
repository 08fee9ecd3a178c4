"""RULES: from answers to scores, bands and ranks. Exact arithmetic, so that no order of answers
changes a score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from assessment_service.definitions import (
    Band,
    Definition,
    Dimension,
    Method,
    Question,
    Score,
    scored_questions,
)
from chassis.errors import FieldError

Range = tuple[Fraction, Fraction]
Countable = tuple[bool, Range, Fraction]
"""Whether an item is certain to be answered, its fewest and most points, its weight."""


@dataclass(frozen=True)
class Item:
    """The points of one question in one dimension: what they are and what they can be."""

    points: Fraction
    lowest: Fraction
    highest: Fraction
    weight: Fraction


def reverse(points: Fraction, reach: Range) -> Fraction:
    """The points as far from the other end."""
    return reach[0] + reach[1] - points


def combine(method: Method, weighted: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The sum or mean of (points, weight); there is at least one."""
    total = sum((points * weight for points, weight in weighted), Fraction(0))
    if method == Method.SUM:
        return total
    return total / sum(weight for _, weight in weighted)


def score(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The result of answers by question key: dimensions, highest first; of equals the one defined first.

    A question without an answer is left out, of what was reached and of what could be reached.
    """
    dimensions = [_dimension(definition, dimension, answers) for dimension in definition.dimensions]
    ranked = sorted(dimensions, key=lambda d: (d["percent"] is None, -(d["percent"] or 0)))
    _give_ranks(ranked)
    # Rounded after ranking: two that look equal now need not have been.
    return {"dimensions": [{**d, "percent": _rounded(d["percent"])} for d in ranked]}


def _give_ranks(ranked: Sequence[dict[str, Any]]) -> None:
    """Equal ones share a rank; those without answers, which come last, have none."""
    rank, percent = None, None
    for position, dimension in enumerate(ranked, 1):
        if dimension["percent"] is None:
            rank = None
        elif dimension["percent"] != percent:
            rank, percent = position, dimension["percent"]
        dimension["rank"] = rank


def _dimension(
    definition: Definition, dimension: Dimension, answers: Mapping[str, Any]
) -> dict[str, Any]:
    items = [
        _item(question, part, answers[question.key])
        for question, part in scored_questions(definition, dimension)
        if question.key in answers
    ]
    named = {"key": dimension.key, "title": dimension.title, "questions_counted": len(items)}
    if not items:
        return named | dict.fromkeys(("score", "lowest", "highest", "percent", "band"))
    reached = combine(dimension.method, [(item.points, item.weight) for item in items])
    lowest = combine(dimension.method, [(item.lowest, item.weight) for item in items])
    highest = combine(dimension.method, [(item.highest, item.weight) for item in items])
    band = band_of(dimension.bands, reached)
    return {
        **named,
        "score": _rounded(reached),
        "lowest": _rounded(lowest),
        "highest": _rounded(highest),
        "percent": _percent(reached, lowest, highest),
        "band": {"label": band.label, "text": band.text} if band else None,
    }


def _percent(reached: Fraction, lowest: Fraction, highest: Fraction) -> Fraction:
    # Where every answer is worth the same, every taker reached all there was.
    if lowest == highest:
        return Fraction(100)
    return 100 * (reached - lowest) / (highest - lowest)


def _item(question: Question, part: Score, value: Any) -> Item:
    reach = question.kind.reach
    if reach is None:  # `definitions.check` refuses such questions
        raise AssertionError(f"{question.key} is scored without points")
    points = question.kind.points(value)
    if part.reverse:
        points = reverse(points, reach)
    return Item(points, *reach, part.weight)


def _rounded(number: Fraction | None) -> float | None:
    if number is None:
        return None
    return float(round(number, 2))


def band_of(bands: Sequence[Band], reached: Fraction) -> Band | None:
    """The band a score falls into; None where there are no bands."""
    for band in bands:
        if band.lower <= reached < band.upper:
            return band
    if bands and reached == bands[-1].upper:
        return bands[-1]
    return None


def reachable(definition: Definition, dimension: Dimension) -> Range | None:
    """The lowest and highest score that a taker can get; None if nothing counts in the dimension.

    Optional questions may be missing, and when time runs out required ones too.
    """
    untimed = definition.time_limit_minutes is None
    items = [
        (question.required and untimed, question.kind.reach, part.weight)
        for question, part in scored_questions(definition, dimension)
        if question.kind.reach
    ]
    if not items:
        return None
    if dimension.method == Method.SUM:
        return _extreme_sum(items, 0), _extreme_sum(items, 1)
    return _extreme_mean(items, 0), _extreme_mean(items, 1)


def _extreme_sum(items: Sequence[Countable], end: int) -> Fraction:
    """The lowest (end 0) or highest (end 1) sum over every choice of the uncertain items, at least
    one item.
    """
    extreme = max if end else min
    certain = [reach[end] * weight for is_certain, reach, weight in items if is_certain]
    uncertain = [reach[end] * weight for is_certain, reach, weight in items if not is_certain]
    # What would pull the sum the other way is left out; but one item has to be answered for a score.
    helping = [points for points in uncertain if extreme(points, 0) == points]
    return sum(certain + helping or [extreme(uncertain)], Fraction(0))


def _extreme_mean(items: Sequence[Countable], end: int) -> Fraction:
    """The lowest (end 0) or highest (end 1) weighted mean over every choice of the uncertain items."""
    certain = [(reach[end], weight) for is_certain, reach, weight in items if is_certain]
    uncertain = sorted(
        ((reach[end], weight) for is_certain, reach, weight in items if not is_certain),
        reverse=bool(end),
    )
    # Sorted, the uncertain ones that help most come first.
    chosen = certain or uncertain[:1]
    for points, weight in uncertain[len(chosen) - len(certain) :]:
        mean = combine(Method.MEAN, chosen)
        # An item moves the mean to its own side, so past the first that does not help, none does.
        helps = points > mean if end else points < mean
        if not helps:
            break
        chosen = [*chosen, (points, weight)]
    return combine(Method.MEAN, chosen)


def gaps(definition: Definition) -> list[FieldError]:
    """Where bands leave a reachable score without a meaning, or give it two."""
    errors: list[FieldError] = []
    for index, dimension in enumerate(definition.dimensions):
        reach = reachable(definition, dimension)
        pointer = f"/dimensions/{index}"
        if reach is None:
            errors.append({"pointer": pointer, "detail": "No question counts in this dimension."})
        elif dimension.bands:
            errors += [
                {"pointer": f"{pointer}/bands", "detail": detail}
                for detail in gaps_between(dimension.bands, reach)
            ]
    return errors


def gaps_between(bands: Sequence[Band], reach: Range) -> list[str]:
    """What a reader would miss in bands over this range, in words."""
    lowest, highest = reach
    details = []
    if bands[0].lower > lowest:
        details.append(f"Begin at {float(bands[0].lower):g}, but {float(lowest):g} can be reached.")
    for before, band in pairwise(bands):
        if band.lower != before.upper:
            details.append(
                f"After {float(before.upper):g} the next must begin there, not at {float(band.lower):g}."
            )
    if bands[-1].upper < highest:
        details.append(f"End at {float(bands[-1].upper):g}, but {float(highest):g} can be reached.")
    return details
