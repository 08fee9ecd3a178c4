"""The books that can be studied, and references to passages in them."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import public
from chassis.pages import Page
from chassis.web.fields import Answer, Choice, Words
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from havruta_service import reference_reader, texts
from havruta_service.catalogue import AmbiguousReference, Book, Collection
from havruta_service.reference_reader import MalformedReference, ReferenceOutOfRange, UnknownBook
from havruta_service.references import Reference
from havruta_service.texts import TextNotFound

blueprint = Blueprint("texts")


class Written(fields.String):
    """A reference in its canonical form; null where there is none."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(value)


class TextsQuery(PageQuery):
    collection = Choice(Collection, load_default=None)
    q = Words(
        100,
        least=1,
        load_default=None,
        metadata={"description": "Part of a name, in English or Hebrew."},
    )


class Text(Answer):
    """A book of the catalogue."""

    slug = fields.String(required=True, metadata={"example": "genesis"})
    name = fields.String(required=True, metadata={"example": "Genesis"})
    hebrew_name = fields.String(required=True)
    collection = Choice(Collection, required=True)
    division = fields.String(
        required=True, metadata={"description": "Part or order.", "example": "Torah"}
    )
    sections = fields.Integer(
        required=True, attribute="section_count", metadata={"description": "Chapters or folios."}
    )
    segments = fields.Integer(
        required=True, attribute="length", metadata={"description": "Verses, mishnayot, sides."}
    )


class TextSection(Answer):
    """A chapter or folio, with the numbers of its segments; the sides of a folio are 1 and 2."""

    number = fields.Integer(required=True)
    first_segment = fields.Integer(required=True)
    last_segment = fields.Integer(required=True)


class TextWithSections(Text):
    """A book with its divisions."""

    edition = fields.String(
        required=True, metadata={"description": "The edition that these numbers follow."}
    )
    contents = fields.List(fields.Nested(TextSection), required=True)


class TextReference(Answer):
    """A reference in its canonical form, with what stands before and after."""

    ref = fields.String(required=True, attribute="canonical", metadata={"example": "Genesis 2:1"})
    hebrew_ref = fields.String(required=True, attribute="hebrew")
    book = fields.Nested(Text, required=True)
    start = Written(required=True, metadata={"description": "The first passage."})
    end = Written(required=True, metadata={"description": "The last passage."})
    segments = fields.Integer(required=True)
    section = Written(required=True, metadata={"example": "Genesis 2"})
    prev = Written(
        required=True,
        attribute="previous",
        allow_none=True,
        metadata={"description": "The passage before."},
    )
    next = Written(required=True, allow_none=True, metadata={"description": "The passage after."})
    prev_section = Written(required=True, attribute="previous_section", allow_none=True)
    next_section = Written(required=True, allow_none=True)


@blueprint.get("/api/texts", "list_texts")
@public
@blueprint.arguments(TextsQuery, location="query")
@blueprint.response(200, page_of(Text))
def list_texts(query: dict[str, Any]) -> Page[Book]:
    """List the books in their traditional order."""
    return texts.books(**query)


@blueprint.get("/api/texts/<string:book>", "get_text")
@public
@blueprint.response(200, TextWithSections)
@blueprint.raises(TextNotFound, AmbiguousReference)
def get_text(book: str) -> Book:
    """Get how a book is divided, by any of its names in English or Hebrew."""
    return texts.book(book)


@blueprint.get("/api/texts/refs/<string:ref>", "resolve_reference")
@public
@blueprint.response(200, TextReference)
@blueprint.raises(UnknownBook, AmbiguousReference, ReferenceOutOfRange, MalformedReference)
def resolve_reference(ref: str) -> Reference:
    """Resolve a reference: its canonical form, and the passages before and after it."""
    return reference_reader.parse(ref)
