"""What members write: messages to each other, and notes on passages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis.clock import now
from chassis.messaging.conversations import MessageColumns
from havruta_service.catalogue import catalogue
from havruta_service.models.base import Base
from havruta_service.models.havrutas import Havruta
from havruta_service.references import Reference

LONGEST_NOTE = 5000  # characters


class HavrutaMessage(MessageColumns, Base):
    """What a member wrote; `seq` is its number among all that happened in the havruta."""

    __tablename__ = "havruta_messages"
    __table_args__ = (
        UniqueConstraint("havruta_id", "seq"),
        UniqueConstraint("havruta_id", "user_id", "client_message_id"),
        CheckConstraint(
            "char_length(content) BETWEEN CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END AND 2000",
            name="content",
        ),
        Index("idx_havruta_messages_user", "user_id", "havruta_id", text("created_at DESC")),
    )

    havruta_id: Mapped[UUID] = mapped_column(ForeignKey(Havruta.id, ondelete="CASCADE"))


class PassageNote(Base):
    """What a person noted on a passage: for themselves, or for the members of the havruta that it names.

    `first` and `last` are numbers of passages in the book, as the catalogue counts from 0.
    """

    __tablename__ = "passage_notes"
    __table_args__ = (
        CheckConstraint("0 <= first AND first <= last", name="passages"),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {LONGEST_NOTE}", name="text"),
        Index("idx_passage_notes_user", "user_id", "created_at", "id"),
        Index(
            "idx_passage_notes_havruta",
            "havruta_id",
            "created_at",
            "id",
            postgresql_where=text("havruta_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID]
    havruta_id: Mapped[UUID | None] = mapped_column(ForeignKey(Havruta.id, ondelete="CASCADE"))
    book: Mapped[str] = mapped_column(String(60))
    first: Mapped[int]
    last: Mapped[int]
    words: Mapped[str] = mapped_column("text", Text)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, server_default=func.now()
    )

    # Set on a note that is read, if its reader blocks the author.
    folded = False

    @property
    def reference(self) -> Reference:
        return Reference(catalogue().by_slug[self.book], self.first, self.last)

    @property
    def section(self) -> int:
        """The number of the chapter or folio in which it begins."""
        return self.reference.book.section_at(self.first)
