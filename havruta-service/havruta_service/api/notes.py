"""Notes on passages on the wire."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.versions import ExpectedVersion
from chassis.web.conditional import etag, if_match
from chassis.web.fields import UUID as Id
from chassis.web.fields import Answer, Body, Boolean, Instant, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from havruta_service import notes
from havruta_service.api.texts import Written
from havruta_service.catalogue import AmbiguousReference
from havruta_service.havrutas import HavrutaArchived
from havruta_service.models import LONGEST_NOTE, PassageNote
from havruta_service.notes import NoteLimitReached
from havruta_service.reference_reader import MalformedReference, ReferenceOutOfRange, UnknownBook

blueprint = Blueprint("notes")
BOUNDS = BodyBounds(64 * 1024)
REFUSED_REFERENCES = (UnknownBook, AmbiguousReference, ReferenceOutOfRange, MalformedReference)

Tagged = tuple[PassageNote, int, dict[str, str]]


class NoteChanges(Body):
    """What is left out stays as it is."""

    text = Text(
        LONGEST_NOTE, least=1, paragraphs=True, attribute="words", metadata={"example": "Twice!"}
    )
    havruta_id = Id(
        allow_none=True,
        metadata={"description": "The havruta whose members see it; null for yourself alone."},
    )


class NewNote(Body):
    ref = Text(100, least=1, required=True, metadata={"example": "Genesis 1:1-3"})
    text = Text(
        LONGEST_NOTE,
        least=1,
        required=True,
        paragraphs=True,
        attribute="words",
        metadata={"example": "Why not “in the beginning God”?"},
    )
    havruta_id = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "The havruta whose members see it; null for yourself alone."},
    )


class Note(Answer):
    """What a person noted on a passage."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    havruta_id = fields.UUID(required=True, allow_none=True)
    ref = Written(required=True, attribute="reference", metadata={"example": "Genesis 1:1-3"})
    hebrew_ref = fields.String(required=True, attribute="reference.hebrew")
    book = fields.String(
        required=True, attribute="reference.book.slug", metadata={"example": "genesis"}
    )
    section = fields.Integer(
        required=True, metadata={"description": "The chapter or folio in which it begins."}
    )
    text = fields.String(required=True, allow_none=True, attribute="words")
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    folded = fields.Boolean(
        required=True,
        metadata={"description": "Whether you block its author, and a client shows it folded."},
    )


class NotesQuery(PageQuery):
    ref = Text(
        100,
        least=1,
        load_default=None,
        metadata={"description": "Notes on some of it.", "example": "Genesis 1"},
    )
    havruta_id = Id(load_default=None, metadata={"description": "Those that are shared in it."})
    mine = Boolean(load_default=False, metadata={"description": "true: only those you wrote."})


@blueprint.post("/api/notes", "create_note")
@signed_in
@idempotent
@blueprint.arguments(NewNote, bounds=BOUNDS)
@blueprint.response(201, Note, versioned=True)
@blueprint.raises(*REFUSED_REFERENCES, HavrutaArchived, NoteLimitReached)
def create_note(body: dict[str, Any]) -> Tagged:
    """Note something on a passage, for yourself or for the members of a havruta."""
    note = notes.create(caller().id, **body)
    return note, 201, {**etag(note.version), "Location": f"/api/notes/{note.id}"}


@blueprint.get("/api/notes", "list_notes")
@signed_in
@blueprint.arguments(NotesQuery, location="query")
@blueprint.response(200, page_of(Note))
@blueprint.raises(*REFUSED_REFERENCES)
def list_notes(query: dict[str, Any]) -> Page[PassageNote]:
    """List your notes and those that are shared with you, newest first."""
    return notes.listed(caller().id, **query)


@blueprint.get("/api/notes/<uuid:note_id>", "get_note")
@signed_in
@blueprint.response(200, Note, versioned=True)
def get_note(note_id: UUID) -> Tagged:
    """Get a note of yours, or one that is shared with you."""
    note = notes.get(note_id, caller().id)
    return note, 200, etag(note.version)


@blueprint.patch("/api/notes/<uuid:note_id>", "update_note")
@signed_in
@if_match
@blueprint.arguments(NoteChanges, bounds=BOUNDS)
@blueprint.response(200, Note, versioned=True)
@blueprint.raises(HavrutaArchived)
def update_note(body: dict[str, Any], note_id: UUID, expected: ExpectedVersion) -> Tagged:
    """Change what your note says, or with whom it is shared."""
    note = notes.change(note_id, caller().id, expected, body)
    return note, 200, etag(note.version)


@blueprint.delete("/api/notes/<uuid:note_id>", "delete_note")
@signed_in
@blueprint.response(204)
def delete_note(note_id: UUID) -> None:
    """Delete your note."""
    notes.delete(note_id, caller().id)
