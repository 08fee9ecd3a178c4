"""RULES: everything this service holds about a person."""

from typing import Any
from uuid import UUID

from assessment_service import personal_data
from assessment_service.models import db
from chassis.data.personal_data import rows_about


def everything_about(user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The person's rows of each table: sessions, answers, points, and the assessments they wrote."""
    return rows_about(db, personal_data.about(user_id))
