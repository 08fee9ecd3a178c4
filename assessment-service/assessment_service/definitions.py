"""RULES: what an assessment consists of: pages of questions, dimensions with bands, limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessment_service import kinds, question_types
from assessment_service.reading import Row
from chassis.errors import FieldError, Invalid

# `mine` is a path of its own where slugs are.
SLUG = re.compile(r"(?=.{1,80}$)(?!mine$)[a-z0-9]+(-[a-z0-9]+)*")
SLUG_RULE = "Must be 1 to 80 characters of a-z, 0-9 and single hyphens, and not `mine`."
MOST_PAGES = 100
MOST_QUESTIONS = 500
DEFAULT_XP = 10


@dataclass(frozen=True)
class Score:
    """A question's part in a dimension. Reversed, its least points count as its most and the other
    way round.
    """

    dimension: str
    weight: Fraction
    reverse: bool


@dataclass(frozen=True)
class Question:
    key: str
    type: str
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
    method: str
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


def read(document: Any, pointer: str = "") -> Definition:
    """The definition in a document; `Invalid` with everything that is wrong with it, row by row."""
    errors: list[FieldError] = []
    definition = _definition(Row(document, pointer, errors))
    if errors:
        raise Invalid(errors=sorted(errors, key=lambda error: _place(error["pointer"])))
    return definition


def _place(pointer: str) -> list[tuple[int, int, str]]:
    """Orders pointers as their rows stand in the document, so that row 10 comes after row 9."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in pointer.split("/")]


def _definition(row: Row) -> Definition:
    shuffle = row.row("shuffle")
    definition = Definition(
        title=row.text("title", 200),
        description=row.text("description", 2000, ""),
        public=row.one_of("audience", ("public", "members"), "public") == "public",
        shuffle_questions=shuffle.flag("questions", False),
        shuffle_options=shuffle.flag("options", False),
        time_limit_minutes=row.whole_or_none("time_limit_minutes", 1, 24 * 60),
        max_attempts=row.whole_or_none("max_attempts", 1, 1000),
        hours_between_attempts=row.whole_or_none("hours_between_attempts", 1, 24 * 366),
        dimensions=tuple(map(_dimension, row.rows("dimensions", 0, 50))),
        pages=tuple(map(_page, row.rows("pages", 0, MOST_PAGES))),
    )
    shuffle.close()
    row.close()
    _check_references(row, definition)
    return definition


def _check_references(row: Row, definition: Definition) -> None:
    row.distinct("dimensions", (dimension.key for dimension in definition.dimensions))
    row.distinct("pages", (page.key for page in definition.pages))
    row.distinct("pages", (question.key for question in definition.questions))
    if len(definition.questions) > MOST_QUESTIONS:
        row.wrong(f"More than {MOST_QUESTIONS} questions.", "pages")
    known = {dimension.key for dimension in definition.dimensions}
    for p, page in enumerate(definition.pages):
        for q, question in enumerate(page.questions):
            for s, score in enumerate(question.scores):
                if score.dimension and score.dimension not in known:
                    row.wrong(
                        "Not one of the dimensions.",
                        f"pages/{p}/questions/{q}/scores/{s}/dimension",
                    )


def _dimension(row: Row) -> Dimension:
    dimension = Dimension(
        row.key(),
        row.text("title", 200),
        row.one_of("method", ("sum", "mean"), "sum"),
        tuple(_band(band) for band in row.rows("bands", 0, 50)),
    )
    row.close()
    return dimension


def _band(row: Row) -> Band:
    band = Band(
        row.number("from"), row.number("to"), row.text("label", 100), row.text("text", 2000, "")
    )
    if band.upper < band.lower:
        row.wrong("Must not lie below where the band begins.", "to")
    row.close()
    return band


def _page(row: Row) -> Page:
    page = Page(
        row.key(),
        row.text("title", 200),
        tuple(map(_question, row.rows("questions", 0, MOST_QUESTIONS))),
    )
    row.close()
    return page


def _question(row: Row) -> Question:
    key, text = row.key(), row.text("text", 2000)
    required, xp = row.flag("required", True), row.whole("xp", 0, 1000, DEFAULT_XP)
    type_ = row.one_of("type", question_types.READERS)
    scores = tuple(map(_score, row.rows("scores", 0, 50)))
    # Of a type that does not exist nobody knows the fields: read as the type that needs none, and
    # not closed below.
    kind = question_types.READERS[type_ or "true_false"](row)
    if scores and kind.reach is None:
        row.wrong("There is nothing to score without right answers.", "scores")
    if type_:
        row.close()
    row.distinct("scores", (score.dimension for score in scores))
    return Question(key, type_, text, required, xp, scores, kind)


def _score(row: Row) -> Score:
    score = Score(row.key("dimension"), row.number("weight", 1), row.flag("reverse", False))
    if score.weight <= 0:
        row.wrong("Must be positive; say `reverse` for the other direction.", "weight")
    row.close()
    return score


def scored_questions(
    definition: Definition, dimension: Dimension
) -> Iterator[tuple[Question, Score]]:
    """The questions that count in the dimension, each with its part."""
    for question in definition.questions:
        for score in question.scores:
            if score.dimension == dimension.key:
                yield question, score
