"""Havrutas and their members."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.data.reading import Reading
from chassis.pages import Page
from chassis.versions import ExpectedVersion
from chassis.web.addresses import HttpsAddress
from chassis.web.conditional import etag, if_match
from chassis.web.fields import UUID as UserId
from chassis.web.fields import Answer, Body, Boolean, Instant, MailedName, Text
from chassis.web.idempotency import idempotent
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from havruta_service import havrutas, membership, models, progress
from havruta_service.api.sessions import CompletedHavrutaSession, PeriodPageQuery
from havruta_service.catalogue import AmbiguousReference
from havruta_service.havrutas import HavrutaArchived, HavrutaLimitReached, SessionInProgress
from havruta_service.membership import NotAMember, TransferRequired
from havruta_service.models import Member
from havruta_service.progress import Progress
from havruta_service.reference_reader import UnknownBook

blueprint = Blueprint("havrutas")

Tagged = tuple[models.Havruta, int, dict[str, str]]


class NewHavruta(Body):
    name = MailedName(100, least=1, required=True, metadata={"example": "Tuesday Genesis"})
    book = Text(60, least=1, required=True, metadata={"example": "Genesis"})


class HavrutaChanges(Body):
    """What is left out stays as it is."""

    name = MailedName(100, least=1)
    meeting_url = HttpsAddress(
        allow_none=True,
        metadata={
            "description": "Where you meet online; null for a room of the platform, if it has any.",
            "example": "https://meet.example.org/genesis",
        },
    )


class NewOwner(Body):
    user_id = UserId(required=True)


class HavrutaRemoval(Body):
    reason = Text(500, least=1, load_default=None, allow_none=True)


class HavrutasQuery(PageQuery):
    archived = Boolean(load_default=False)


class HavrutaSummary(Answer):
    """A group that studies one book together, without its sessions."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    book = fields.String(required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    last_place = fields.String(required=True, allow_none=True, metadata={"example": "Genesis 2:1"})
    meeting_url = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Where the members meet online.",
            "example": "https://meet.example.org/genesis",
        },
    )
    member_count = fields.Integer(required=True)
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    archived_at = Instant(required=True, allow_none=True)


class Havruta(HavrutaSummary):
    """A group that studies one book together."""

    active_session_id = fields.UUID(required=True, allow_none=True)
    next_session_at = Instant(required=True, allow_none=True)


class HavrutaMember(Answer):
    """A person who studies in a havruta."""

    user_id = fields.UUID(required=True)
    joined_at = Instant(required=True)


class HavrutaMemberProgress(Answer):
    """How much a member took part."""

    user_id = fields.UUID(required=True)
    sessions = fields.Integer(required=True)
    minutes = fields.Integer(required=True)


class HavrutaProgress(Answer):
    """How far a havruta has come in its book, and how long it took."""

    book = fields.String(required=True)
    last_place = fields.String(required=True, allow_none=True)
    sessions = fields.Integer(required=True)
    ranges = fields.List(
        fields.String(), required=True, metadata={"description": "What was studied, in text order."}
    )
    segments = fields.Integer(required=True)
    segments_in_book = fields.Integer(required=True)
    studied_percent = fields.Float(
        required=True, metadata={"description": "0 to 100, with one decimal."}
    )
    minutes = fields.Integer(
        required=True, metadata={"description": "While at least one member was present."}
    )
    minutes_together = fields.Integer(
        required=True, metadata={"description": "While at least two were present."}
    )
    members = fields.List(fields.Nested(HavrutaMemberProgress), required=True)


@blueprint.post("/api/havrutas", "create_havruta")
@signed_in
@idempotent
@blueprint.arguments(NewHavruta)
@blueprint.response(201, Havruta, versioned=True)
@blueprint.raises(UnknownBook, AmbiguousReference, HavrutaLimitReached)
def create_havruta(body: dict[str, str]) -> Tagged:
    """Create a havruta for a book; you own it."""
    havruta = havrutas.create(caller().id, **body)
    location = {"Location": f"/api/havrutas/{havruta.id}"}
    return havruta, 201, {**etag(havruta.version), **location}


