"""RULES: what an assessment consists of: pages of questions, dimensions with bands, limits."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessment_service import kinds
from assessment_service.question_types import (
    QuestionType,
    contradictions,
    exact,
    kind_of,
    repeated,
    said,
)
from chassis.errors import FieldError, Invalid

MOST_PAGES = 100
MOST_QUESTIONS = 500
DEFAULT_XP = 10


class Audience(StrEnum):
    """Who may take an assessment: all people, or those with an account."""

    PUBLIC = "public"
    MEMBERS = "members"


class Method(StrEnum):
    """How the points of its questions make the score of a dimension."""

    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True)
class Score:
    """A question's part in a dimension. Reversed, its fewest points count as its most and the other
    way round.
    """

    dimension: str
    weight: Fraction
    reverse: bool


@dataclass(frozen=True)
class Question:
    key: str
    type: QuestionType
    text: str
    required: bool
    xp: int
    scores: tuple[Score, ...]
    kind: kinds.Kind


@dataclass(frozen=True)
class Page:
    key: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Band:
    """What a score from `lower` up to and without `upper` means; the last band includes its upper end."""

    lower: Fraction
    upper: Fraction
    label: str
    text: str


@dataclass(frozen=True)
class Dimension:
    """Something measured: the weighted sum or mean of the points of its questions."""

    key: str
    title: str
    method: Method
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Definition:
    """One wording of an assessment."""

    title: str
    description: str
    public: bool
    shuffle_questions: bool
    shuffle_options: bool
    time_limit_minutes: int | None
    max_attempts: int | None
    hours_between_attempts: int | None
    dimensions: tuple[Dimension, ...]
    pages: tuple[Page, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)


def of_document(document: Mapping[str, Any]) -> Definition:
    """What a document says whose parts are each as they must be."""
    # Not read by the schemas again: a published version never changes, and what it says must be readable
    # for ever, also when new documents are read more strictly.
    shuffle = said(document, "shuffle", {})
    return Definition(
        title=document["title"],
        description=said(document, "description", ""),
        public=said(document, "audience", Audience.PUBLIC) == Audience.PUBLIC,
        shuffle_questions=said(shuffle, "questions", False),
        shuffle_options=said(shuffle, "options", False),
        time_limit_minutes=document.get("time_limit_minutes"),
        max_attempts=document.get("max_attempts"),
        hours_between_attempts=document.get("hours_between_attempts"),
        dimensions=tuple(map(_dimension, said(document, "dimensions", ()))),
        pages=tuple(map(_page, said(document, "pages", ()))),
    )


def _dimension(part: Mapping[str, Any]) -> Dimension:
    bands = tuple(map(_band, said(part, "bands", ())))
    return Dimension(part["key"], part["title"], Method(said(part, "method", Method.SUM)), bands)


def _band(part: Mapping[str, Any]) -> Band:
    return Band(exact(part["from"]), exact(part["to"]), part["label"], said(part, "text", ""))


def _page(part: Mapping[str, Any]) -> Page:
    return Page(part["key"], part["title"], tuple(map(_question, said(part, "questions", ()))))


def _question(part: Mapping[str, Any]) -> Question:
    return Question(
        key=part["key"],
        type=QuestionType(part["type"]),
        text=part["text"],
        required=said(part, "required", True),
        xp=said(part, "xp", DEFAULT_XP),
        scores=tuple(map(_score, said(part, "scores", ()))),
        kind=kind_of(part),
    )


def _score(part: Mapping[str, Any]) -> Score:
    return Score(part["dimension"], exact(said(part, "weight", 1)), said(part, "reverse", False))


def check(definition: Definition, pointer: str = "") -> None:
    """`Invalid`, with pointers below the given one, where the parts contradict one another."""
    errors: list[FieldError] = [
        {"pointer": f"{pointer}/{field}", "detail": detail}
        for field, detail in _contradictions(definition)
    ]
    if errors:
        raise Invalid(errors=errors)


def _contradictions(definition: Definition) -> Iterator[tuple[str, str]]:
    """The fields, as pointers without their first slash, and what is wrong with them."""
    dimensions = [dimension.key for dimension in definition.dimensions]
    yield from repeated("dimensions", dimensions)
    yield from repeated("pages", [page.key for page in definition.pages])
    yield from repeated("pages", [question.key for question in definition.questions])
    if len(definition.questions) > MOST_QUESTIONS:
        yield "pages", f"More than {MOST_QUESTIONS} questions."
    for p, page in enumerate(definition.pages):
        for q, question in enumerate(page.questions):
            for field, detail in _question_contradictions(question, set(dimensions)):
                yield f"pages/{p}/questions/{q}/{field}", detail


def _question_contradictions(question: Question, dimensions: Set[str]) -> Iterator[tuple[str, str]]:
    yield from contradictions(question.kind)
    if question.scores and question.kind.reach is None:
        yield "scores", "There is nothing to score without right answers."
    yield from repeated("scores", [score.dimension for score in question.scores])
    for s, score in enumerate(question.scores):
        if score.dimension not in dimensions:
            yield f"scores/{s}/dimension", "Not one of the dimensions."
        if score.weight <= 0:
            yield f"scores/{s}/weight", "Must be positive; say `reverse` for the other direction."


def scored_questions(
    definition: Definition, dimension: Dimension
) -> Iterator[tuple[Question, Score]]:
    """The questions that count in the dimension, each with its part."""
    for question in definition.questions:
        for score in question.scores:
            if score.dimension == dimension.key:
                yield question, score
