"""What all tables stand on."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from chassis.data.db import database, models_registry
from chassis.data.stored_answers import keys_table
from chassis.messaging.apart import Apart
from chassis.messaging.messages import Messages


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "tutoring-service")
apart = Apart(messages)


class Utc(TypeDecorator[datetime]):
    """A `timestamp` column of the older application: no zone in the database, UTC by convention."""

    impl = DateTime(timezone=False)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)
