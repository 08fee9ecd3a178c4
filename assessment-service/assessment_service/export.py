"""RULES: everything this service holds about a person."""

from uuid import UUID

from assessment_service import personal_data
from assessment_service.models import db
from chassis.data.personal_data import document_about
from chassis.spool import Document


def everything_about(user_id: UUID) -> Document:
    """The person's rows of each table: sessions, answers, points, and the assessments they wrote."""
    return document_about(db, personal_data.about(user_id))
