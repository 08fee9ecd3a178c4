"""What holds of seats at any time."""

from typing import Any

from flask import Flask
from sqlalchemy import text

from study_session_service.models import db

INVARIANTS = """
SELECT s.id FROM study_sessions s
WHERE s.current_participants <>
        (SELECT count(*) FROM session_participants p WHERE p.session_id = s.id AND p.is_active)
   OR s.current_participants > s.max_participants
   OR s.is_open AND 1 <> (SELECT count(*) FROM session_participants p
            WHERE p.session_id = s.id AND p.role = 'host' AND p.user_id = s.host_id AND p.is_active)
   OR s.is_open AND s.current_participants < s.max_participants
      AND EXISTS (SELECT FROM session_waitlist w WHERE w.session_id = s.id)
   OR EXISTS (SELECT FROM session_waitlist w JOIN session_participants p USING (session_id, user_id)
              WHERE w.session_id = s.id AND p.is_active)
"""


def violations(app: Flask) -> Any:
    """The sessions of which something else holds."""
    with app.app_context():
        return db.session.execute(text(INVARIANTS)).all()
