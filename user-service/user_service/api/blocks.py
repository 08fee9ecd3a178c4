"""The people whom the caller blocks."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Instant
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import blocks
from user_service.blocks import BlockLimitReached, OwnAccount
from user_service.models import Block

blueprint = Blueprint("blocks")
PATH = "/api/users/me/blocks"


class BlockedPerson(Answer):
    """A person whom you keep away."""

    user_id = fields.UUID(required=True, attribute="blocked_id")
    created_at = Instant(required=True)


@blueprint.get(PATH, "list_blocks")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(BlockedPerson))
def list_blocks(query: dict[str, Any]) -> Page[Block]:
    """List the people whom you block, the last one first."""
    return blocks.mine(caller().id, **query)


@blueprint.put(f"{PATH}/<uuid:user_id>", "block_user")
@signed_in
@blueprint.response(204)
@blueprint.raises(OwnAccount, BlockLimitReached)
def block_user(user_id: UUID) -> None:
    """Block a person: neither of you finds, joins or invites the other any more."""
    blocks.block(caller().id, user_id)


@blueprint.delete(f"{PATH}/<uuid:user_id>", "unblock_user")
@signed_in
@blueprint.response(204)
def unblock_user(user_id: UUID) -> None:
    """Block a person no longer."""
    blocks.unblock(caller().id, user_id)
