"""RULES: everything that is held about a person."""

from typing import Any
from uuid import UUID

from chassis.data.personal_data import rows_about
from tutoring_service import personal_data
from tutoring_service.models import db


def everything_about(user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The person's rows of each table, in every role they have, without secrets."""
    return rows_about(db, personal_data.about(user_id))
