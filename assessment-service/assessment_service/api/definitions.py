"""The document that defines an assessment, on the wire and in files: its parts, and what each must say.

What the parts say of one another is a rule (`definitions.py`). A document is kept as its author wrote it:
what is left out stays out, and the rules know what that means.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    missing,
    pre_load,
    validate,
    validates_schema,
)

from assessment_service.definitions import DEFAULT_XP, MOST_PAGES, MOST_QUESTIONS, Audience, Method
from assessment_service.question_types import DEFAULT_CHARACTERS, QuestionType
from chassis.errors import Invalid
from chassis.text import flaw_in_name
from chassis.web.arguments import pointers
from chassis.web.fields import Body, Boolean, Choice, Integer, List, Text, Variants

LARGEST = 10**9
MOST_OPTIONS = 50
MOST_CHARACTERS = 10_000
# `mine` is a path of its own where slugs are.
SLUG = r"(?=.{1,80}$)(?!mine$)[a-z0-9]+(-[a-z0-9]+)*"


class Word(fields.String):
    """Text that is a whole match of the pattern, which `rule` says in words."""

    def __init__(self, pattern: str, most: int, rule: str, **kwargs: Any) -> None:
        documented = {"pattern": f"^{pattern}$", "maxLength": most}
        metadata = {**documented, **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)
        self._pattern, self._rule = re.compile(pattern), rule

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word = super()._deserialize(value, attr, data, **kwargs)
        if not self._pattern.fullmatch(word):
            raise ValidationError(self._rule)
        return word


class Slug(Word):
    """The name of an assessment in addresses."""

    def __init__(self, **kwargs: Any) -> None:
        rule = "Must be 1 to 80 characters of a-z, 0-9 and single hyphens, and not `mine`."
        super().__init__(SLUG, 80, rule, **kwargs)


class Key(Word):
    """A name within the document, which stays when the wording changes."""

    def __init__(self, **kwargs: Any) -> None:
        rule = "Must be 1 to 60 characters of a-z, 0-9, - and _."
        super().__init__("[a-z0-9][a-z0-9_-]{0,59}", 60, rule, **kwargs)


class Wording(Text):
    """What people read. Without `least` it may be left out, which is the same as empty."""

    def __init__(self, most: int, *, least: int = 0, **kwargs: Any) -> None:
        if not least:
            kwargs["metadata"] = {"default": ""}
        super().__init__(most, least=least, required=bool(least), paragraphs=True, **kwargs)


class Title(Wording):
    """What a part is called, in one line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        title = super()._deserialize(value, attr, data, **kwargs)
        if title and (flaw := flaw_in_name(title)):
            raise ValidationError(flaw)
        return title


class Texts(List):
    """Some texts. What is wrong with one of them is said of the list."""

    def __init__(self, most: int, *, longest: int) -> None:
        super().__init__(Text(longest, least=1, paragraphs=True), most, least=0)
        self._rule = f"Must be at most {most} texts of 1 to {longest} characters."

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise ValidationError(self._rule) from None


