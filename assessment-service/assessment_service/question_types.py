"""RULES: how the definition of a question of each type is read."""

from collections.abc import Callable
from enum import StrEnum

from assessment_service.kinds import (
    FreeText,
    Kind,
    MultipleChoice,
    Number,
    Option,
    Ordering,
    Scale,
    SingleChoice,
    TrueFalse,
    plain,
)
from assessment_service.reading import Row


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


MOST_OPTIONS = 50
MOST_CHARACTERS = 10_000


def _scale(row: Row, widest: int) -> Scale:
    scale = row.row("scale")
    least, most = scale.whole("least", -1000, 1000), scale.whole("most", -1000, 1000)
    step = scale.whole("step", 1, 1000, 1)
    labels = scale.text("least_label", 100, ""), scale.text("most_label", 100, "")
    if not least < most <= least + widest:
        scale.wrong(f"Must end 1 to {widest} above where it begins.", "most")
    elif (most - least) % step:
        scale.wrong("Must divide the scale.", "step")
    scale.close()
    return Scale(least, most, step, *labels)


def _number(row: Row) -> Number:
    least, most = row.number("least"), row.number("most")
    if not least < most:
        row.wrong("Must be above the least.", "most")
        most = least + 1
    return Number(least, most, row.number_or_none("correct"), row.number("tolerance", 0))


def _options(row: Row) -> tuple[Option, ...]:
    options = []
    for option in row.rows("options", 2, MOST_OPTIONS):
        options.append(Option(option.key(), option.text("text", 500), option.number("points", 0)))
        option.close()
    row.distinct("options", (option.key for option in options))
    return tuple(options)


def _multiple_choice(row: Row) -> MultipleChoice:
    options = _options(row)
    least = row.whole("least_choices", 0, MOST_OPTIONS, 1)
    most = row.whole("most_choices", 1, MOST_OPTIONS, max(len(options), 1))
    if not least <= most <= max(len(options), 1):
        row.wrong("Must lie between the least choices and the number of options.", "most_choices")
    return MultipleChoice(options, least, most)


def _ordering(row: Row) -> Ordering:
    options = _options(row)
    correct = row.texts("correct", 0, MOST_OPTIONS, 60)
    if correct and sorted(correct) != sorted(option.key for option in options):
        row.wrong("Must name every option once.", "correct")
    return Ordering(options, correct)


def _text(row: Row) -> FreeText:
    most = row.whole("most_characters", 1, MOST_CHARACTERS, 1000)
    return FreeText(most, frozenset(map(plain, row.texts("accepted", 0, 100, most))))


# How wide a scale may be bounds what statistics have to list.
READERS: dict[str, Callable[[Row], Kind]] = {
    "likert": lambda row: _scale(row, widest=10),
    "slider": lambda row: _scale(row, widest=1000),
    "single_choice": lambda row: SingleChoice(_options(row)),
    "multiple_choice": _multiple_choice,
    "ordering": _ordering,
    "true_false": lambda row: TrueFalse(row.flag("correct", True)),
    "number": _number,
    "text": _text,
}