@blueprint.get("/api/havrutas", "list_havrutas")
@signed_in
@blueprint.arguments(HavrutasQuery, location="query")
@blueprint.response(200, page_of(Havruta))
def list_havrutas(query: dict[str, Any]) -> Page[Any]:
    """List your havrutas, newest first."""
    return havrutas.mine(caller().id, **query)


@blueprint.get("/api/havrutas/<uuid:havruta_id>", "get_havruta")
@signed_in
@blueprint.response(200, Havruta, versioned=True)
def get_havruta(havruta_id: UUID) -> Tagged:
    """Get one of your havrutas."""
    found = havrutas.get(havruta_id, caller().id)
    return found, 200, etag(found.version)


@blueprint.patch("/api/havrutas/<uuid:havruta_id>", "update_havruta")
@signed_in
@if_match
@blueprint.arguments(HavrutaChanges)
@blueprint.response(200, Havruta, versioned=True)
@blueprint.raises(HavrutaArchived)
def update_havruta(body: dict[str, Any], havruta_id: UUID, expected: ExpectedVersion) -> Tagged:
    """Rename a havruta that you own, or say where it meets online."""
    changed = havrutas.change(havruta_id, caller().id, expected, body)
    return changed, 200, etag(changed.version)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/archive", "archive_havruta")
@signed_in
@blueprint.response(200, Havruta)
@blueprint.raises(SessionInProgress)
def archive_havruta(havruta_id: UUID) -> models.Havruta:
    """Archive a havruta that you own: it can be read, not changed; planned sessions are cancelled."""
    return havrutas.archive(havruta_id, caller().id)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/members", "list_havruta_members")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(HavrutaMember))
def list_havruta_members(query: dict[str, Any], havruta_id: UUID) -> Page[Member]:
    """List the members, in the order in which they joined."""
    return membership.members(havruta_id, caller().id, **query)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/transfer", "transfer_havruta")
@signed_in
@blueprint.arguments(NewOwner)
@blueprint.response(200, Havruta)
@blueprint.raises(HavrutaArchived, NotAMember)
def transfer_havruta(body: dict[str, UUID], havruta_id: UUID) -> models.Havruta:
    """Make another member the owner of your havruta."""
    return membership.transfer(havruta_id, caller().id, body["user_id"])


@blueprint.post("/api/havrutas/<uuid:havruta_id>/leave", "leave_havruta")
@signed_in
@blueprint.response(204)
@blueprint.raises(HavrutaArchived, TransferRequired, SessionInProgress)
def leave_havruta(havruta_id: UUID) -> None:
    """Leave a havruta. Its owner transfers it first; an owner who is alone in it archives it by leaving."""
    membership.leave(havruta_id, caller().id)


@blueprint.delete("/api/havrutas/<uuid:havruta_id>/members/<uuid:user_id>", "remove_havruta_member")
@signed_in
@blueprint.arguments(HavrutaRemoval, required=False)
@blueprint.response(204)
@blueprint.raises(HavrutaArchived, TransferRequired)
def remove_havruta_member(body: dict[str, Any], havruta_id: UUID, user_id: UUID) -> None:
    """Remove a member from a havruta that you own. They are told the reason, which is not kept here."""
    membership.remove(havruta_id, caller().id, user_id, body["reason"])


@blueprint.get(
    "/api/havrutas/<uuid:havruta_id>/progress", "get_havruta_progress", reading=Reading.SNAPSHOT
)
@signed_in
@blueprint.response(200, HavrutaProgress)
def get_havruta_progress(havruta_id: UUID) -> Progress:
    """Get how far the havruta has come, and how long it took."""
    return progress.of_havruta(havruta_id, caller().id)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/history", "list_havruta_history")
@signed_in
@blueprint.arguments(PeriodPageQuery, location="query")
@blueprint.response(200, page_of(CompletedHavrutaSession))
def list_havruta_history(query: dict[str, Any], havruta_id: UUID) -> Page[models.HavrutaSession]:
    """List the completed sessions with the members who were present, newest first."""
    return progress.history(havruta_id, caller().id, **query)
