"""RULES: the kinds of questions: what is an answer, what it is worth, what it counts for in statistics."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

BUCKETS = 10

Arrange = Callable[[Sequence[str]], Sequence[str]]
"""Puts keys in the order in which somebody is shown them."""


class NotAnAnswer(ValueError):
    """The value is no answer to this question; the text says why."""


def repeated(field: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The field, if one of its keys occurs more than once, and which."""
    again = [key for key, times in Counter(keys).items() if times > 1]
    if again:
        yield field, f"More than once: {', '.join(again)}."


class Free:
    """The kinds whose fields fit each other whatever they say."""

    def contradictions(self) -> Iterator[tuple[str, str]]:
        yield from ()


class Kind(Protocol):
    """What questions of one type have in common."""

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        """The fewest and the most points an answer can be worth; None if answers have no points."""

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """The fields of the question that do not fit the others, and why."""

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
class Scale(Free):
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
        if (
            type(value) is not int
            or not self.least <= value <= self.most
            or (value - self.least) % self.step
        ):
            steps = f" in steps of {self.step}" if self.step > 1 else ""
            raise NotAnAnswer(f"Must be a whole number from {self.least} to {self.most}{steps}.")
        return value

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
class Number(Free):
    """A number within bounds; worth itself, or 1 if it is close enough to the right one."""

    least: Fraction
    most: Fraction
    correct: Fraction | None
    tolerance: Fraction

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        return (self.least, self.most) if self.correct is None else (Fraction(0), Fraction(1))

    def accept(self, value: Any) -> int | float:
        if type(value) not in {int, float} or not self.least <= value <= self.most:
            raise NotAnAnswer(
                f"Must be a number from {float(self.least):g} to {float(self.most):g}."
            )
        return value  # type: ignore[no-any-return]  # its type was checked above

    def points(self, value: int | float) -> Fraction:
        # By its text: 0.1 as it was written, not the nearest that a float can hold.
        exact = Fraction(str(value))
        if self.correct is None:
            return exact
        return Fraction(abs(exact - self.correct) <= self.tolerance)

    def choices(self, value: int | float) -> list[str]:
        """One of ten equal ranges, so that the number of choices is bounded."""
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
class TrueFalse(Free):
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
        object.__setattr__(self, "by_key", {option.key: option for option in self.options})

    def contradictions(self) -> Iterator[tuple[str, str]]:
        return repeated("options", [option.key for option in self.options])

    def labels(self) -> dict[str, str]:
        return {option.key: option.text for option in self.options}

    def shown_options(self, arrange: Arrange) -> dict[str, Any]:
        return {
            "options": [
                {"key": key, "text": self.by_key[key].text} for key in arrange(list(self.by_key))
            ]
        }

    def accept_list(self, value: Any) -> list[str]:
        """Different keys of options, or `NotAnAnswer`."""
        if not isinstance(value, list) or not all(
            isinstance(k, str) and k in self.by_key for k in value
        ):
            raise NotAnAnswer("Must be a list of option keys.")
        if len(set(value)) < len(value):
            raise NotAnAnswer("Names an option more than once.")
        return value


@dataclass(frozen=True)
class SingleChoice(Options):
    """One of the options; worth its points."""

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        points = [option.points for option in self.options]
        return min(points, default=Fraction(0)), max(points, default=Fraction(0))

    def accept(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.by_key:
            raise NotAnAnswer("Must be the key of an option.")
        return value

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

    def contradictions(self) -> Iterator[tuple[str, str]]:
        yield from super().contradictions()
        if not self.least <= self.most <= len(self.options):
            yield "most_choices", "Must lie between the least choices and the number of options."

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        ascending = sorted(option.points for option in self.options)
        sizes = range(self.least, self.most + 1)
        # Counted from the front, because `[-size:]` would be everything for a size of 0.
        return (
            min((sum(ascending[:size], Fraction(0)) for size in sizes), default=Fraction(0)),
            max(
                (sum(ascending[len(ascending) - size :], Fraction(0)) for size in sizes),
                default=Fraction(0),
            ),
        )

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
    """All options in an order; worth as many points as stand in their right place."""

    correct: tuple[str, ...]

    def contradictions(self) -> Iterator[tuple[str, str]]:
        yield from super().contradictions()
        if self.correct and sorted(self.correct) != sorted(option.key for option in self.options):
            yield "correct", "Must name every option once."

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        return (Fraction(0), Fraction(len(self.options))) if self.correct else None

    def accept(self, value: Any) -> list[str]:
        if len(order := self.accept_list(value)) < len(self.options):
            raise NotAnAnswer("Must name every option once.")
        return order

    def points(self, value: list[str]) -> Fraction:
        return Fraction(sum(key == right for key, right in zip(value, self.correct, strict=True)))

    def choices(self, value: list[str]) -> list[str]:
        return [f"{place}:{key}" for place, key in enumerate(value, 1)]

    def labels(self) -> dict[str, str]:
        places = range(1, len(self.options) + 1)
        return {
            f"{place}:{option.key}": f"{place}. {option.text}"
            for place in places
            for option in self.options
        }

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return self.shown_options(arrange)


@dataclass(frozen=True)
class FreeText:
    """Words of one's own; worth 1 if they are among the accepted ones, whatever their case and spacing."""

    most_characters: int
    accepted: frozenset[str]

    def contradictions(self) -> Iterator[tuple[str, str]]:
        if any(len(words) > self.most_characters for words in self.accepted):
            yield "accepted", f"Must be texts of 1 to {self.most_characters} characters."

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        return (Fraction(0), Fraction(1)) if self.accepted else None

    def accept(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > self.most_characters:
            raise NotAnAnswer(f"Must be text of 1 to {self.most_characters} characters.")
        return value

    def points(self, value: str) -> Fraction:
        return Fraction(plain(value) in self.accepted)

    def choices(self, value: str) -> list[str]:
        return []

    def labels(self) -> dict[str, str]:
        return {}

    def shown(self, arrange: Arrange) -> dict[str, Any]:
        return {"most_characters": self.most_characters}


def plain(words: str) -> str:
    """Words without what does not matter: case and spacing."""
    return " ".join(words.casefold().split())
