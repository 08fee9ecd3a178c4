"""The answers that are stored under idempotency keys, next to what the requests did."""

from datetime import timedelta
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.clock import now
from chassis.data.purging import delete_some

KEPT = timedelta(hours=24)


def keys_table(metadata: MetaData) -> Table:
    """The table of stored answers, on a service's own metadata."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("user_id", Uuid, primary_key=True),
        Column("key", String(255), primary_key=True),
        Column("request_hash", LargeBinary(32), nullable=False),
        Column("status", Integer),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    )


def forget_answers(db: SQLAlchemy, user_id: UUID) -> None:
    """Delete the stored answers of a person whose account is deleted."""
    table = answers_of(db)
    db.session.execute(table.delete().where(table.c.user_id == user_id))


def purge_expired(db: SQLAlchemy) -> int:
    """Delete the answers that are kept no longer, and return how many there were."""
    return delete_some(db.session, answers_of(db).c.created_at, now() - KEPT)


def answers_of(db: SQLAlchemy) -> Table:
    """The service's table of stored answers."""
    return db.metadata.tables["idempotency_keys"]
