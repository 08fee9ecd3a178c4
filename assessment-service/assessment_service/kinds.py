"""RULES: the kinds of questions: what is an answer, what it is worth, what it counts for in statistics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from chassis.normalization import MOST_DECOMPOSED, plain
from chassis.text import UnfitText, as_stored, is_blank

BUCKETS = 10

Arrange = Callable[[Sequence[str]], Sequence[str]]
"""Puts keys in the order in which a taker is shown them."""


class NotAnAnswer(ValueError):
    """The value is no answer to this question; the text says why."""


class Kind(Protocol):
    """What questions of one type have in common."""

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        """The fewest and the most points an answer can be worth; None if answers have no points."""

    def accept(self, value: Any) -> Any:
        """The answer, as it is kept. Raises `NotAnAnswer`."""

    def points(self, value: Any) -> Fraction:
        """What an accepted answer is worth."""

    def choices(self, value: Any) -> list[str]:
        """What the answer counts for in statistics."""

    def labels(self) -> dict[str, str]:
        """All the choices there are, in order, and how an author reads them."""

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        """What a taker needs to see. Never what an answer is worth."""


@dataclass(frozen=True)
class Scale:
    """A whole number on a scale: a Likert item or a slider."""

    least: int
    most: int
    step: int
    least_label: str
    most_label: str

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        return Fraction(self.least), Fraction(self.most)

    def accept(self, value: Any) -> int:
        # Not `isinstance`, to which True is a number.
        within = type(value) is int and self.least <= value <= self.most
        if not within or (value - self.least) % self.step:
            steps = f" in steps of {self.step}" if self.step > 1 else ""
            raise NotAnAnswer(f"Must be a whole number from {self.least} to {self.most}{steps}.")
        return int(value)

    def points(self, value: int) -> Fraction:
        return Fraction(value)

    def choices(self, value: int) -> list[str]:
        return [str(value)]

    def labels(self) -> dict[str, str]:
        return {str(value): str(value) for value in range(self.least, self.most + 1, self.step)}

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        scale = {"least": self.least, "most": self.most, "step": self.step}
        return {"scale": {**scale, "least_label": self.least_label, "most_label": self.most_label}}


@dataclass(frozen=True)
class Number:
    """A number within bounds; worth itself, or 1 if it is close enough to the right one."""

    least: Fraction
    most: Fraction
    correct: Fraction | None
    tolerance: Fraction

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        if self.correct is None:
            return self.least, self.most
        return Fraction(0), Fraction(1)

    def accept(self, value: Any) -> int | float:
        if type(value) not in {int, float} or not self.least <= value <= self.most:
            bounds = f"{float(self.least):g} to {float(self.most):g}"
            raise NotAnAnswer(f"Must be a number from {bounds}.")
        return value  # type: ignore[no-any-return]  # its type was checked above

    def points(self, value: int | float) -> Fraction:
        # By its text: 0.1 as it was written, not the nearest that a float can hold.
        exact = Fraction(str(value))
        if self.correct is None:
            return exact
        return Fraction(abs(exact - self.correct) <= self.tolerance)

    def choices(self, value: int | float) -> list[str]:
        """One of ten equal ranges, so that the number of choices is bounded."""
        # The upper bound itself belongs to the last range.
        return [str(min(int((Fraction(str(value)) - self.least) / self._width), BUCKETS - 1))]

    def labels(self) -> dict[str, str]:
        edges = [f"{float(self.least + bucket * self._width):g}" for bucket in range(BUCKETS + 1)]
        return {str(bucket): f"{edges[bucket]} to {edges[bucket + 1]}" for bucket in range(BUCKETS)}

    @property
    def _width(self) -> Fraction:
        return (self.most - self.least) / BUCKETS

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return {"bounds": {"least": float(self.least), "most": float(self.most)}}


@dataclass(frozen=True)
class TrueFalse:
    """True or false; worth 1 if it is the right one."""

    correct: bool
    reach: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1))

    def accept(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise NotAnAnswer("Must be true or false.")
        return value

    def points(self, value: bool) -> Fraction:
        return Fraction(value == self.correct)

    def choices(self, value: bool) -> list[str]:
        return ["true" if value else "false"]

    def labels(self) -> dict[str, str]:
        return {"true": "true", "false": "false"}

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Option:
    """Something to choose, by a key that stays when the wording changes."""

    key: str
    text: str
    points: Fraction


@dataclass(frozen=True)
class Options:
    """What the kinds with options share."""

    options: tuple[Option, ...]
    by_key: dict[str, Option] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The class is frozen: no assignment sets a field.
        object.__setattr__(self, "by_key", {option.key: option for option in self.options})

    def labels(self) -> dict[str, str]:
        return {option.key: option.text for option in self.options}

    def shown_options(self, arrange: Arrange) -> dict[str, Any]:
        shown = [self.by_key[key] for key in arrange(list(self.by_key))]
        return {"options": [{"key": option.key, "text": option.text} for option in shown]}

    def accept_list(self, value: Any) -> list[str]:
        """Different keys of options, or `NotAnAnswer`."""
        if not isinstance(value, list) or not all(map(self._is_key, value)):
            raise NotAnAnswer("Must be a list of option keys.")
        if len(set(value)) < len(value):
            raise NotAnAnswer("Names an option more than once.")
        return value

    def _is_key(self, value: Any) -> bool:
        # The type is asked first: a list cannot be a key.
        return isinstance(value, str) and value in self.by_key


@dataclass(frozen=True)
class SingleChoice(Options):
    """One of the options; worth its points."""

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        points = [option.points for option in self.options]
        return min(points, default=Fraction(0)), max(points, default=Fraction(0))

    def accept(self, value: Any) -> str:
        if not self._is_key(value):
            raise NotAnAnswer("Must be the key of an option.")
        return str(value)

    def points(self, value: str) -> Fraction:
        return self.by_key[value].points

    def choices(self, value: str) -> list[str]:
        return [value]

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return self.shown_options(arrange)


@dataclass(frozen=True)
class MultipleChoice(Options):
    """Some of the options; worth the points of all of them."""

    least: int
    most: int

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        ascending = sorted(option.points for option in self.options)
        descending = ascending[::-1]
        sizes = range(self.least, self.most + 1)
        # Points may be negative, so that more options are not always worth more.
        fewest = [sum(ascending[:size], Fraction(0)) for size in sizes]
        most = [sum(descending[:size], Fraction(0)) for size in sizes]
        return min(fewest, default=Fraction(0)), max(most, default=Fraction(0))

    def accept(self, value: Any) -> list[str]:
        chosen = set(self.accept_list(value))
        if not self.least <= len(chosen) <= self.most:
            raise NotAnAnswer(f"Must name {self.least} to {self.most} options.")
        # In the order of the definition: the same choice is the same answer, in whatever order it
        # was made.
        return [key for key in self.by_key if key in chosen]

    def points(self, value: list[str]) -> Fraction:
        return sum((self.by_key[key].points for key in value), Fraction(0))

    def choices(self, value: list[str]) -> list[str]:
        return value

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return {
            **self.shown_options(arrange),
            "least_choices": self.least,
            "most_choices": self.most,
        }


@dataclass(frozen=True)
class Ordering(Options):
    """All options in an order; worth as many points as stand where they should."""

    correct: tuple[str, ...]

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        if not self.correct:
            return None
        return Fraction(0), Fraction(len(self.options))

    def accept(self, value: Any) -> list[str]:
        if len(order := self.accept_list(value)) < len(self.options):
            raise NotAnAnswer("Must name every option once.")
        return order

    def points(self, value: list[str]) -> Fraction:
        return Fraction(sum(key == right for key, right in zip(value, self.correct, strict=True)))

    def choices(self, value: list[str]) -> list[str]:
        return [f"{position}:{key}" for position, key in enumerate(value, 1)]

    def labels(self) -> dict[str, str]:
        labels = {}
        for position in range(1, len(self.options) + 1):
            for option in self.options:
                labels[f"{position}:{option.key}"] = f"{position}. {option.text}"
        return labels

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return self.shown_options(arrange)


@dataclass(frozen=True)
class FreeText:
    """Free text; worth 1 if it is among the accepted ones, which are compared as `comparable`."""

    most_characters: int
    accepted: frozenset[str]

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        if not self.accepted:
            return None
        return Fraction(0), Fraction(1)

    def accept(self, value: Any) -> str:
        # Before all of it is looked at.
        if not isinstance(value, str) or len(value) > self.most_characters * MOST_DECOMPOSED:
            raise NotAnAnswer(f"Must be text of 1 to {self.most_characters} characters.")
        try:
            text = as_stored(value, paragraphs=True)
        except UnfitText as error:
            raise NotAnAnswer(str(error)) from None
        if is_blank(text) or len(text) > self.most_characters:
            raise NotAnAnswer(f"Must be text of 1 to {self.most_characters} characters.")
        return text

    def points(self, value: str) -> Fraction:
        return Fraction(comparable(value) in self.accepted)

    def choices(self, value: str) -> list[str]:
        # Statistics hold counts alone, and no word that a taker wrote.
        return []

    def labels(self) -> dict[str, str]:
        return {}

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return {"most_characters": self.most_characters}


def comparable(words: str) -> str:
    """Words without what does not matter: points, accents, case, spacing, kinds of quotes and dashes."""
    return " ".join(plain(words).casefold().split())
