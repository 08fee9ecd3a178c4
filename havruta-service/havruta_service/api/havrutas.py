"""Havrutas and their members."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.access import caller, signed_in
from chassis.fields import UUID as UserId
from chassis.fields import Answer, Body, Boolean, Instant, Text
from chassis.idempotency import idempotent
from chassis.pages import Page, PageQuery, page_of
from chassis.rest import Blueprint
from chassis.versions import etag, if_match
from havruta_service import havrutas, membership, models, progress
from havruta_service.api.sessions import CompletedHavrutaSession
from havruta_service.havrutas import HavrutaArchived, OwnerOnly, SessionStillActive
from havruta_service.membership import NotAMember, TransferFirst
from havruta_service.models import Member
from havruta_service.progress import Progress
from havruta_service.references import UnknownBook

blueprint = Blueprint("havrutas", "Groups that study one book together.")

Tagged = tuple[models.Havruta, int, dict[str, str]]


class NewHavruta(Body):
    name = Text(100, least=1, required=True, metadata={"example": "Tuesday Genesis"})
    book = Text(60, least=1, required=True, metadata={"example": "Genesis"})


class HavrutaChanges(Body):
    name = Text(100, least=1, required=True)


class NewOwner(Body):
    user_id = UserId(required=True)


class HavrutasQuery(PageQuery):
    archived = Boolean(load_default=False)


class Havruta(Answer):
    """A group that studies one book together."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    book = fields.String(required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    last_place = fields.String(required=True, allow_none=True, metadata={"example": "Genesis 2:1"})
    member_count = fields.Integer(required=True)
    active_session_id = fields.UUID(required=True, allow_none=True)
    next_session_at = Instant(required=True, allow_none=True)
    seq = fields.Integer(required=True, metadata={"description": "Number of the last live event."})
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    archived_at = Instant(required=True, allow_none=True)


class HavrutaMember(Answer):
    """Somebody who studies in a havruta."""

    user_id = fields.UUID(required=True)
    joined_at = Instant(required=True)


class HavrutaMemberProgress(Answer):
    """How much somebody took part."""

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
    percent = fields.Float(required=True)
    minutes = fields.Integer(required=True, metadata={"description": "While anybody was there."})
    minutes_together = fields.Integer(
        required=True, metadata={"description": "While at least two were there."}
    )
    members = fields.List(fields.Nested(HavrutaMemberProgress), required=True)


@blueprint.post("/api/havrutas")
@signed_in
@idempotent
@blueprint.arguments(NewHavruta)
@blueprint.response(201, Havruta)
@blueprint.raises(UnknownBook)
def create(body: dict[str, str]) -> Tagged:
    """Found a havruta for a book."""
    havruta = havrutas.create(caller().id, **body)
    return havruta, 201, etag(havruta.version)


@blueprint.get("/api/havrutas")
@signed_in
@blueprint.arguments(HavrutasQuery, location="query")
@blueprint.response(200, page_of(Havruta))
def list_havrutas(query: dict[str, Any]) -> Page[models.Havruta]:
    """List one's havrutas, the latest first."""
    return havrutas.mine(caller().id, **query)


@blueprint.get("/api/havrutas/<uuid:havruta_id>")
@signed_in
@blueprint.response(200, Havruta)
def havruta(havruta_id: UUID) -> Tagged:
    """Read one of one's havrutas."""
    found = havrutas.get(havruta_id, caller().id)
    return found, 200, etag(found.version)


@blueprint.patch("/api/havrutas/<uuid:havruta_id>")
@signed_in
@if_match
@blueprint.arguments(HavrutaChanges)
@blueprint.response(200, Havruta)
@blueprint.raises(OwnerOnly, HavrutaArchived)
def change(body: dict[str, str], havruta_id: UUID, version: int) -> Tagged:
    """Give the havruta another name; its owner may."""
    changed = havrutas.rename(havruta_id, caller().id, version, body["name"])
    return changed, 200, etag(changed.version)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/archive")
@signed_in
@blueprint.response(200, Havruta)
@blueprint.raises(OwnerOnly, SessionStillActive)
def archive(havruta_id: UUID) -> models.Havruta:
    """Close the havruta for good: it can be read and not changed. What is planned is cancelled."""
    return havrutas.archive(havruta_id, caller().id)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/members")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(HavrutaMember))
def members(query: dict[str, Any], havruta_id: UUID) -> Page[Member]:
    """List the members, in the order in which they joined."""
    return membership.members(havruta_id, caller().id, **query)


@blueprint.post("/api/havrutas/<uuid:havruta_id>/transfer")
@signed_in
@blueprint.arguments(NewOwner)
@blueprint.response(200, Havruta)
@blueprint.raises(OwnerOnly, HavrutaArchived, NotAMember)
def transfer(body: dict[str, UUID], havruta_id: UUID) -> models.Havruta:
    """Hand the havruta over to another member."""
    return membership.transfer(havruta_id, caller().id, body["user_id"])


@blueprint.post("/api/havrutas/<uuid:havruta_id>/leave")
@signed_in
@blueprint.response(204)
@blueprint.raises(HavrutaArchived, TransferFirst, SessionStillActive)
def leave(havruta_id: UUID) -> None:
    """Leave the havruta. Its owner hands it over first, or, alone in it, archives it by leaving."""
    membership.leave(havruta_id, caller().id)


@blueprint.delete("/api/havrutas/<uuid:havruta_id>/members/<uuid:user_id>")
@signed_in
@blueprint.response(204)
@blueprint.raises(OwnerOnly, HavrutaArchived, TransferFirst)
def remove(havruta_id: UUID, user_id: UUID) -> None:
    """Have a member leave; the owner may."""
    membership.remove(havruta_id, caller().id, user_id)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/progress")
@signed_in
@blueprint.response(200, HavrutaProgress)
def read_progress(havruta_id: UUID) -> Progress:
    """Read how far the havruta has come, and how long it took."""
    return progress.of_havruta(havruta_id, caller().id)


@blueprint.get("/api/havrutas/<uuid:havruta_id>/history")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(CompletedHavrutaSession))
def history(query: dict[str, Any], havruta_id: UUID) -> Page[models.HavrutaSession]:
    """List the completed sessions with who was there, the latest first."""
    return progress.history(havruta_id, caller().id, **query)
