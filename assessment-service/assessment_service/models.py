"""The tables of this service."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.clock import now
from chassis.data.db import database, models_registry
from chassis.data.stored_answers import keys_table
from chassis.messaging.messages import Messages


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "assessment-service")


class SessionStatus(StrEnum):
    """What is stored of a session's life; that it expired is derived from the clock."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "user_abandoned_not_completed"


class Assessment(Base):
    """A name under which versions are published."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug <> 'mine'", name="slug"),
        Index(
            "assessments_one_default_key",
            "is_default",
            unique=True,
            postgresql_where=text("is_default"),
        ),
        Index("idx_assessments_author_id", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    author_id: Mapped[UUID | None]
    is_default: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class AssessmentVersion(Base):
    """One wording of an assessment: a draft until it is published, the same for ever after that."""

    __tablename__ = "assessment_versions"
    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        UniqueConstraint("assessment_id", "id"),
        Index(
            "assessment_versions_one_draft_key",
            "assessment_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
        ),
        Index(
            "assessment_versions_one_current_key",
            "assessment_id",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        CheckConstraint("NOT is_current OR published_at IS NOT NULL", name="current_is_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column()
    is_current: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, server_default=func.now()
    )
    published_at: Mapped[datetime | None]

    # A query that needs it joins it: a list that loaded it later would ask once for every row.
    assessment: Mapped[Assessment] = relationship(lazy="raise", innerjoin=True)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy reads it as a class attribute


class Page(Base):
    """The id of a page of a published version; what it says is in the version's definition."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        UniqueConstraint("version_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_versions.id", ondelete="CASCADE")
    )
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Question(Base):
    """The id of a question of a published version, and enough to read a table of answers with."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("page_id", "key"), UniqueConstraint("page_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    question_type: Mapped[str] = mapped_column(String(20))
    question_text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class AssessmentSession(Base):
    """A person taking an assessment, once.

    `questions_answered` and `total_xp` sum up the rows of answers and awards; they change with them
    under the lock on this row. Whatever changes with every answer is in no index, so that an answer
    rewrites none.
    """

    __tablename__ = "student_responses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["assessment_id", "version_id"],
            ["assessment_versions.assessment_id", "assessment_versions.id"],
        ),
        UniqueConstraint("user_id", "assessment_id", "attempt"),
        # A person has one open session of an assessment, those without an account any number: nulls
        # are never equal. That a session expired is noted in a column because the condition of an
        # index cannot look at the clock.
        Index(
            "student_responses_one_open_key",
            "user_id",
            "assessment_id",
            unique=True,
            postgresql_where=text("status = 'active' AND expired_at IS NULL"),
        ),
        Index("idx_student_responses_status", "status"),
        Index("idx_student_responses_user_id", "user_id", "id"),
        Index("idx_student_responses_version_id", "version_id"),
        Index(
            "idx_student_responses_untallied",
            "version_id",
            postgresql_where=text("tallied_at IS NULL"),
        ),
        Index(
            "idx_student_responses_ends_at",
            "ends_at",
            postgresql_where=text("status = 'active' AND ends_at IS NOT NULL"),
        ),
        # By a time that no answer changes, for the reason given above.
        Index(
            "idx_student_responses_ownerless",
            "created_at",
            postgresql_where=text("user_id IS NULL AND status <> 'completed'"),
        ),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_at"),
        CheckConstraint("expired_at IS NULL OR status = 'active'", name="expired_at"),
        CheckConstraint("(user_id IS NULL) = (attempt IS NULL)", name="attempt"),
        CheckConstraint("questions_answered >= 0 AND total_xp >= 0", name="counters"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    completed_at: Mapped[datetime | None]
    status: Mapped[SessionStatus] = mapped_column(
        # The published values; SQLAlchemy would write the names of the members.
        Enum(
            SessionStatus,
            name="sessionstatus",
            values_callable=lambda kind: [member.value for member in kind],
        ),
        default=SessionStatus.ACTIVE,
        server_default=text("'active'"),
    )
    last_activity: Mapped[datetime] = mapped_column(
        default=now, server_default=text("CURRENT_TIMESTAMP")
    )
    current_page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    assessment_id: Mapped[int]
    version_id: Mapped[int]
    user_id: Mapped[UUID | None]  # a user-service id; None is a person without an account
    attempt: Mapped[int | None]
    ends_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    shuffle_seed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    questions_answered: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    total_xp: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    tallied_at: Mapped[datetime | None]


class QuestionAnswer(Base):
    """The latest answer to a question in a session. `choices` is what it counts for in statistics."""

    __tablename__ = "question_answers"

    response_id: Mapped[int] = mapped_column(
        ForeignKey("student_responses.id", ondelete="CASCADE"), primary_key=True
    )
    # In no index of its own: answers are found by their sessions, and a question that has any is
    # never deleted.
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text))
    client_seq: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class XpAward(Base):
    """Experience points for a question, once in a session: a ledger, never changed."""

    __tablename__ = "xp_awards"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    response_id: Mapped[int] = mapped_column(
        ForeignKey("student_responses.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    amount: Mapped[int]
    awarded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AnswerTally(Base):
    """How often something was chosen in sessions that are closed; it outlives the answers themselves."""

    __tablename__ = "answer_tallies"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    choice: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)


class SessionTally(Base):
    """How many sessions of a version were deleted in this state."""

    __tablename__ = "session_tallies"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_versions.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(30), primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