class Number(fields.Field[int | float]):
    """A number up to a billion either way. It stays as it is written: the rules make a fraction of it."""

    def __init__(self, **kwargs: Any) -> None:
        document = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
        super().__init__(metadata={**document, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | float:
        # Not `isinstance`, to which True is a number; and NaN is not less than anything.
        if type(value) not in {int, float} or not abs(value) <= LARGEST:
            raise ValidationError("Must be a number.")
        return value  # type: ignore[no-any-return]  # its type was checked above


class Inner(fields.Nested):
    """A part within a part. One that is left out is read as an empty one, so that what it lacks is named."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if value is missing:
            value = {}
        return super().deserialize(value, *args, **kwargs)


class Part(Body):
    """One object in the document."""

    @pre_load
    def without_nulls(self, data: Any, **kwargs: Any) -> Any:
        """Null says the same as leaving the field out."""
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Scale(Part):
    """Whole numbers from `least` to `most`."""

    widest: ClassVar[int]
    least = Integer(-1000, 1000, required=True)
    most = Integer(-1000, 1000, required=True)
    step = Integer(1, 1000, metadata={"default": 1})
    least_label = Title(100)
    most_label = Title(100)

    @validates_schema
    def check_width(self, scale: Mapping[str, Any], **kwargs: Any) -> None:
        least, most = scale["least"], scale["most"]
        if not least < most <= least + self.widest:
            raise ValidationError(f"Must end 1 to {self.widest} above where it begins.", "most")
        if (most - least) % scale.get("step", 1):
            raise ValidationError("Must divide the scale.", "step")


# How wide a scale may be bounds what statistics have to list.
class LikertScale(Scale):
    widest = 10


class SliderScale(Scale):
    widest = 1000


class DefinedOption(Part):
    """Something to choose, and the points it is worth."""

    key = Key(required=True)
    text = Wording(500, least=1)
    points = Number(metadata={"default": 0})


class QuestionScore(Part):
    """A question's part in a dimension. Reversed, its fewest points count as its most."""

    dimension = Key(required=True)
    weight = Number(metadata={"exclusiveMinimum": 0, "default": 1})
    reverse = Boolean(metadata={"default": False})


class Question(Part):
    """What the types of questions have in common."""

    key = Key(required=True)
    text = Wording(2000, least=1)
    required = Boolean(metadata={"default": True})
    xp = Integer(0, 1000, metadata={"default": DEFAULT_XP})
    scores = List(fields.Nested(QuestionScore), 50, least=0)


class QuestionWithOptions(Question):
    options = List(fields.Nested(DefinedOption), MOST_OPTIONS, least=2, required=True)


def only(type_: QuestionType) -> fields.String:
    """The field that tells the types of questions apart."""
    return fields.String(required=True, validate=validate.Equal(str(type_)))


class LikertQuestion(Question):
    """Answered by a whole number on a narrow scale, which it is worth."""

    type = only(QuestionType.LIKERT)
    scale = Inner(LikertScale, required=True)


class SliderQuestion(Question):
    """Answered by a whole number on a wide scale, which it is worth."""

    type = only(QuestionType.SLIDER)
    scale = Inner(SliderScale, required=True)


class SingleChoiceQuestion(QuestionWithOptions):
    """Answered by the key of an option, worth its points."""

    type = only(QuestionType.SINGLE_CHOICE)


class MultipleChoiceQuestion(QuestionWithOptions):
    """Answered by a list of keys, worth the sum of their points. By default all options may be chosen."""

    type = only(QuestionType.MULTIPLE_CHOICE)
    least_choices = Integer(0, MOST_OPTIONS, metadata={"default": 1})
    most_choices = Integer(1, MOST_OPTIONS)


class OrderingQuestion(QuestionWithOptions):
    """Answered by all keys in an order, worth how many stand as in `correct`."""

    type = only(QuestionType.ORDERING)
    correct = Texts(MOST_OPTIONS, longest=60)


class TrueFalseQuestion(Question):
    """Answered by true or false, worth 1 if it is the right one."""

    type = only(QuestionType.TRUE_FALSE)
    correct = Boolean(metadata={"default": True})


class NumberQuestion(Question):
    """Answered by a number, which it is worth; with `correct`, worth 1 if it is within the tolerance."""

    type = only(QuestionType.NUMBER)
    least = Number(required=True)
    most = Number(required=True)
    correct = Number()
    tolerance = Number(metadata={"default": 0})

    @validates_schema
    def check_bounds(self, question: Mapping[str, Any], **kwargs: Any) -> None:
        if not question["least"] < question["most"]:
            raise ValidationError("Must be above the least.", "most")


class TextQuestion(Question):
    """Answered by text, worth 1 if it is accepted; case and spacing do not count."""

    type = only(QuestionType.TEXT)
    most_characters = Integer(1, MOST_CHARACTERS, metadata={"default": DEFAULT_CHARACTERS})
    accepted = Texts(100, longest=MOST_CHARACTERS)


QUESTIONS: dict[str, type[Schema]] = {
    QuestionType.LIKERT: LikertQuestion,
    QuestionType.SLIDER: SliderQuestion,
    QuestionType.SINGLE_CHOICE: SingleChoiceQuestion,
    QuestionType.MULTIPLE_CHOICE: MultipleChoiceQuestion,
    QuestionType.ORDERING: OrderingQuestion,
    QuestionType.TRUE_FALSE: TrueFalseQuestion,
    QuestionType.NUMBER: NumberQuestion,
    QuestionType.TEXT: TextQuestion,
}


class DefinedPage(Part):
    key = Key(required=True)
    title = Title(200, least=1)
    questions = List(Variants("type", QUESTIONS), MOST_QUESTIONS, least=0)


class DefinedBand(Part):
    """What a score from `from` up to and without `to` means; the last band includes its upper end."""

    lower = Number(required=True, data_key="from", attribute="from")
    upper = Number(required=True, data_key="to", attribute="to")
    label = Title(100, least=1)
    text = Wording(2000)

    @validates_schema
    def check_order(self, band: Mapping[str, Any], **kwargs: Any) -> None:
        if band["to"] < band["from"]:
            raise ValidationError("Must not lie below where the band begins.", "to")


class DefinedDimension(Part):
    """Something measured: the weighted sum or mean of the points of its questions."""

    key = Key(required=True)
    title = Title(200, least=1)
    method = Choice(Method, metadata={"default": Method.SUM})
    bands = List(fields.Nested(DefinedBand), 50, least=0)


class Shuffling(Part):
    """What every session shows in an order of its own."""

    questions = Boolean(metadata={"default": False})
    options = Boolean(metadata={"default": False})


class AssessmentDefinition(Part):
    """One wording of an assessment. The limits of attempts need the audience `members`, who have accounts."""

    # Pages and dimensions may be left out: a draft need not be complete before it is published.
    title = Title(200, least=1)
    description = Wording(2000)
    audience = Choice(Audience, metadata={"default": Audience.PUBLIC})
    shuffle = fields.Nested(Shuffling)
    time_limit_minutes = Integer(1, 24 * 60)
    max_attempts = Integer(1, 1000)
    hours_between_attempts = Integer(1, 24 * 366)
    dimensions = List(fields.Nested(DefinedDimension), 50, least=0)
    pages = List(fields.Nested(DefinedPage), MOST_PAGES, least=0)


class AssessmentFile(AssessmentDefinition):
    """A definition with the name of its assessment, as files have it."""

    slug = Slug(required=True)


def read(schema: type[Part], document: Any) -> dict[str, Any]:
    """The document without its nulls; `Invalid` with everything that is wrong with its parts."""
    try:
        found: dict[str, Any] = schema().load(document)
    except ValidationError as error:
        raise Invalid(errors=pointers(error.messages, "/")) from None
    return found
