"""RULES: everything that is held about a person, as JSON."""

from chassis.auth.tokens import Caller
from chassis.data.personal_data import document_about
from chassis.spool import Document
from havruta_service.models import db
from havruta_service.personal_data import about


def everything_about(caller: Caller) -> Document:
    """The person's rows of each table, without secrets."""
    return document_about(db, about(caller))
