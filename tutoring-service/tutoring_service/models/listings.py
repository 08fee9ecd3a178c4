"""What the catalogue of tutors is read from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, desc, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tutoring_service.models.base import Base

LISTED = text("newest_course_id IS NOT NULL")


class TutorListing(Base):
    """A tutor as lists show and find them: written again whenever what it is made of changes."""

    __tablename__ = "tutor_listings"
    __table_args__ = (
        CheckConstraint("(rating_average IS NULL) = (rating_count = 0)", name="rating"),
        Index(
            "idx_tutor_listings_rank",
            desc("rank"),
            desc("newest_course_id"),
            postgresql_where=LISTED,
        ),
        Index("idx_tutor_listings_newest", desc("newest_course_id"), postgresql_where=LISTED),
        Index(
            "idx_tutor_listings_words",
            "words",
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "idx_tutor_listings_filters",
            "subject_keys",
            "languages",
            "weekdays",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index("idx_tutor_listings_refreshed", "refreshed_at"),
    )

    tutor_id: Mapped[UUID] = mapped_column(primary_key=True)
    # None while no course is open; then lists leave the tutor out.
    newest_course_id: Mapped[int | None]
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String(100)))
    subject_keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # Each tag and what it begins with, in small letters: `en-gb` and `en`.
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    weekdays: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # The search key of what their courses are called and what they say, a blank before each line.
    words: Mapped[str] = mapped_column(Text)
    rating_average: Mapped[float | None]
    rating_count: Mapped[int]
    rank: Mapped[int]
    refreshed_at: Mapped[datetime]

    @property
    def rating(self) -> dict[str, float | int | None]:
        """The mean and the number of students whom it counts."""
        return {"average": self.rating_average, "count": self.rating_count}
