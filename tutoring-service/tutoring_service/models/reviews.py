"""Reviews of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, desc, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.db import one_of
from tutoring_service.models.base import Base
from tutoring_service.states import AuthorRole


class Review(Base):
    """What a participant thought of a completed session."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("reviews_author_key", "session_id", "author_id", unique=True),
        Index("idx_reviews_tutor", "tutor_id", desc("id")),
        Index("idx_reviews_author", "author_id"),
        Index(
            "idx_reviews_public",
            "tutor_id",
            desc("id"),
            postgresql_where=sql("public AND author_role <> 'tutor'"),
        ),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        one_of("author_role", AuthorRole),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    tutor_id: Mapped[UUID]
    author_id: Mapped[UUID]
    author_role: Mapped[str] = mapped_column(String(10))
    rating: Mapped[int]
    text: Mapped[str | None] = mapped_column(String(2000))
    # Whether the tutor's public page may show it. Rows that are older than the column are not.
    public: Mapped[bool] = mapped_column(server_default=false())
    # Whether it is shown there with who wrote it.
    is_named: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
