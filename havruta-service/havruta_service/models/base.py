"""What all tables stand on."""

from sqlalchemy.orm import DeclarativeBase

from chassis.data.db import database, models_registry
from chassis.data.stored_answers import keys_table
from chassis.messaging.apart import Apart
from chassis.messaging.messages import Messages


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "havruta-service")
apart = Apart(messages)
