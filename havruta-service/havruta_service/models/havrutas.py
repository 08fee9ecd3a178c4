"""Havrutas and their members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from chassis.clock import now
from havruta_service.models.base import Base

# Few enough that the members who are present, or mean to come, are read whole, without pages.
MOST_MEMBERS = 10


class Havruta(Base):
    """A group that studies one book together, led by its owner. `seq` is the number of its last event."""

    __tablename__ = "havrutas"
    __table_args__ = (
        # Checked at the commit, because neither row can be first: the owner has to be a member, a
        # member has a havruta.
        ForeignKeyConstraint(
            ["id", "owner_id"],
            ["havruta_members.havruta_id", "havruta_members.user_id"],
            name="havrutas_owner_is_a_member_fkey",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        CheckConstraint(
            "owner_id IS NOT NULL OR archived_at IS NOT NULL", name="owner_or_archived"
        ),
        CheckConstraint(f"member_count BETWEEN 0 AND {MOST_MEMBERS}", name="member_count"),
        CheckConstraint("name ~ '[^[:space:]]'", name="name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(String(100))
    book: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[UUID | None]
    last_place: Mapped[str | None] = mapped_column(String(100))
    meeting_url: Mapped[str | None] = mapped_column(String(500))
    # A check cannot look at other rows, so a count in this one holds how many there may be.
    member_count: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    seq: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, server_default=func.now()
    )
    archived_at: Mapped[datetime | None]
    active_session_id: Mapped[UUID | None] = query_expression()
    next_session_at: Mapped[datetime | None] = query_expression()

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_full(self) -> bool:
        return self.member_count >= MOST_MEMBERS


class Member(Base):
    """A person who studies in a havruta."""

    __tablename__ = "havruta_members"
    __table_args__ = (Index("idx_havruta_members_user", "user_id", "havruta_id"),)

    havruta_id: Mapped[UUID] = mapped_column(
        ForeignKey("havrutas.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
