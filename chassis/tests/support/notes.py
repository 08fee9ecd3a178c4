"""The smallest service that uses everything in the chassis. Its tables are made from the models."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID, uuid4

from flask import Flask, request
from marshmallow import fields
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import testing
from chassis.auth.authorization import caller, internal, optional, public, role, signed_in
from chassis.auth.keys import at
from chassis.auth.tokens import Caller
from chassis.config import ServiceSettings, from_environment
from chassis.data.db import after_commit, database, models_registry
from chassis.data.keyset import ordered
from chassis.data.stored_answers import keys_table
from chassis.errors import Conflict, Forbidden, NotFound
from chassis.json_schema import FLAG
from chassis.messaging.consumer import Subscription
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event, Messages
from chassis.pages import Page, cut
from chassis.service import Service, create_service
from chassis.versions import ExpectedVersion
from chassis.web.conditional import etag, if_match
from chassis.web.fields import UUID as UuidField
from chassis.web.fields import Answer, Body, Boolean, Float, Instant, Integer, Query, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.rooms import Abridged, Room


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "tutoring-service")
committed: list[str] = []
received: list[Event] = []


class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("title"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # read by the mapper


class TitleTaken(Conflict):
    """A note with this title exists."""

    code = "title_taken"


class RefusedButKept(Forbidden):
    """The request is refused, but its changes are kept."""

    code = "refused_but_kept"
    keeps_changes = True


class NewNote(Body):
    title = Text(100, least=1, required=True)
    stars = Integer(0, 5)
    weight = Float(-90, 90)
    pinned = Boolean()
    at = Instant()
    ref = UuidField()


class NoteQuery(Query):
    stars = Integer(0, 5)
    weight = Float(-90, 90)
    pinned = Boolean()


class NoteAnswer(Answer):
    id = fields.UUID(required=True)
    title = fields.String(required=True)


blueprint = Blueprint("notes")


@blueprint.post("/api/notes", "create_note")
@signed_in
@idempotent
@blueprint.arguments(NewNote)
@blueprint.response(201, NoteAnswer)
@blueprint.raises(TitleTaken, RefusedButKept)
def create(body: dict[str, object]) -> object:
    """Write a note."""
    note = Note(owner_id=caller().id, title=body["title"])
    db.session.add(note)
    db.session.flush()
    after_commit(db.session, lambda: committed.append(note.title))
    if note.title == "kept":
        raise RefusedButKept
    if note.title == "lost":
        raise NotFound
    if note.title == "bug":
        raise RuntimeError("the secret reason")
    return note, 201, etag(note.version)


@blueprint.post("/api/notes/drafts", "create_draft")
@optional
@idempotent
@blueprint.response(201)
def draft() -> dict[str, str]:
    """Create a draft, which need not belong to a person."""
    return {"id": str(uuid4())}


@blueprint.post("/api/notes/emails", "email_note")
@public
@blueprint.response(204)
def email() -> None:
    """Send a note by e-mail."""
    messages.queue_email("note", {"to": "ruth"})


@blueprint.get("/api/notes", "list_notes")
@optional
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(NoteAnswer))
def list_notes(query: dict[str, object]) -> Page[Note]:
    """List notes by title."""
    columns = [Note.title, Note.id]
    rows = db.session.scalars(ordered(select(Note), columns, query["limit"], query["cursor"])).all()
    return cut(rows, query["limit"], lambda note: (note.title, note.id))


@blueprint.get("/api/notes/search", "search_notes")
@public
@blueprint.arguments(NoteQuery, location="query")
@blueprint.response(200)
def search(query: dict[str, object]) -> dict[str, object]:
    """Return the query as it was read."""
    return query


@blueprint.get("/api/notes/<uuid:note_id>", "get_note")
@signed_in
@blueprint.response(200, NoteAnswer)
def read(note_id: UUID) -> object:
    """Get a note."""
    note = db.session.get(Note, note_id)
    return note, 200, etag(note.version)


@blueprint.put("/api/notes/<uuid:note_id>", "update_note")
@signed_in
@if_match
@blueprint.arguments(NewNote)
@blueprint.response(200, NoteAnswer)
def change(body: dict[str, object], note_id: UUID, expected: ExpectedVersion) -> object:
    """Rename a note."""
    note = db.session.get(Note, note_id)
    if note is None:
        raise NotFound
    expected.check(note.version)
    note.title = body["title"]
    db.session.flush()
    return note, 200, etag(note.version)


@blueprint.delete("/api/notes", "delete_notes")
@role("admin")
@blueprint.response(204)
def clear() -> None:
    """Remove all notes."""
    db.session.execute(Note.__table__.delete())


@blueprint.get("/internal/notes/count")
@internal
@blueprint.response(200)
def count() -> dict[str, int]:
    """Count the notes for another service."""
    return {"count": len(db.session.scalars(select(Note.id)).all()), "asked": bool(request)}


class Song(Abridged):
    """A song in the hall, as a live event shows it."""

    long: ClassVar = ("text",)

    id = fields.UUID()
    text = fields.String(required=True, metadata={"example": "Yedid nefesh"})
    sung_at = Instant()

    def address(self, resource: dict[str, str]) -> str:
        return f"/api/songs?text={resource['text'][:1]}"


def may_watch(watcher: Caller, room_id: str) -> int:
    if not room_id.startswith("open"):
        raise NotFound
    return 7


def may_watch_of(watcher: Caller, room_ids: Collection[str]) -> Mapping[str, int]:
    return {room_id: 7 for room_id in room_ids if room_id.startswith("open")}


def rooms_of(watcher: Caller, limit: int) -> Mapping[str, int]:
    return dict(list({f"open{number}": number for number in range(1000)}.items())[:limit])


@reads(optional=("poison", "honest"), poison=FLAG, honest=FLAG)
def on_greeting(event: Event) -> None:
    if event.data.get("poison"):
        raise RuntimeError("cannot be handled")
    db.session.add(Note(owner_id=uuid4(), title=f"{event.id}"))
    received.append(event)


@contextmanager
def running(**settings: str) -> Iterator[Flask]:
    """The service with its own database."""
    with testing.empty_database("notes") as url:
        app = application(url, **settings)
        app.test_client_class = testing.ApiClient
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
        testing.close(app)


def application(url: str, **settings: str) -> Service:
    environ = {**testing.environment("tutoring-service", url)}
    # Its halls are rooms of no service that Redis knows.
    environ |= {"EVENTS_URL": testing.redis_url(), **settings}
    configured = from_environment(ServiceSettings, environ)
    return create_service(
        "tutoring-service",
        "tutoring_service.app",
        configured,
        description="Notes.",
        db=db,
        token_keys=at(environ["JWKS_URL"]),
        blueprints=[blueprint],
        conflicts={"notes_title_key": TitleTaken},
        messages=messages,
        examples={"title": "Buy figs"},
        rooms={"hall": Room(may_watch, {"sung": Song, "taken_back": Song}, may_watch_of, rooms_of)},
        subscriptions=[
            Subscription("user-service", "greeted", on_greeting),
            Subscription("user-service", "moved", on_greeting, latest_only=True),
        ],
    )
