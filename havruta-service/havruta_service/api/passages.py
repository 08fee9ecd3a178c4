"""The words of texts on the wire: versions, passages, and looking for words."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import public
from chassis.pages import Page
from chassis.web.fields import Answer, Choice, Query, Text, Words
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from havruta_service import passages, text_search, texts
from havruta_service.api.texts import Written
from havruta_service.catalogue import AmbiguousReference, Collection
from havruta_service.hebrew_marks import Marks
from havruta_service.models import TextVersion as StoredVersion
from havruta_service.passages import Reading, ReferenceTooLong, VersionNotFound
from havruta_service.reference_reader import (
    MalformedReference,
    ReferenceOutOfRange,
    UnknownBook,
    parse,
)
from havruta_service.text_search import Hit
from havruta_service.texts import TextNotFound

blueprint = Blueprint("passages")

# Seconds. A version that is named does not change; which one is read first may, when another is imported.
YEAR, DAY = 31_536_000, 86_400


class TextVersion(Answer):
    """An edition or a translation."""

    id = fields.String(required=True, metadata={"example": "wlc"})
    title = fields.String(required=True)
    language = fields.String(required=True, metadata={"description": "BCP 47.", "example": "he"})
    direction = fields.String(required=True, metadata={"enum": ["ltr", "rtl"], "example": "rtl"})
    licence = fields.String(required=True, metadata={"example": "Public domain"})
    attribution = fields.String(required=True)
    source = fields.String(required=True)


class VersionsQuery(PageQuery):
    book = Text(100, least=1, load_default=None, metadata={"description": "Any of its names."})
    language = Text(
        35, least=2, load_default=None, metadata={"description": "BCP 47.", "example": "he"}
    )


class WordsQuery(Query):
    version = Text(
        40,
        least=1,
        load_default=None,
        metadata={
            "description": "The id of a version; without it the original, if it is here.",
            "example": "wlc",
        },
    )
    marks = Choice(
        Marks,
        load_default=Marks.ALL,
        metadata={"description": "What stands on Hebrew letters: cantillation is in `all` alone."},
    )


class Passage(Answer):
    ref = Written(required=True, attribute="reference", metadata={"example": "Genesis 1:1"})
    hebrew_ref = fields.String(required=True, attribute="reference.hebrew")
    section = fields.Integer(required=True, metadata={"description": "Its chapter or folio."})
    segment = fields.Integer(required=True, metadata={"description": "Its number in that."})
    text = fields.String(
        required=True,
        metadata={
            "description": "A word that is written and read differently: `(written) [read]`."
        },
    )


class Passages(Answer):
    """What a reference says in one version."""

    ref = Written(required=True, attribute="reference")
    hebrew_ref = fields.String(required=True, attribute="reference.hebrew")
    version = fields.Nested(TextVersion, required=True)
    passages = fields.List(fields.Nested(Passage), required=True)
    prev_section = Written(required=True, attribute="reference.previous_section", allow_none=True)
    next_section = Written(required=True, attribute="reference.next_section", allow_none=True)


class SearchQuery(PageQuery, WordsQuery):
    q = Words(
        100,
        least=1,
        required=True,
        metadata={"description": "Up to ten words, in any order, with or without vowels."},
    )
    book = Text(100, least=1, load_default=None, metadata={"description": "Any of its names."})
    collection = Choice(Collection, load_default=None)


class TextMatch(Answer):
    start = fields.Integer(required=True, metadata={"description": "In characters, from 0."})
    length = fields.Integer(required=True)


class TextHit(Answer):
    """A passage in which the words were found."""

    ref = Written(required=True, attribute="reference", metadata={"example": "Genesis 1:1"})
    hebrew_ref = fields.String(required=True, attribute="reference.hebrew")
    book = fields.String(
        required=True, attribute="reference.book.slug", metadata={"example": "genesis"}
    )
    section = fields.Integer(required=True, metadata={"description": "Its chapter or folio."})
    version_id = fields.String(required=True, metadata={"example": "wlc"})
    text = fields.String(
        required=True,
        metadata={"description": "The passage; of a long one, what stands around the first match."},
    )
    matches = fields.List(fields.Nested(TextMatch), required=True)


@blueprint.get("/api/texts/versions", "list_text_versions")
@public
@blueprint.arguments(VersionsQuery, location="query")
@blueprint.response(200, page_of(TextVersion))
@blueprint.raises(UnknownBook, AmbiguousReference)
def list_text_versions(query: dict[str, Any]) -> Page[StoredVersion]:
    """List the versions in which texts can be read, each with its licence."""
    return passages.versions(**query)


@blueprint.get("/api/texts/refs/<string:ref>/text", "get_reference_text")
@public
@blueprint.arguments(WordsQuery, location="query")
@blueprint.response(200, Passages, versioned=True)
@blueprint.raises(
    UnknownBook,
    AmbiguousReference,
    ReferenceOutOfRange,
    MalformedReference,
    ReferenceTooLong,
    VersionNotFound,
)
def get_reference_text(query: dict[str, Any], ref: str) -> Any:
    """Get the words of a reference, up to 200 passages."""
    reading = passages.read(parse(ref), query["version"], query["marks"])
    return reading, _cached(reading, query)


@blueprint.get("/api/texts/<string:book>/sections/<int(max=9999):number>", "get_section_text")
@public
@blueprint.arguments(WordsQuery, location="query")
@blueprint.response(200, Passages, versioned=True)
@blueprint.raises(TextNotFound, AmbiguousReference, VersionNotFound)
def get_section_text(query: dict[str, Any], book: str, number: int) -> Any:
    """Get the words of a chapter or a folio."""
    reading = passages.section(texts.book(book), number, query["version"], query["marks"])
    return reading, _cached(reading, query)


@blueprint.get("/api/texts/search", "search_texts")
@public
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, page_of(TextHit))
@blueprint.raises(UnknownBook, AmbiguousReference)
def search_texts(query: dict[str, Any]) -> Page[Hit]:
    """Look for words in the texts; a Hebrew word is also found after the letters put before it."""
    return text_search.search(**query)


def _cached(reading: Reading, query: dict[str, Any]) -> dict[str, str]:
    lasts = DAY if query["version"] is None else YEAR
    tag = f'"{reading.version.digest[:16]}-{query["marks"]}"'
    return {"ETag": tag, "Cache-Control": f"public, max-age={lasts}"}
