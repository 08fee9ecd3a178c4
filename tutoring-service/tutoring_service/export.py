"""RULES: everything that is held about a person."""

from uuid import UUID

from chassis.data.personal_data import document_about
from chassis.spool import Document
from tutoring_service import personal_data
from tutoring_service.models import db


def everything_about(user_id: UUID) -> Document:
    """The person's rows of each table, in every role they have, without secrets."""
    return document_about(db, personal_data.about(user_id))
