"""RULES: sessions of the older application that could not be carried over."""

from typing import Any

from sqlalchemy import Row, select

from chassis.data.keyset import ordered
from chassis.pages import Page, cut
from tutoring_service.models import db, quarantined_sessions


def find(limit: int, cursor: str | None) -> Page[Row[Any]]:
    """What a migration put aside, by the number of the session."""
    session_id = quarantined_sessions.c.session_id
    query = ordered(select(quarantined_sessions), (session_id,), limit, cursor)
    return cut(db.session.execute(query).all(), limit, lambda row: (row.session_id,))
