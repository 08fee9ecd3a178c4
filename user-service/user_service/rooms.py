"""RULES: the live room of a person, which they alone may watch."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select, update

from chassis.auth.tokens import Caller
from chassis.errors import NotFound
from user_service.models import User, db

KIND = "user"


def room_of(user_id: UUID) -> str:
    """The name of the person's room."""
    return f"{KIND}:{user_id}"


def may_watch(caller: Caller, room_id: str) -> int:
    """The number of the last live event in the caller's own room; `NotFound` for any other room."""
    if room_id != str(caller.id):
        raise NotFound
    return db.session.scalar(select(User.stream_position).where(User.id == caller.id)) or 0


def may_watch_of(caller: Caller, room_ids: Collection[str]) -> Mapping[str, int]:
    """The same for several rooms, of which one at most is the caller's own."""
    own = str(caller.id)
    return {own: may_watch(caller, own)} if own in room_ids else {}


def rooms_of(caller: Caller, _: int) -> Mapping[str, int]:
    """The caller's own room."""
    return may_watch_of(caller, [str(caller.id)])


def next_position(user_id: UUID) -> int:
    """Give the next live event in the room its number. The account stays locked until the commit."""
    # Nothing about the account changes: neither the version, which numbers the events about it, nor
    # `updated_at`.
    return db.session.scalars(
        update(User)
        .where(User.id == user_id)
        .values(stream_position=User.stream_position + 1, updated_at=User.updated_at)
        .returning(User.stream_position)
        .execution_options(synchronize_session=False)
    ).one()
