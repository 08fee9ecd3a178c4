"""RULES: from answers to scores, bands and ranks. Exact arithmetic, so that no order of answers
changes a score.

An optional question without an answer is left out, as in a questionnaire: the score is prorated, as if it
had been answered like the others. With more questions left out than counted there is no score (the half
rule, as in P. M. Fayers et al., The EORTC QLQ-C30 Scoring Manual, 3rd edition, 2001). A required question
that was not reached in time earns nothing, as in a test (so TIMSS scores students).
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
    """The result of answers by question key: dimensions, highest first; of equals the one defined first."""
    dimensions = [_dimension(definition, dimension, answers) for dimension in definition.dimensions]
    ranked = sorted(dimensions, key=lambda d: (d["percent"] is None, -(d["percent"] or 0)))
    _give_ranks(ranked)
    # Rounded after ranking: two that look equal now need not have been.
    return {"dimensions": [{**d, "percent": _rounded(d["percent"])} for d in ranked]}


def _give_ranks(ranked: Sequence[dict[str, Any]]) -> None:
    """Equal ones share a rank; those without a score, which come last, have none."""
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
    scored = list(scored_questions(definition, dimension))
    unanswered = [(question, part) for question, part in scored if question.key not in answers]
    answered = [
        _item(question, part, answers[question.key])
        for question, part in scored
        if question.key in answers
    ]
    timed = definition.time_limit_minutes is not None
    not_reached = [
        _nothing(question, part) for question, part in unanswered if question.required and timed
    ]
    left_out = [_nothing(question, part) for question, part in unanswered if not question.required]
    named = {"key": dimension.key, "title": dimension.title, "questions_counted": len(answered)}
    counted = answered + not_reached
    if not answered or len(left_out) > len(counted):
        return named | dict.fromkeys(("score", "lowest", "highest", "percent", "band"))
    percent = _percent(dimension.method, counted)
    lowest, highest = _ends(dimension.method, counted + left_out)
    reached = lowest + (highest - lowest) * percent / 100
    band = band_of(dimension.bands, reached)
    return {
        **named,
        "score": _rounded(reached),
        "lowest": _rounded(lowest),
        "highest": _rounded(highest),
        "percent": percent,
        "band": {"label": band.label, "text": band.text} if band else None,
    }


def _ends(method: Method, items: Sequence[Item]) -> Range:
    """The lowest and highest score of these items."""
    lowest = combine(method, [(item.lowest, item.weight) for item in items])
    return lowest, combine(method, [(item.highest, item.weight) for item in items])


def _percent(method: Method, items: Sequence[Item]) -> Fraction:
    """How far the points lie from the lowest to the highest."""
    reached = combine(method, [(item.points, item.weight) for item in items])
    lowest, highest = _ends(method, items)
    # Where every answer is worth the same, every taker reached all there was.
    if lowest == highest:
        return Fraction(100)
    return 100 * (reached - lowest) / (highest - lowest)


def _item(question: Question, part: Score, value: Any) -> Item:
    reach = _reach(question)
    points = question.kind.points(value)
    if part.reverse:
        points = reverse(points, reach)
    return Item(points, *reach, part.weight)


def _nothing(question: Question, part: Score) -> Item:
    """The item without an answer: no points, or as near to none as it gets."""
    lowest, highest = _reach(question)
    return Item(min(max(lowest, Fraction(0)), highest), lowest, highest, part.weight)


def _reach(question: Question) -> Range:
    if question.kind.reach is None:  # `definitions.check` refuses such questions
        raise AssertionError(f"{question.key} is scored without points")
    return question.kind.reach


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
    """The lowest and highest score of the whole dimension; None if nothing counts in it."""
    items = [
        _nothing(question, part)
        for question, part in scored_questions(definition, dimension)
        if question.kind.reach
    ]
    return _ends(dimension.method, items) if items else None


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
