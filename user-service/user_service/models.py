"""The tables of this service."""

from datetime import datetime
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Index, String, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.clock import now
from chassis.db import models_registry
from chassis.idempotency import keys_table


class Base(DeclarativeBase):
    registry = models_registry()


db = SQLAlchemy(model_class=Base)
idempotency_keys = keys_table(Base.metadata)


class User(Base):
    """An account."""

    __tablename__ = "users"
    __table_args__ = (
        Index("users_email_lower_key", text("lower(email)"), unique=True),
        Index("users_username_lower_key", text("lower(username)"), unique=True),
        Index("idx_users_email", "email"),
        Index("idx_users_username", "username"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(255))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime | None] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(default=now, onupdate=now, server_default=func.now())
