"""RULES: everything that is held about a person."""

from typing import Any
from uuid import UUID

from chassis.data.personal_data import rows_about
from study_session_service.models import db
from study_session_service.personal_data import about


def everything_about(user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The person's rows of each table, as they are stored."""
    return rows_about(db, about(user_id))
