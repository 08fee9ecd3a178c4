"""RULES: everything that is held about a person, as JSON."""

from typing import Any

from chassis.auth.tokens import Caller
from chassis.data.personal_data import rows_about
from havruta_service.models import db
from havruta_service.personal_data import about


def everything_about(caller: Caller) -> dict[str, list[dict[str, Any]]]:
    """The person's rows of each table, without secrets."""
    return rows_about(db, about(caller))
