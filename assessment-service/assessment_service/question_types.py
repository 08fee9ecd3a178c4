"""RULES: the types of questions, and the kind that a question of each type is of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

from assessment_service.kinds import (
    FreeText,
    Kind,
    MultipleChoice,
    Number,
    Option,
    Options,
    Ordering,
    Scale,
    SingleChoice,
    TrueFalse,
    comparable,
)

DEFAULT_CHARACTERS = 1000


class QuestionType(StrEnum):
    """The types of questions, as definitions and answers name them."""

    LIKERT = "likert"
    SLIDER = "slider"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    ORDERING = "ordering"
    TRUE_FALSE = "true_false"
    NUMBER = "number"
    TEXT = "text"


def kind_of(question: Mapping[str, Any]) -> Kind:
    """What a question of a document is answered by, and what answers are worth."""
    match QuestionType(question["type"]):
        case QuestionType.LIKERT | QuestionType.SLIDER:
            return _scale(question["scale"])
        case QuestionType.SINGLE_CHOICE:
            return SingleChoice(_options(question))
        case QuestionType.MULTIPLE_CHOICE:
            return _multiple_choice(question)
        case QuestionType.ORDERING:
            return Ordering(_options(question), tuple(said(question, "correct", ())))
        case QuestionType.TRUE_FALSE:
            return TrueFalse(said(question, "correct", True))
        case QuestionType.NUMBER:
            return _number(question)
        case QuestionType.TEXT:
            return _text(question)


def contradictions(kind: Kind) -> Iterator[tuple[str, str]]:
    """The fields of a question that do not fit its others, and what is wrong with them."""
    keys = [option.key for option in kind.options] if isinstance(kind, Options) else []
    yield from repeated("options", keys)
    match kind:
        case MultipleChoice() if not kind.least <= kind.most <= len(keys):
            yield "most_choices", "Must lie between the least choices and the number of options."
        case Ordering() if kind.correct and sorted(kind.correct) != sorted(keys):
            yield "correct", "Must name every option once."
        case FreeText() if any(len(words) > kind.most_characters for words in kind.accepted):
            yield "accepted", f"Must be texts of 1 to {kind.most_characters} characters."


def repeated(field: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The field, if a key in it occurs more than once, and which."""
    again = [key for key, times in Counter(keys).items() if times > 1]
    if again:
        yield field, f"More than once: {', '.join(again)}."


def said(part: Mapping[str, Any], name: str, default: Any) -> Any:
    """What a part of a document says, or what leaving it out means. Older documents also say null."""
    value = part.get(name)
    return default if value is None else value


def exact(number: int | float) -> Fraction:
    """A number by its text: 0.1 as the author wrote it, not the nearest that a float can hold."""
    return Fraction(str(number))


def _scale(scale: Mapping[str, Any]) -> Scale:
    labels = said(scale, "least_label", ""), said(scale, "most_label", "")
    return Scale(scale["least"], scale["most"], said(scale, "step", 1), *labels)


def _options(question: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(option["key"], option["text"], exact(said(option, "points", 0)))
        for option in question["options"]
    )


def _multiple_choice(question: Mapping[str, Any]) -> MultipleChoice:
    options = _options(question)
    least = said(question, "least_choices", 1)
    return MultipleChoice(options, least, said(question, "most_choices", len(options)))


def _number(question: Mapping[str, Any]) -> Number:
    correct = question.get("correct")
    return Number(
        least=exact(question["least"]),
        most=exact(question["most"]),
        correct=None if correct is None else exact(correct),
        tolerance=exact(said(question, "tolerance", 0)),
    )


def _text(question: Mapping[str, Any]) -> FreeText:
    accepted = frozenset(map(comparable, said(question, "accepted", ())))
    return FreeText(said(question, "most_characters", DEFAULT_CHARACTERS), accepted)
