"""RULES: everything that is held about a person."""

from uuid import UUID

from chassis.data.personal_data import document_about
from chassis.spool import Document
from study_session_service.models import db
from study_session_service.personal_data import about


def everything_about(user_id: UUID) -> Document:
    """The person's rows of each table, as they are stored."""
    return document_about(db, about(user_id))
